"""A draft on past months, beside how they were settled; kept as a report for the council (S1-36, S2-47)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution, Job, Membership
from alliance.services import jobs, journal
from alliance.web.refused import worded
from performance import collect
from performance.collect import opinions
from performance.engine.evaluators import Evaluators
from performance.engine.inputs import MonthInputs
from performance.engine.restore import restore
from performance.engine.scheme import Scheme, check
from performance.engine.simulation import Simulation, simulate, under
from performance.levels import trying
from performance.levels.trying import LevelTrial
from performance.models import Level, MonthRun, SchemeDraft, SchemeTrial, Settlement
from performance.services import judging, schemes
from performance.services.drafts import EDIT
from performance.services.refusals import DraftRefused
from performance.services.rights import require

MONTHS = 12


def settled_months() -> list[Settlement]:
    """The settlements of the last twelve months that have a result, oldest first; one query."""
    runs = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT, settlement__blocked=False)
    latest: dict[date, Settlement] = {}
    for run in runs.select_related("settlement").order_by("month", "number"):
        assert run.settlement is not None, "a run with a result has its settlement"
        latest[run.month] = run.settlement
    return [latest[month] for month in sorted(latest)[-MONTHS:]]


def tried(
    scheme: Scheme, settlements: Sequence[Settlement], judges: Evaluators | None = None
) -> Iterator[Simulation]:
    """Each settled month under another scheme. Facts nothing asked for then are collected as they are today.

    `judges`: other weights of the evaluators, by which the opinions of each month are weighed anew.

    Raises DraftRefused (faults) for a scheme that cannot score anybody.
    """
    if found := check(scheme, schemes.known_indicators(Level.INSTITUTION)):
        raise DraftRefused("faults", count=len(found))
    indicators = schemes.indicators_of(scheme)
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    for settlement in settlements:
        before = restore(MonthInputs, json.loads(settlement.frozen()))
        asked = collect.needs(indicators, scheme, before.month)
        members = {member.code for member in before.members}
        facts = (fact for fact in collect.facts_of(asked, places) if fact.institution in members)
        after = under(before, scheme, indicators, facts)
        yield simulate(before, _judged(after, judges) if judges else after)


def _judged(inputs: MonthInputs, judges: Evaluators) -> MonthInputs:
    """The same inputs with every opinion weighed by other weights."""
    anew = {fact.place: fact for fact in opinions.facts_by(inputs.month, judges)}
    return replace(inputs, facts=tuple(anew.get(fact.place, fact) for fact in inputs.facts))


@transaction.atomic
def report(*, by: Membership, draft: SchemeDraft, now: datetime) -> SchemeTrial:
    """Try the draft on the last twelve settled months and keep what came out.

    Raises PermissionDenied, DraftRefused (faults, nothing), and what a month is refused for.
    """
    require(by, EDIT)
    settlements = settled_months()
    if not settlements:
        raise DraftRefused("nothing")
    months = [one.month for one in settlements]
    found: Sequence[Simulation | LevelTrial] = (
        list(tried(draft.scheme(), settlements, judging.other_judges(draft)))
        if draft.level == Level.INSTITUTION
        else trying.tried(draft, [Month.of(month) for month in months])
    )
    trial = SchemeTrial.objects.create(
        draft=draft, digest=draft.digest, months=months, report=to_plain(found), made_by=by, made_at=now
    )
    journal.write(by=by, verb="performance_draft.tried", about=draft, months=len(found), digest=draft.digest)
    return trial


TRY = "performance.try_scheme"


@transaction.atomic
def enqueue(*, by: Membership, draft: SchemeDraft) -> Job:
    """Begin a trial as a job; the same content is tried once at a time.

    Raises PermissionDenied, DraftRefused (faults, nothing).
    """
    require(by, EDIT)
    if found := check(draft.scheme(), schemes.known_indicators(draft.level)):
        raise DraftRefused("faults", count=len(found))
    if not settled_months():
        raise DraftRefused("nothing")
    return jobs.enqueue(
        by=by, kind=TRY, dedupe=f"draft {draft.pk} {draft.digest}",
        arguments={"draft": draft.pk, "digest": draft.digest, "by": by.pk},
    )  # fmt: skip


def jobs_of(draft: SchemeDraft) -> QuerySet[Job]:
    """The jobs that try a draft."""
    return Job.objects.filter(kind=TRY, arguments__draft=draft.pk)


@jobs.handles(TRY, gettext_lazy("Try a scheme on past months"))
def run_trial(work: jobs.Work) -> jobs.Step:
    """One chunk: the draft as it is now on every settled month."""
    draft = SchemeDraft.objects.get(pk=work.job.arguments["draft"])
    by = Membership.objects.select_related("user", "institution").get(pk=work.job.arguments["by"])
    try:
        trial = report(by=by, draft=draft, now=timezone.now())
    except Refused as refusal:
        raise jobs.Refused(worded(refusal)) from refusal
    return jobs.Step(more=False, text=_("Tried"), result={"trial": trial.pk})


def level_trials(trial: SchemeTrial) -> tuple[LevelTrial, ...]:
    """The kept report of a scheme below or above the institution, month by month."""
    return restore(tuple[LevelTrial, ...], trial.report)


def simulations(trial: SchemeTrial) -> tuple[Simulation, ...]:
    """The kept report as the engine's frozen values."""
    return restore(tuple[Simulation, ...], trial.report)
