"""The text of the letter: entered by one person, put in force by another, never rewritten (S1-62)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alliance.lib.canonical import canonical, digest
from alliance.models import Membership
from alliance.services import journal
from performance.duty.models import RUN, LetterVersion
from performance.duty.refusals import DutyRefused
from performance.services.rights import require

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "duty.toml"
# Kinds of violation a letter always names, in this order; a letter may have more clauses.
ZERO = ("fictitious", "swapped")
MONTHS = range(1, 61)


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says, who signs it, for how many months a signature holds."""

    title: str
    paragraphs: Sequence[str]
    clauses: Sequence[Mapping[str, str]]
    roles: Sequence[str]
    kinds: Sequence[str]
    months: int


@cache
def shipped() -> Text:
    """The text the product brings."""
    return Text(**tomllib.loads(SHIPPED.read_text(encoding="utf-8")))


def content(number: int, text: Text) -> dict[str, Any]:
    """What a signature stands for: number and text of a version with its clauses and how long it holds."""
    return {
        "number": number, "title": text.title, "paragraphs": list(text.paragraphs),
        "clauses": [dict(one) for one in text.clauses], "months": text.months,
    }  # fmt: skip


def _check(text: Text, decided_by: str, document: str) -> None:
    for reason, given in (
        ("title", text.title.strip()), ("paragraphs", text.paragraphs), ("clauses", text.clauses),
        ("roles", text.roles), ("kinds", text.kinds), ("decided_by", decided_by.strip()),
        ("document", document.strip()),
    ):  # fmt: skip
        if not given:
            raise DutyRefused(reason)
    if not set(ZERO) <= {one["code"] for one in text.clauses if one["text"].strip()}:
        raise DutyRefused("clauses_zero")
    if text.months not in MONTHS:
        raise DutyRefused("months")


@transaction.atomic
def enter(
    *, by: Membership, text: Text, from_date: date, decided_by: str, document: str, now: datetime
) -> LetterVersion:
    """Enter the next version; another person puts it in force.

    Raises PermissionDenied, DutyRefused (title, paragraphs, clauses, clauses_zero, roles, kinds, months,
    decided_by, document, late_day).
    """
    require(by, RUN)
    _check(text, decided_by, document)
    if from_date < timezone.localdate(now):
        raise DutyRefused("late_day")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('duty'))")
    number = LetterVersion.objects.count() + 1
    said = content(number, text)
    row: LetterVersion = LetterVersion.objects.create(
        **said, roles=list(text.roles), kinds=list(text.kinds), from_date=from_date,
        decided_by=decided_by.strip(), document=document.strip(), canonical=canonical(said).decode(),
        digest=digest(said), entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="duty.entered", about=row, number=number, digest=row.digest)
    return row


@transaction.atomic
def enforce(*, by: Membership, version: LetterVersion, now: datetime) -> LetterVersion:
    """A second person puts a version in force from its first day on.

    Raises PermissionDenied, DutyRefused (same_person, enforced, late_day, first_day).
    """
    require(by, RUN)
    if version.entered_by.user_id == by.user_id:
        raise DutyRefused("same_person")
    if version.from_date < timezone.localdate(now):
        raise DutyRefused("late_day")
    try:
        with transaction.atomic():
            done = LetterVersion.objects.filter(pk=version.pk, enforced_at=None).update(
                enforced_by=by, enforced_at=now
            )
    except IntegrityError as error:
        if "duty_version_first_day" not in str(error):
            raise
        raise DutyRefused("first_day") from None
    if not done:
        raise DutyRefused("enforced")
    journal.write(by=by, verb="duty.enforced", about=version, number=version.number, digest=version.digest)
    row: LetterVersion = LetterVersion.objects.get(pk=version.pk)
    return row


def in_force(on: date) -> LetterVersion | None:
    """The version of a day: the newest begun of those put in force."""
    rows = LetterVersion.objects.filter(enforced_at__isnull=False, from_date__lte=on)
    found: LetterVersion | None = rows.order_by("-from_date").first()
    return found
