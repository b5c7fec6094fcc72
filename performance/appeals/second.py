"""Whether a second instance may be asked for: one condition of the button, the sentence and the service."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from alliance.lib.period import Month
from alliance.models import Membership
from performance.appeals import clock
from performance.models import Appeal
from performance.models.appeals import FILE


def until(appeal: Appeal) -> datetime | None:
    """Until when a second instance may be asked for; None where there is none to ask for."""
    if appeal.earlier_id is not None or appeal.state not in Appeal.ANSWERED or appeal.ended_at is None:
        return None
    return clock.second_until(appeal.ended_at)


def entitled(appeal: Appeal, member: Membership) -> bool:
    """Whether the member is the one to ask: who filed it, once."""
    files = member.institution_id is not None and member.can(FILE)
    mine = files and member.user_id == appeal.filed_by.user_id
    return mine and not Appeal.objects.filter(earlier=appeal.pk).exists()


def asked_until(appeal: Appeal, member: Membership, now: datetime) -> datetime | None:
    """Until when the member may ask; None once the time is over, and for who may not."""
    end = until(appeal)
    return end if end is not None and now < end and entitled(appeal, member) else None


def any_open(month: Month, member: Membership, now: datetime) -> bool:
    """Whether the member may ask for one about an answer of the month; one query where nothing was filed."""
    asked = Appeal.objects.filter(earlier=OuterRef("pk"))
    rows = Appeal.objects.filter(
        ~Exists(asked), month=month.first_day, filed_by__user=member.user_id, earlier=None,
        state__in=Appeal.ANSWERED,
    )  # fmt: skip
    return any(asked_until(row, member, now) for row in rows.select_related("filed_by"))
