"""A version in force, a round and a signature in any alliance, for the crawl."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from alliance.models import Membership
from performance.duty.models import LetterVersion, Signature
from performance.duty.services import rounds, signing, versions


def version(office: Membership, now: datetime) -> LetterVersion:
    """The one of the alliance, put in force by another person of the whole alliance, with its open round."""
    today = timezone.localdate(now)
    row = versions.in_force(today)
    if row is not None:
        return row
    row = versions.enter(
        by=office, text=versions.shipped(), from_date=today, decided_by="管理委员会", document="9号", now=now
    )
    second = Membership.objects.filter(institution=None).exclude(user=office.user_id).first()
    LetterVersion.objects.filter(pk=row.pk).update(enforced_by=second, enforced_at=now)
    row = LetterVersion.objects.get(pk=row.pk)
    rounds.open_round(by=office, version=row, year=today.year, due_on=today + timedelta(days=9), now=now)
    return row


def letter(row: LetterVersion, steward: Membership, now: datetime) -> Signature:
    """Signed by the steward."""
    return signing.keep(by=steward, version=row, now=now)


def cases(case: Any, one: Any, listing: Any) -> dict[str, Any]:
    """How the addresses of this room are asked for."""

    def place(things: Any) -> dict[str, Any]:
        assert things.duty_version
        return {"code": things.side.place.code}

    there = "?institution={foreign.side.place.pk}"
    return {
        "duty": case(queries=("?state=signed", "?state=x", there)),
        "duty-mine": listing,
        "duty-sign": listing,
        "duty-workbook": case(queries=("?state=overdue", there)),
        "duty-print": case(queries=("?state=signed", there)),
        "duty-letter": one("duty_letter"),
        "duty-letter-print": one("duty_letter"),
        "duty-remind": case(place, of=("code",)),
        "duty-end": listing,
        "duty-versions": listing,
        "duty-enter": listing,
        "duty-version": one("duty_version", shared=True),
        "duty-text": one("duty_version", shared=True),
        "api:duty": case(queries=("?state=missing", "?state=x", there)),
        "api:duty-person": one("duty_person"),
        "duty-act": one("duty_version", shared=True, step="open"),
    }
