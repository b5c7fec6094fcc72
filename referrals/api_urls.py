"""API addresses of referrals, below /api/v1/."""

from django.urls import path

from referrals import api
from referrals.mdt import api as mdt
from referrals.offsite import api as offsite
from referrals.services import STEPS

urlpatterns = [
    path("offsite/", offsite.Filings.as_view(), name="offsite"),
    path("offsite/<int:pk>/", offsite.OneFiling.as_view(), name="offsite-filing"),
    path("mdt/", mdt.Mdts.as_view(), name="mdt"),
    path("mdt/<int:pk>/", mdt.OneMdt.as_view(), name="mdt-record"),
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
