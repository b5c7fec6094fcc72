"""API addresses of consultations, below /api/v1/."""

from django.urls import path

from referrals.consultations import api
from referrals.consultations.services import STEPS

urlpatterns = [
    path("consultations/", api.Consultations.as_view(), name="consultations"),
    path("consultations/<int:pk>/", api.OneConsultation.as_view(), name="consultation"),
    *(
        path(
            f"consultations/<int:pk>/{step.replace('_', '-')}/",
            api.Act.as_view(step=step),
            name=f"consultation-{step.replace('_', '-')}",
        )
        for step in STEPS
    ),
]
