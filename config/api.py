"""The API: one list of addresses, each room brings its own."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from alliance.web import openapi

__all__ = ["api_patterns", "openapi"]  # importing openapi registers both ways to sign in

api_patterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("alliance.api_urls")),
    path("", include("alliance.equipment.api_urls")),
    path("", include("alliance.postings.api_urls")),
    path("", include("alliance.training.api_urls")),
    path("", include("alliance.joint.api_urls")),
    path("", include("alliance.confirmation.api_urls")),
    path("", include("grouping.api_urls")),
    path("", include("referrals.api_urls")),
    path("", include("referrals.consultations.api_urls")),
    path("", include("referrals.recognition.api_urls")),
    path("", include("complaints.api_urls")),
    path("", include("complaints.surveys.api_urls")),
    path("", include("performance.api_urls")),
]
