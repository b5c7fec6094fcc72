"""The monthly cross-check (数据校核): draw, check, notice (S3-36; practice.md 4)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext as _

from alliance.lib import sampling
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters, steps
from performance.declared import book
from performance.declared.facts import of_spans
from performance.declared.refusals import DeclaredRefused
from performance.declared.services.vetoes import KIND, decided, digest_of, propose_veto, vetoes
from performance.models import DeclaredCheck, DeclaredNotice, DeclaredSample, DeclaredValue
from performance.services.rights import require

__all__ = [
    "CHECK", "KIND", "close", "decided", "digest_of", "draw", "drawable", "find", "key_of", "propose_veto",
    "reply", "tally", "vetoes",
]  # fmt: skip
CHECK = "declared.check"
Row = DeclaredValue


def key_of(row: Row) -> str:
    """What names a value in the draw, for everybody alike."""
    code = row.institution.code if row.institution else ""
    inner = ":".join(str(one or "") for one in (row.department_id, row.staff_id, row.team))
    return f"{code}|{row.fact}|{row.span}|{row.revision}|{row.level}|{inner}"


def drawable(month: Month) -> dict[str, Row]:
    """The confirmed values of the spans a month counts, by key; one query."""
    rows = of_spans(month, book.often()).filter(state=Row.State.CONFIRMED)
    return {key_of(row): row for row in rows.select_related("institution")}


@transaction.atomic
def draw(*, by: Membership, month: Month, now: datetime, seed: str = "") -> DeclaredSample:
    """Draw a sample; its size is a dated parameter, its seed new unless given (to repeat a draw).

    Raises PermissionDenied, DeclaredRefused (no_values).
    """
    require(by, CHECK)
    found = drawable(month)
    if not found:
        raise DeclaredRefused("no_values")
    share = parameters.in_force("declared.sample_share", on=month.last_day)
    least = parameters.in_force("declared.sample_least", on=month.last_day)
    assert isinstance(share, Decimal) and isinstance(least, int)
    seed = seed or secrets.token_hex(16)
    last = DeclaredSample.objects.filter(month=month.first_day).aggregate(last=Max("number"))["last"] or 0
    sample: DeclaredSample = DeclaredSample.objects.create(
        month=month.first_day, number=last + 1, seed=seed, rule=sampling.RULE, share=share, least=least,
        population=len(found), population_digest=sampling.population_digest(list(found)), drawn_by=by,
        drawn_at=now,
    )  # fmt: skip
    count = sampling.size(len(found), share=share, least=least)
    drawn = sampling.draw(list(found), seed=seed, count=count)
    DeclaredCheck.objects.bulk_create(
        DeclaredCheck(sample=sample, value=found[key], place=place) for place, key in enumerate(drawn, 1)
    )
    journal.write(by=by, verb="declared.sampled", about=sample, month=str(month), rows=count)
    return sample


@transaction.atomic
def find(
    *, by: Membership, check: DeclaredCheck, found: Decimal | None, remark: str, now: datetime
) -> DeclaredNotice | None:
    """Say what was found in the evidence (None: nothing); the last check of an institution may give a notice.

    Raises PermissionDenied, DeclaredRefused (same_person, checked, remark).
    """
    require(by, CHECK)
    value = check.value
    if by.user_id in {one.user_id for one in (value.entered_by, value.submitted_by) if one is not None}:
        raise DeclaredRefused("same_person")
    if found != value.value and not remark.strip():
        raise DeclaredRefused("remark")
    open_ = DeclaredCheck.objects.filter(pk=check.pk, found_at=None)
    if not open_.update(found=found, found_by=by, found_at=now, remark=remark.strip()):
        raise DeclaredRefused("checked")
    journal.write(by=by, verb="declared.checked", about=check, right=found == value.value)
    return _notice(by, check.sample, value.institution_id, now) if value.institution_id else None


def tally(sample: DeclaredSample) -> Mapping[int | None, tuple[int, int, int]]:
    """By institution: drawn, checked, wrong; one query."""
    done = Q(found_at__isnull=False)
    wrong = done & (Q(found=None) | ~Q(found=F("value__value")))
    rows = sample.checks.values("value__institution").annotate(  # type: ignore[attr-defined]
        drawn=Count("pk"), checked=Count("pk", filter=done), wrong=Count("pk", filter=wrong)
    )
    return {
        row["value__institution"]: (row["drawn"], row["checked"], row["wrong"]) for row in rows.order_by()
    }


def _notice(
    by: Membership, sample: DeclaredSample, institution_id: int, now: datetime
) -> DeclaredNotice | None:
    drawn, checked, wrong = tally(sample)[institution_id]
    limit = parameters.in_force("cp.data_error_max", on=Month.of(sample.month).last_day)
    assert isinstance(limit, Decimal)
    if checked < drawn or not sampling.above(wrong, checked, limit):
        return None
    rule = parameters.rule_in_force("declared.notice_deadline", on=now.astimezone(SHANGHAI).date())
    notice: DeclaredNotice = DeclaredNotice.objects.create(
        sample=sample, institution_id=institution_id, checked=checked, wrong=wrong, limit=limit,
        issued_at=now, due_at=calendar.deadline(now, rule).due_at,
    )  # fmt: skip
    journal.write(by=by, verb="declared.notice", about=notice, wrong=wrong, checked=checked)
    return notice


@transaction.atomic
def reply(
    *, by: Membership, notice: DeclaredNotice, answer: str, version: int | None = None
) -> DeclaredNotice:
    """The institution says what it put right. Raises PermissionDenied, DeclaredRefused (answer), Stale."""
    if not by.can("declared.enter") or by.institution_id != notice.institution_id:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if not answer.strip():
        raise DeclaredRefused("answer")
    step = steps.open_now("reply", notice, version)
    moved: DeclaredNotice = steps.take(
        step, by=by, row=notice, verb="declared.notice_answered", remark=answer, answer=answer.strip(),
        answered_by=by,
    )  # fmt: skip
    return moved


@transaction.atomic
def close(*, by: Membership, notice: DeclaredNotice, version: int | None = None) -> DeclaredNotice:
    """The office has seen that it was put right. Raises PermissionDenied, Stale."""
    require(by, CHECK)
    step = steps.open_now("close", notice, version)
    moved: DeclaredNotice = steps.take(step, by=by, row=notice, verb="declared.notice_closed", closed_by=by)
    return moved
