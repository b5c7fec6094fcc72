"""API addresses of referrals, below /api/v1/."""

from django.urls import path

from referrals import api
from referrals.services import STEPS

urlpatterns = [
    path("referrals/", api.Referrals.as_view(), name="referrals"),
    path("referrals/<int:pk>/", api.OneReferral.as_view(), name="referral"),
    *(
        path(
            f"referrals/<int:pk>/{step.replace('_', '-')}/",
            api.Act.as_view(step=step),
            name=f"referral-{step.replace('_', '-')}",
        )
        for step in STEPS
    ),
]
