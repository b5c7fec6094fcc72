"""Addresses of one alliance, below /a/<code>/ (AddressMiddleware takes that prefix off)."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, include, path

from alliance.web import home
from alliance.web.admin_site import site


def flat(patterns: list[Any]) -> Iterator[Any]:
    """The patterns of rooms without a beginning of their own, in one list.

    Each room passed on the way to a page copies all that was tried in it, for an error page nobody is shown.
    """
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and not (pattern.namespace or str(pattern.pattern)):
            yield from flat(pattern.url_patterns)
        else:
            yield pattern


rooms = [
    path("", home.home, name="home"),
    path("", include("alliance.urls")),
    path("", include("alliance.postings.urls")),
    path("", include("alliance.training.urls")),
    path("", include("alliance.joint.urls")),
    path("", include("alliance.confirmation.urls")),
    path("", include("grouping.urls")),
    path("", include("grouping.abnormal.urls")),
    path("", include("referrals.urls")),
    path("", include("referrals.consultations.urls")),
    path("", include("referrals.recognition.urls")),
    path("", include("referrals.offsite.urls")),
    path("", include("referrals.mdt.urls")),
    path("", include("complaints.urls")),
    path("", include("complaints.bills.urls")),
    path("", include("complaints.surveys.urls")),
    path("", include("complaints.events.urls")),
    path("", include("performance.urls")),
    path("", include("performance.meetings.urls")),
    path("", include("performance.improvement.urls")),
    path("", include("performance.agreements.urls")),
    path("", include("performance.violations.urls")),
    path("", include("performance.tolerance.urls")),
    path("", include("performance.duty.urls")),
    path("", include("performance.verification.urls")),
    path("", include("performance.dictionary.urls")),
    path("data/", site.urls),
]
urlpatterns = list(flat(rooms))
handler400 = "alliance.web.errors.bad_request"
handler403 = "alliance.web.errors.forbidden"
handler404 = "alliance.web.errors.not_found"
handler500 = "alliance.web.errors.server_error"
