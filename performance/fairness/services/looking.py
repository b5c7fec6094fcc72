"""The look of a month: one chunk a detector, each clue once, its evidence frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.lib.register import to_json
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Job, Membership
from alliance.services import calendar, jobs, journal, parameters
from performance.engine.gaming.finding import Finding
from performance.fairness import facts, limits
from performance.fairness.detectors import ALL, Detector
from performance.fairness.refusals import FairnessRefused
from performance.models import Clue, ClueException, ClueRecord, FairnessRun
from performance.services.rights import require

LOOK = "fairness.look"
RUN = "fairness.run"
PLACES = Decimal("0.000000000001")


@transaction.atomic
def enqueue(*, by: Membership | None, month: Month, now: datetime) -> Job:
    """Queue the look at a month that has ended. Raises PermissionDenied, FairnessRefused (future)."""
    if by is not None:
        require(by, RUN)
    if month.last_day >= now.astimezone(SHANGHAI).date():
        raise FairnessRefused("future", month=month)
    return jobs.enqueue(by=by, kind=LOOK, dedupe=str(month), arguments={"month": str(month)})


def enqueue_due(*, now: datetime) -> Job | None:
    """Queue the look at the last month once its day has come, unless it was looked at."""
    today = now.astimezone(SHANGHAI).date()
    month = Month.of(today).previous()
    day = parameters.in_force("fairness.look_day", on=today)
    if today.day < int(str(day)) or FairnessRun.objects.filter(month=month.first_day).exists():
        return None
    return enqueue(by=None, month=month, now=now)


@jobs.handles(LOOK, gettext_lazy("Look for clues"))
def run_look(work: jobs.Work) -> jobs.Step:
    """One chunk a detector; what came of each is handed on and kept when the last is done."""
    detectors, now = list(ALL.values()), timezone.now()
    month = Month.parse(work.job.arguments["month"])
    if work.number == 0:
        run = begin(by=work.job.created_by, month=month, now=now)
        token: dict[str, Any] = {"run": run.pk, "counts": {}}
    else:
        token = dict(work.previous)
    run = FairnessRun.objects.get(pk=token["run"])
    detector = detectors[work.number]
    token["counts"] = {**token["counts"], detector.code: look_with(run, detector, month, now)}
    more = work.number + 1 < len(detectors)
    if not more:
        end(run, token["counts"], by=work.job.created_by, now=now)
    return jobs.Step(more=more, token=token, total=len(detectors), text=str(detector.name))


def look(*, by: Membership | None, month: Month, now: datetime) -> FairnessRun:
    """The whole look here and now, as the job does it in chunks."""
    run = begin(by=by, month=month, now=now)
    counts = {one.code: look_with(run, one, month, now) for one in ALL.values()}
    end(run, counts, by=by, now=now)
    run.refresh_from_db()
    return run


def begin(*, by: Membership | None, month: Month, now: datetime) -> FairnessRun:
    """The run with the limits that hold."""
    given = {key: to_json(value) for key, value in limits.in_force(month).items()}
    made: FairnessRun = FairnessRun.objects.create(
        month=month.first_day, limits=given, started_by=by, started_at=now
    )
    return made


def end(run: FairnessRun, counts: dict[str, dict[str, int]], *, by: Membership | None, now: datetime) -> None:
    """Keep what came of it."""
    FairnessRun.objects.filter(pk=run.pk).update(counts=counts, ended_at=now)
    opened = sum(one["opened"] for one in counts.values())
    journal.write(by=by, verb="fairness.looked", about=run, month=f"{run.month:%Y-%m}", opened=opened)


def look_with(run: FairnessRun, detector: Detector, month: Month, now: datetime) -> dict[str, int]:
    """Do one look and open what is new of it; the same evidence never opens twice."""
    given = limits.in_force(month)
    looked = detector.look(month, given, now)
    counts = {"tested": looked.tested, "small": looked.small, "found": len(looked.findings)}
    kept, standing = _fresh(detector, looked.findings, month, facts.least_of(detector.code, given))
    _open(run, detector, kept, month, now, given)
    return {**counts, "opened": len(kept), **standing}


def _fresh(
    detector: Detector, findings: Sequence[Finding], month: Month, least: int
) -> tuple[list[tuple[Finding, list[Any]]], dict[str, int]]:
    """Findings with enough new records, no open clue and no exception; why the others are none.

    Three queries whatever the number of findings.
    """
    subjects = [one.subject for one in findings]
    own = {"detector": detector.code, "subject__in": subjects}
    live = set(Clue.objects.filter(state__in=Clue.LIVE, **own).values_list("subject", flat=True))
    exceptions = ClueException.objects.filter(revoked_at=None, until__gte=month.last_day, **own)
    excepted = set(exceptions.values_list("subject", flat=True))
    known: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for subject, kind, pk in ClueRecord.objects.filter(**own).values_list("subject", "kind", "object_id"):
        known[subject].add((kind, pk))
    kept, standing = [], {"known": 0, "live": 0, "excepted": 0}
    for one in findings:
        new = [row for row in one.records if (row.kind, row.id) not in known[one.subject]]
        if one.subject in excepted:
            standing["excepted"] += 1
        elif one.subject in live:
            standing["live"] += 1
        elif len(new) < least:
            standing["known"] += 1
        else:
            kept.append((one, new))
    return kept, standing


def _open(
    run: FairnessRun, detector: Detector, kept: Iterable[tuple[Finding, list[Any]]], month: Month,
    now: datetime, given: limits.Given,
) -> None:  # fmt: skip
    """Store clues and their records; two statements for any number."""
    kept = list(kept)
    codes = {code for one, _new in kept for code in (one.place, one.other)}
    places = {one.code: one for one in Institution.objects.filter(code__in=codes)} if kept else {}
    secret = not detector.tried
    rule = parameters.rule_in_force("fairness.explain_deadline", on=now.astimezone(SHANGHAI).date())
    due = None if secret or not kept else calendar.deadline(now, rule).due_at
    read = {key: to_json(given[key]) for key in (*limits.COMMON, *detector.keys) if key in given}
    clues = Clue.objects.bulk_create(
        Clue(
            run=run, detector=detector.code, month=month.first_day, institution=places[one.place],
            other=places.get(one.other), part=one.part, subject=one.subject, severity=one.severity,
            numbers=to_plain(dict(one.numbers)), limits=read, chance=_kept(one.chance),
            share=_kept(one.share), evidence=len(new), confidential=secret, opened_at=now, due_at=due,
        )
        for one, new in kept
    )  # fmt: skip
    ClueRecord.objects.bulk_create(
        ClueRecord(
            clue=clue, detector=detector.code, subject=clue.subject, kind=row.kind, object_id=row.id,
            told=to_plain(dict(row.told)),
        )
        for clue, (_one, new) in zip(clues, kept, strict=True)
        for row in new
    )  # fmt: skip


def _kept(chance: float) -> Decimal:
    """A probability with twelve decimals."""
    return Decimal(f"{chance:.12f}").quantize(PLACES)
