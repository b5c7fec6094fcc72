"""API addresses of complaints, below /api/v1/."""

from django.urls import path

from complaints import api

urlpatterns = [
    path("complaints/", api.Complaints.as_view(), name="complaints"),
    path("complaints/<int:pk>/", api.OneComplaint.as_view(), name="complaint"),
    path("complaints/<int:pk>/answer/", api.Answering.as_view(step="answer"), name="complaint-answer"),
    path("complaints/<int:pk>/resolve/", api.Answering.as_view(step="resolve"), name="complaint-resolve"),
]
