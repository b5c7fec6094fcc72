"""Runs of the grouper: who ran which scheme over which months, live or as a trial that can be discarded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Job, Membership
from alliance.services import jobs, journal
from grouping.engine.compiled import VERSION
from grouping.engine.rows import Scheme as Package
from grouping.models import GroupingRun, Scheme, SchemeVersion
from grouping.runs import sql
from grouping.services import schemes, stored, versions

TRIAL = "cases.trial_run"
PAGE = 20_000  # cases of one chunk: a second or so of work
PART = 100_000  # cases of one job; a month with more is shared by several workers


class RunRefused(Refused):
    """A run cannot be made, or not be discarded."""

    reasons = {
        "no_cases": "There are no cases from %(first)s to %(last)s to try the scheme on.",
        "not_sound": "Only a version that was checked and found sound can be tried.",
        "live": "A live run is kept; only a trial run can be discarded.",
    }


@transaction.atomic
def begin_trial(*, by: Membership, version: SchemeVersion, first: Month, last: Month) -> GroupingRun:
    """Queue a trial of a version over all cases discharged from `first` to `last`, both months included.

    The results come into `TrialCase` and change none that counts. Its jobs are one a month (more for a month
    of more than PART cases), so several workers share it. Raises RunRefused (not_sound, no_cases).
    """
    if version.state not in (SchemeVersion.State.DRAFT, SchemeVersion.State.RELEASED):
        raise RunRefused("not_sound")
    months = months_between(first, last)
    parts = [(month, after, end) for month in months for after, end in _parts(month)]
    if not parts:
        raise RunRefused("no_cases", first=first, last=last)
    run = GroupingRun.objects.create(
        kind=GroupingRun.Kind.TRIAL, version=version, digest=version.digest, first_month=first.first_day,
        last_month=last.first_day, engine=VERSION, by=by, parts=len(parts),
    )  # fmt: skip
    journal.write(by=by, verb="trial.begun", about=run, version=version.pk, first=str(first), last=str(last))
    queued = [_enqueue(by, run, month, after, end) for month, after, end in parts]
    run.job = queued[0]
    run.save(update_fields=["job"])
    return run


def months_between(first: Month, last: Month) -> list[Month]:
    """The months from first to last, both included."""
    found = [first]
    while found[-1] < last:
        found.append(found[-1].next())
    return found


def _parts(month: Month) -> list[tuple[int, int]]:
    """Ranges of ids, (after, last], that together hold the cases of a month."""
    ends = sql.piece_ends(month=month.first_day, size=PART)
    return list(zip([0, *ends], ends, strict=False))


def _enqueue(by: Membership, run: GroupingRun, month: Month, after: int, last: int) -> Job:
    arguments = {"run": run.pk, "month": str(month), "after": after, "last": last}
    return jobs.enqueue(by=by, kind=TRIAL, dedupe=f"{run.pk}/{month}/{last}", arguments=arguments)


@jobs.handles(TRIAL, gettext_lazy("Dry run of a scheme on past months"))
def try_part(work: jobs.Work) -> jobs.Step:
    """One page of a trial's part: read, group, store; the last page closes the part."""
    arguments, month = work.job.arguments, Month.parse(work.job.arguments["month"]).first_day
    before = {"after": arguments["after"], "done": 0, "counts": {}} | work.previous
    ends = before.get("ends")
    if ends is None:
        ends = sql.piece_ends(month=month, after=before["after"], last=arguments["last"], size=PAGE)
    run = GroupingRun.objects.select_related("version").get(pk=arguments["run"])
    if ends and sql.hold(run.pk):
        page = read_page(_package(run), sql.PART, month=month, after=before["after"], last=ends[0])
        counts = store_page(_package(run), page, sql.STORE_TRIAL, run=run.pk)
        token = {
            "after": ends[0],
            "ends": ends[1:],
            "done": before["done"] + len(page.ids),
            "counts": dict(Counter(before["counts"]) + counts),
        }
        return jobs.Step(more=True, token=token, text=str(token["done"]))
    close_part(arguments["run"], before["counts"])
    return jobs.Step(more=False, text=str(before["done"]), result={"outcomes": before["counts"]})


def _package(run: GroupingRun) -> Package:
    version = run.version
    assert version is not None  # the database refuses a trial without one
    return schemes.shipped_package(version.code) if version.shipped else versions.package_of(version)


def read_page(package: Package, statement: str, **parameters: object) -> sql.Grouped:
    """Read a page of cases and group each while the database reads the next."""
    ready = stored.compiled(package)
    with sql.page(statement, **parameters) as blocks:
        return stored.grouped(ready, blocks)


def store_page(package: Package, page: sql.Grouped, statement: str, **keys: object) -> Counter[str]:
    """Store what a page came to; return the number of cases by outcome."""
    outcomes = stored.compiled(package).outcomes
    sql.store(statement, page, outcomes, **keys)
    counts: Counter[str] = Counter()
    for number, cases in Counter(page.numbers).items():
        counts[outcomes[number].status.value] += cases
    return counts


def open_live(*, job: Job, scheme: Scheme, month: Month) -> GroupingRun:
    """The run under which a job stores results that count."""
    return GroupingRun.objects.create(
        kind=GroupingRun.Kind.LIVE, scheme=scheme, digest=scheme.digest, first_month=month.first_day,
        last_month=month.first_day, engine=VERSION, by=job.created_by, job=job,
    )  # fmt: skip


def close_part(run: int, counts: Mapping[str, int]) -> None:
    """Add a part's counts to its run; the last part ends it."""
    row = GroupingRun.objects.select_for_update().get(pk=run)
    row.counts = dict(Counter(row.counts) + Counter(counts))
    row.parts_done = F("parts_done") + 1
    row.save(update_fields=["counts", "parts_done"])
    GroupingRun.objects.filter(pk=run, parts_done=F("parts")).update(ended_at=timezone.now())


@transaction.atomic
def discard(*, by: Membership, run: GroupingRun) -> GroupingRun:
    """Delete what a trial came to; that it was made stays known. Raises RunRefused (live)."""
    row: GroupingRun = GroupingRun.objects.select_for_update().get(pk=run.pk)
    if row.kind != GroupingRun.Kind.TRIAL:
        raise RunRefused("live")
    if row.discarded_at is None:
        gone = sql.discard(row.pk)
        row.discarded_at = timezone.now()
        row.save(update_fields=["discarded_at"])
        journal.write(by=by, verb="trial.discarded", about=row, results=gone)
    return row
