"""API addresses of complaints, below /api/v1/."""

from django.urls import path

from complaints import api
from complaints.events import api as events

urlpatterns = [
    path("patient-days/", events.PatientDays.as_view(), name="patient-days"),
    path("patient-days/<int:pk>/", events.OnePatientDay.as_view(), name="patient-day"),
    path("focus-groups/", events.FocusGroups.as_view(), name="focus-groups"),
    path("complaints/", api.Complaints.as_view(), name="complaints"),
    path("complaints/<int:pk>/", api.OneComplaint.as_view(), name="complaint"),
    path("complaints/<int:pk>/answer/", api.Answering.as_view(step="answer"), name="complaint-answer"),
    path("complaints/<int:pk>/resolve/", api.Answering.as_view(step="resolve"), name="complaint-resolve"),
]
