"""What pages show of the data-check meeting: error rates, notices, tasks, the way from the calendar."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.access import way
from performance.meetings import checking
from performance.meetings.models import VIEW, Body, Meeting, desk


def opens(month: Month, membership: Membership) -> str:
    """The month's data-check meeting for who sees it, else where it is planned for who may, else ""."""
    if not membership.can(VIEW):
        return ""
    row = checking.meeting_of(month)
    if row is not None:
        seen = Meeting.objects.seen_by(membership).filter(pk=row.pk).exists()
        return reverse("meeting", args=[row.pk]) if seen else ""
    office = Body.objects.filter(kind=Body.Kind.OFFICE, institution=None).order_by("pk").first()
    if office is None or not desk(membership, office):
        return ""
    return f"{reverse('meeting-plan', args=[office.pk])}?month={month}&kind={Meeting.Kind.DATA_CHECK}"


def block(meeting: Meeting, membership: Membership) -> dict[str, Any] | None:
    """The error rates of the meeting's month; an institution's member reads its own alone."""
    if meeting.kind != Meeting.Kind.DATA_CHECK:
        return None
    month = meeting.period
    sample = checking.sample_of(month)
    found = checking.rates(sample) if sample else []
    whole = checking.whole(found)
    return {
        "limit": words.num(checking.limit_of(month)),
        "whole": words.num(whole, 2) if whole is not None else "",
        "over": [one for one in found if one.over], "known": whole is not None,
        "rates": [
            (one, words.num(one.rate, 2) if one.rate is not None else words.DASH)
            for one in found if membership.sees(one.institution_id)
        ],
        "url": way(membership, "declared-sample", sample.pk) if sample else "",
        "draw": way(membership, "declared-samples") if not sample else "", "sample": sample,
    }  # fmt: skip
