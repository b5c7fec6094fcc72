"""API addresses of training, below /api/v1/."""

from django.urls import path

from alliance.training import api

urlpatterns = [
    path("training/sessions/", api.Sessions.as_view(), name="training-sessions"),
    path("training/sessions/<int:pk>/", api.OneSession.as_view(), name="training-session"),
    path("training/sessions/<int:pk>/attendance/", api.Presences.as_view(), name="training-attendance"),
    path("training/sessions/<int:pk>/<slug:step>/", api.SessionStep.as_view(), name="training-session-step"),
    path("training/hours/", api.YearHours.as_view(), name="training-hours"),
]
