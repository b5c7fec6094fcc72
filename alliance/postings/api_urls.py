"""API addresses of postings, below /api/v1/."""

from django.urls import path

from alliance.postings import api

urlpatterns = [
    path("postings/", api.Postings.as_view(), name="postings"),
    path("postings/<int:pk>/", api.OnePosting.as_view(), name="posting"),
    path("postings/days/", api.Days.as_view(), name="posting-days"),
    path("postings/days/<int:pk>/", api.OneDay.as_view(), name="posting-day"),
    path("postings/days/<int:pk>/<slug:step>/", api.DayStep.as_view(), name="posting-day-step"),
]
