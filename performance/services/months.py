"""A month from start to result: one run at a time, computed by a job, refused with names (walls 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.lib.money import SplitRefused
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Job, Membership
from alliance.services import jobs, journal
from alliance.web.refused import kept, worded
from performance.collect import bring_up, month_inputs
from performance.engine.fact import FactsRefused
from performance.engine.inputs import InputsRefused, Pool
from performance.engine.scheme import SchemeRefused
from performance.engine.settlement import recompute as settle_again
from performance.engine.settlement import settle
from performance.models import ClueRemedy, Line, MonthLife, MonthRun, Settlement
from performance.services import pools, schemes, store
from performance.services.completeness import require_complete
from performance.services.refusals import MonthRefused, RunUnderway
from performance.services.rights import require

RUN = "performance.run_month"
State = MonthRun.State
# What a month can be refused for; anything else is a fault of ours and is tried again by the job.
REFUSALS = (MonthRefused, InputsRefused, FactsRefused, SchemeRefused, SplitRefused)
CHECKED = gettext_noop("Data complete; computing scores and shares")
DONE = gettext_noop("Computed")


@transaction.atomic
def enqueue_run(*, by: Membership, month: Month) -> MonthRun:
    """Begin to settle a month: a run and the job that computes it.

    Raises PermissionDenied, and RunUnderway (409) when one is computed now, waits for approval or is posted.
    """
    require(by, "month.compute")
    _give_up_lost(by, month)
    last = MonthRun.objects.filter(month=month.first_day).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            run = MonthRun.objects.create(month=month.first_day, number=last + 1, started_by=by)
    except IntegrityError:
        raise underway(month) from None
    run.job = jobs.enqueue(by=by, kind=RUN, dedupe=f"run {run.pk}", arguments={"run": run.pk})
    run.save(update_fields=["job"])
    journal.write(by=by, verb="month.run_started", about=run, month=str(month), number=run.number)
    return run


def underway(month: Month) -> RunUnderway:
    """The refusal that names the run that stands in the way."""
    run = MonthRun.objects.filter(month=month.first_day, state__in=MonthRun.LIVE).order_by("-number").first()
    state = run.get_state_display() if run else State.RUNNING.label
    return RunUnderway("underway", number=run.number if run else 1, month=month, state=state)


def _give_up_lost(by: Membership, month: Month) -> None:
    """A run whose job was given up stands in nobody's way."""
    lost = MonthRun.objects.filter(
        month=month.first_day, state=State.RUNNING, job__state__in=[Job.State.FAILED, Job.State.DEAD]
    )
    for run in lost:
        _end(
            run,
            "fail",
            by=by,
            refusal={"template": gettext_noop("The work was given up; see the jobs page.")},
        )


@jobs.handles(RUN, gettext_lazy("Compute a month"))
def run_month(work: jobs.Work) -> jobs.Step:
    """Chunk 0 checks completeness, chunk 1 collects, freezes, settles, stores; a refusal ends the job."""
    if refused := work.previous.get("refused"):
        raise jobs.Refused(str(refused))
    run = MonthRun.objects.select_related("started_by").get(pk=work.job.arguments["run"])
    if run.state != State.RUNNING:
        return jobs.Step(more=False, result={"run": run.state})
    try:
        with transaction.atomic():
            return _check(run) if work.number == 0 else _compute(run)
    except REFUSALS as refusal:
        return _refuse(run, refusal)


def _check(run: MonthRun) -> jobs.Step:
    require_complete(run.period)
    return jobs.Step(more=True, token={"checked": True}, total=2, text=_(CHECKED))


def _compute(run: MonthRun) -> jobs.Step:
    settlement = settled(run.period)
    for earlier in MonthRun.objects.filter(month=run.month, state__in=[State.COMPUTED, State.BLOCKED]):
        _end(earlier, "supersede", by=run.started_by)
    run.settlement = settlement
    _end(run, "block" if settlement.blocked else "compute", by=run.started_by)
    journal.write(by=run.started_by, verb="month.computed", about=run, digest=settlement.result_digest)
    return jobs.Step(more=False, text=_(DONE), result={"run": run.state, "digest": settlement.result_digest})


def settled(month: Month) -> Settlement:
    """Collect, freeze, settle and keep a month as it stands now. Raises what a month is refused for."""
    scheme, pool = schemes.in_force(month), pools.in_force(month)
    if scheme is None:
        raise MonthRefused("no_scheme", month=month)
    if pool is None:
        raise MonthRefused("no_pool", month=month)
    bring_up(month, scheme.scheme())
    inputs = month_inputs(month, scheme=scheme.scheme(), pool=Pool(pool.fen, pool.source))
    return store.keep(inputs=inputs, result=settle(inputs), scheme=scheme, pool=pool)


def _refuse(run: MonthRun, refusal: Refused) -> jobs.Step:
    """The run keeps why; the next chunk ends the job with that sentence, so that this one is committed."""
    _end(run, "fail", by=run.started_by, refusal=kept(refusal))
    return jobs.Step(more=True, token={"refused": worded(refusal)}, total=2)


def _end(run: MonthRun, name: str, *, by: Membership | None, refusal: dict[str, Any] | None = None) -> None:
    """Take a step of the machine and keep it."""
    before = run.state
    getattr(run, name)()
    run.refusal = refusal or run.refusal
    run.save(update_fields=["state", "settlement", "refusal"])
    journal.step(by=by, about=run, name=name, before=before, after=run.state)


RELATED = ("settlement__scheme", "settlement__pool", "started_by__user", "approval__proposed_by", "journal")


def _rows() -> QuerySet[MonthRun]:
    """Runs that know whether a decision leaves records out now (`leaves_out`)."""
    out = ClueRemedy.objects.filter(kind=ClueRemedy.Kind.EXCLUDE, state=ClueRemedy.State.IN_FORCE)
    rows: QuerySet[MonthRun] = MonthRun.objects.annotate(leaves_out=Exists(out))
    return rows


def current(month: Month) -> MonthRun | None:
    """The run whose result counts for a month now; None before the first result."""
    found = _rows().filter(month=month.first_day, state__in=MonthRun.WITH_RESULT)
    return found.select_related(*RELATED).order_by("-number").first()


def latest(month: Month) -> MonthRun | None:
    """The last run begun for a month, whatever became of it."""
    rows = _rows().filter(month=month.first_day)
    return rows.select_related("job", *RELATED).order_by("-number").first()


def standing(month: Month) -> tuple[MonthRun | None, MonthRun | None]:
    """The run whose result counts and the last one begun: mostly the same, asked for once."""
    last = latest(month)
    return (last if last is None or last.state in MonthRun.WITH_RESULT else current(month)), last


def life(month: Month) -> MonthLife | None:
    """What became of a month after its approval; None before it was first published."""
    found: MonthLife | None = MonthLife.objects.filter(month=month.first_day).first()
    return found


def lines_between(institution_id: int, first: Month, last: Month) -> list[Line]:
    """An institution's lines of the months that have a result, newest month first; two queries."""
    runs = MonthRun.objects.filter(
        month__range=(first.first_day, last.first_day), state__in=MonthRun.WITH_RESULT
    )
    rows = Line.objects.filter(institution=institution_id, settlement__in=runs.values("settlement"))
    return list(rows.select_related("settlement").order_by("-settlement__month"))


@dataclass(frozen=True)
class Recomputed:
    """What came out of a settlement's frozen inputs today, beside what was stored."""

    stored: str
    found: str
    inputs_stored: str
    inputs_found: str

    @property
    def identical(self) -> bool:
        """True when both digests are those that were stored."""
        return self.stored == self.found and self.inputs_stored == self.inputs_found


def recompute(settlement: Settlement) -> Recomputed:
    """Compute a settlement again from its frozen inputs, whatever changed since (N31); nothing is written."""
    result = settle_again(settlement.frozen())
    return Recomputed(settlement.result_digest, result.digest, settlement.inputs_digest, result.inputs_digest)
