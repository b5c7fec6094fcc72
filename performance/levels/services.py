"""A level from the button to its scores: one run at a time, computed by a job (S0-46..49, S2-44..47)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Job, Membership
from alliance.services import jobs, journal
from alliance.web.refused import kept, worded, worded_again
from performance import collect
from performance.engine.formula import Number
from performance.engine.indicators import Indicator
from performance.engine.levels import Board, Result
from performance.engine.scheme import Column, Scheme
from performance.levels import facts, store, subjects
from performance.levels.facts import Found
from performance.levels.subjects import Who
from performance.models import LevelRun, SchemeVersion
from performance.services import schemes
from performance.services.codeversion import code_version
from performance.services.rights import require

RUN = "performance.run_level"
State = LevelRun.State


class LevelRefused(Refused):
    """A level that cannot be computed as things stand."""

    reasons = {
        "no_scheme": gettext_noop("No scheme scores this level in %(month)s; publish one first."),
        "nobody": gettext_noop("Nobody is registered at this level."),
        "underway": gettext_noop("Run %(number)s of %(month)s is being computed."),
    }


@transaction.atomic
def enqueue(*, by: Membership, month: Month, level: str) -> LevelRun:
    """Begin to compute a level of a month. Raises PermissionDenied, LevelRefused (no_scheme, underway)."""
    require(by, "month.compute")
    version = schemes.in_force(month, level)
    if version is None:
        raise LevelRefused("no_scheme", month=month)
    _give_up_lost(month, level)
    runs = LevelRun.objects.filter(month=month.first_day, level=level)
    last = runs.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            run = LevelRun.objects.create(
                month=month.first_day, level=level, number=last + 1, scheme=version,
                scheme_digest=version.digest, started_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise LevelRefused("underway", month=month, number=last) from None
    run.job = jobs.enqueue(by=by, kind=RUN, dedupe=f"level {run.pk}", arguments={"run": run.pk})
    run.save(update_fields=["job"])
    journal.write(by=by, verb="level.run_started", about=run, month=str(month), level=level)
    return run


def _give_up_lost(month: Month, level: str) -> None:
    """A run whose job was given up stands in nobody's way."""
    ended = [Job.State.FAILED, Job.State.DEAD]
    for run in LevelRun.objects.filter(
        month=month.first_day, level=level, state=State.RUNNING, job__state__in=ended
    ):
        run.refusal = {"template": gettext_noop("The work was given up; see the jobs page.")}
        run.fail()
        run.save(update_fields=["state", "refusal"])


@jobs.handles(RUN, gettext_lazy("Compute scores of a level"))
def run_level(work: jobs.Work) -> jobs.Step:
    """One chunk: collect, score, store; a refusal is kept with the run."""
    run = LevelRun.objects.select_related("scheme", "started_by").get(pk=work.job.arguments["run"])
    if run.state != State.RUNNING:
        return jobs.Step(more=False, result={"run": run.state})
    try:
        with transaction.atomic():
            count = compute(run)
    except Refused as refusal:
        return _refused(run, refusal)
    return jobs.Step(more=False, text=_("Computed"), result={"scored": count, "digest": run.result_digest})


def _refused(run: LevelRun, refusal: Refused) -> jobs.Step:
    run.refusal = kept(refusal)
    run.fail()
    run.save(update_fields=["state", "refusal"])
    return jobs.Step(more=False, text=worded(refusal), result={"run": run.state})


def compute(run: LevelRun) -> int:
    """Collect, score and keep a run as things stand; returns how many were scored. Raises LevelRefused."""
    scheme, month = run.scheme.scheme(), run.period
    scored, found = scores(scheme, month, run.level)
    if not scored:
        raise LevelRefused("nobody")
    run.result_digest = store.keep(run, scored, found)
    run.subjects, run.computed_at, run.code_version = len(scored), timezone.now(), code_version()
    run.compute()
    run.save()
    journal.write(by=run.started_by, verb="level.computed", about=run, digest=run.result_digest)
    return len(scored)


def scores(
    scheme: Scheme, month: Month, level: str, *, fresh: bool = True
) -> tuple[list[tuple[Who, Result]], list[Found]]:
    """Every subject of a level under a scheme with the facts used; nothing of it is stored.

    `fresh` first makes the sums of the cases those of today, which writes sums but no results.
    """
    indicators = schemes.indicators_of(scheme, level)
    if fresh:
        facts.bring_up(collect.needs(indicators, scheme, month))
    return scored(scheme, indicators, month, level)


def scored(
    scheme: Scheme, indicators: Sequence[Indicator], month: Month, level: str
) -> tuple[list[tuple[Who, Result]], list[Found]]:
    """The same by indicators of one's own, from the sums as they are."""
    wanted = collect.needs(indicators, scheme, month)
    whos = subjects.of(level)
    found = list(facts.facts_of(wanted, level, whos))
    books: Mapping[int, dict[tuple[Month, str], Number | None]] = defaultdict(dict)
    for one in found:
        books[one.pk][one.month, one.key] = one.value
    board = Board(scheme, {one.code: one for one in indicators}, month)
    taken = {who: column for who in whos if (column := board.column(who.subject))}
    board.look((column, who.subject, books[who.pk]) for who, column in taken.items())
    results = [(who, board.result(column, books[who.pk], who.subject.kind)) for who, column in taken.items()]
    asked = {column.code: _keys(column, board) for column in taken.values()}
    used = {who.pk: asked[column.code] for who, column in taken.items()}
    return results, [one for one in found if one.key in used.get(one.pk, ())]


def _keys(column: Column, board: Board) -> frozenset[str]:
    """The facts a column divides: no others are kept with its subjects."""
    used = (board.indicators[item.indicator] for item in column.items)
    return frozenset(key for one in used for key in (*one.numerator, *one.denominator))


def current(month: Month, level: str) -> LevelRun | None:
    """The computed run that counts; None before the first."""
    rows = LevelRun.objects.filter(month=month.first_day, level=level, state=State.COMPUTED)
    found: LevelRun | None = rows.select_related("scheme").order_by("-number").first()
    return found


def latest(month: Month, level: str) -> LevelRun | None:
    """The last run begun, whatever became of it."""
    rows = LevelRun.objects.filter(month=month.first_day, level=level)
    found: LevelRun | None = rows.select_related("job").order_by("-number").first()
    return found


def sentence(run: LevelRun) -> str:
    """Why a run failed, in the language of the reader."""
    return worded_again(run.refusal)


def scheme_of(month: Month, level: str) -> SchemeVersion | None:
    """The scheme that scores a level in a month."""
    return schemes.in_force(month, level)
