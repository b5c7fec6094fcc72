"""Decisions on earlier years: entered by one person, checked by another (S2-46, S3-42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from alliance.models import Attachment, Institution, Membership
from alliance.services import journal, steps
from performance.consequences.refusals import EarlierRefused
from performance.models import EarlierScore, EarlierYear, YearEvaluation
from performance.models.consequences import PROPOSE
from performance.services.rights import require

State = EarlierYear.State


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the document: institution, score (points of 100), grade."""

    institution: Institution
    score: Decimal
    grade: str


@transaction.atomic
def enter(
    *, by: Membership, year: int, body: str, decided_on: date, document: str, scan: Attachment | None,
    lines: Sequence[Given], now: datetime,
) -> EarlierYear:  # fmt: skip
    """Enter what was decided on a year; it counts once a colleague has compared it with the scan.

    Raises PermissionDenied, EarlierRefused (not_over, own, day, body, document, scan, nothing, score, waits).
    """
    require(by, PROPOSE)
    _fits(year, decided_on, now)
    for reason, given in (("body", body.strip()), ("document", document.strip()), ("scan", scan),
                          ("nothing", lines)):  # fmt: skip
        if not given:
            raise EarlierRefused(reason)
    for line in lines:
        if not 0 <= line.score <= 100:
            raise EarlierRefused("score", institution=line.institution.short_name)
    row = _stored(
        by=by, year=year, body=body.strip(), decided_on=decided_on, document=document.strip(), scan=scan,
        now=now,
    )  # fmt: skip
    EarlierScore.objects.bulk_create(
        EarlierScore(decision=row, institution=one.institution, score=one.score, grade=one.grade)
        for one in lines
    )
    journal.write(by=by, verb="earlier_year.entered", about=row, year=year, rows=len(lines))
    return row


def _fits(year: int, decided_on: date, now: datetime) -> None:
    if now.year <= year:
        raise EarlierRefused("not_over", year=year)
    if YearEvaluation.objects.filter(year=year, state=YearEvaluation.State.DECIDED).exists():
        raise EarlierRefused("own", year=year)
    if not date(year, 12, 1) <= decided_on <= now.date():
        raise EarlierRefused("day", year=year)


def _stored(*, by: Membership, year: int, now: datetime, **more: Any) -> EarlierYear:
    try:
        with transaction.atomic():
            row: EarlierYear = EarlierYear.objects.create(year=year, entered_by=by, entered_at=now, **more)
    except IntegrityError as error:
        if "earlier_year_one_waits" not in str(error):
            raise
        raise EarlierRefused("waits", year=year) from None
    return row


@transaction.atomic
def confirm(*, by: Membership, row: EarlierYear, now: datetime, version: int | None = None) -> EarlierYear:
    """Another person has compared every line with the scan; an earlier entry of the year is replaced.

    Raises PermissionDenied, EarlierRefused (same_person, own), Stale.
    """
    step = _second("confirm", by, row, version)
    if YearEvaluation.objects.filter(year=row.year, state=YearEvaluation.State.DECIDED).exists():
        raise EarlierRefused("own", year=row.year)
    before = EarlierYear.objects.filter(year=row.year, state=State.CONFIRMED).first()
    if before is not None:
        steps.take(
            steps.open_now("replace", before), by=by, row=before, verb="earlier_year.replaced",
            said={"year": row.year},
        )  # fmt: skip
    moved: EarlierYear = steps.take(
        step, by=by, row=row, verb="earlier_year.confirmed", now=now, checked_by=by, said={"year": row.year}
    )
    return moved


@transaction.atomic
def refuse(
    *, by: Membership, row: EarlierYear, why: str, now: datetime, version: int | None = None
) -> EarlierYear:
    """It does not agree with its document.

    Raises PermissionDenied, EarlierRefused (same_person, why), Stale.
    """
    step = _second("refuse", by, row, version)
    if not why.strip():
        raise EarlierRefused("why")
    moved: EarlierYear = steps.take(
        step, by=by, row=row, verb="earlier_year.refused", now=now, remark=why, why=why.strip(),
        checked_by=by, said={"year": row.year},
    )  # fmt: skip
    return moved


def _second(name: str, by: Membership, row: EarlierYear, version: int | None) -> Any:
    if row.state == State.ENTERED and row.entered_by.user_id == by.user_id:
        raise EarlierRefused("same_person")
    return steps.admitted(name, by=by, row=row, version=version)
