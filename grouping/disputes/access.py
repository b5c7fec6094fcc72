"""Who reads disputes: by role, or by a seat in a body whose members judge them (S3-22, S4-21)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone

from alliance.approvals import bodies
from alliance.models import Membership
from alliance.web.access import View, require
from grouping.models import Dispute

VIEW = "dispute.view"


def judges(membership: Membership) -> bool:
    """Whether the member sits today in a body that judges disputes; one query."""
    return bodies.allow(membership, VIEW, timezone.localdate())


def rows(membership: Membership) -> Any:
    """The disputes a member reads: who judges them all, else those of `visible_to`."""
    if membership.institution_id is not None and judges(membership):
        return Dispute.objects.all()
    return Dispute.objects.visible_to(membership)


def read_by_right(view: View) -> View:
    """Decorate a page of disputes: 403 unless the member reads them by role or by seat."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        by = request.membership
        if not by.can(VIEW) and not judges(by):
            require(by, VIEW)
        return view(request, *args, **kwargs)

    guarded.permits = (VIEW,)  # type: ignore[attr-defined]
    return guarded
