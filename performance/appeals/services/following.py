"""What an upheld objection changes from a month on: somebody carries it into the scheme (S3-29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.access import way
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import Appeal
from performance.services.judging import EDIT

KIND = Appeal._meta.label_lower


def change_scheme(*, by: Membership, appeal: Appeal, now: datetime) -> Task | None:
    """Give who keeps the schemes the task to change the rule from the month decided, due before it begins;
    None where nothing changes from a month on, or nobody may edit schemes.
    """
    if appeal.from_month is None:
        return None
    owner = next(_keepers(appeal), None)
    if owner is None:
        return None
    at = {"month": words.month(appeal.from_month), "appeal": appeal.pk, "answer": appeal.answer}
    return tasks.give(
        by=by, about=appeal, owner=owner, now=now, decided=True,
        title=_("Change the indicator from %(month)s on: appeal %(appeal)s") % at,
        text=(_("Draft a version of the performance scheme that takes effect in %(month)s and put it to the "
                "vote. The answer to the appeal: %(answer)s") % at)[:1000],
        due_on=max(appeal.from_month - timedelta(days=1), (now + timedelta(days=1)).date()),
    )  # fmt: skip


def _keepers(appeal: Appeal) -> Iterator[Membership]:
    """Who edits performance schemes for the alliance; first those who do not examine this appeal."""
    living = Membership.objects.living().filter(institution=None).select_related("user").order_by("pk")
    found = [one for one in living if one.can(EDIT)]
    yield from (one for one in found if one.pk != appeal.handler_id)
    yield from found


def origin(membership: Membership, pk: int) -> parts.Fact:
    """The appeal a task follows from; it opens for who may see it."""
    row = Appeal.objects.get(pk=pk)
    said = _("Appeal %(number)s, %(month)s: %(kind)s") % {
        "number": row.pk, "month": words.month(row.month), "kind": row.get_kind_display(),
    }  # fmt: skip
    seen = Appeal.objects.seen_by(membership).filter(pk=pk).exists()
    return parts.Fact(pgettext("task", "from"), said, way(membership, "appeal", pk) if seen else "")
