"""The API: one list of addresses, each room brings its own."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

api_patterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("alliance.api_urls")),
    path("", include("referrals.api_urls")),
    path("", include("performance.api_urls")),
]
