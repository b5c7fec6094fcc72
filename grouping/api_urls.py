"""API addresses of cases, below /api/v1/."""

from django.urls import path

from grouping import api

urlpatterns = [
    path("cases/<int:pk>/explanation/", api.CaseExplanation.as_view(), name="case-explanation"),
]
