"""How far the steps of a month are: read from facts where the system knows them, else said by somebody.

A step that may be said done is ticked by its own deed as well: proposing the month ends its check, releasing
the minutes of the meeting and the bulletin ends theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from alliance.confirmation import facts as confirmations
from alliance.lib.period import Month
from alliance.models import Institution, Membership, RosterRow, Staff
from performance.declared import due
from performance.life.plan import Planned, planned
from performance.models import CalendarDone, MonthLife, MonthRun, MonthStep, Paper, PayPot
from performance.models.calendar import BY_HAND
from performance.services import months
from performance.services.completeness import deliveries

DONE, OPEN, LATE, PASSED = "done", "open", "late", "passed"
# Steps another room ticks by a deed of its own: when it was done, and where it opens.
Deed = Callable[[Month], "datetime | None"]
Opens = Callable[[Month, Membership], str]
_deeds_of: dict[str, tuple[Deed, Opens]] = {}


def register(step: str, deed: Deed, opens: Opens) -> None:
    """Let a room say when it has done a step of a month, and where a member opens it ("": nowhere)."""
    _deeds_of[str(step)] = (deed, opens)


def page_of(step: str, month: Month, membership: Membership) -> str:
    """The page of the room that does a step, or ""."""
    known = _deeds_of.get(str(step))
    return known[1](month, membership) if known else ""


DECIDED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)
PAPERS = {MonthStep.MEETING: Paper.Kind.MINUTES, MonthStep.BULLETIN: Paper.Kind.BULLETIN}


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one institution has not done for a step: `have` of `owed`; None where nothing was declared."""

    institution_id: int
    have: int
    owed: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One step: done, open (its day has not come), late, or passed (the month was decided without it)."""

    planned: Planned
    state: str
    done_at: datetime | None = None
    lacking: tuple[Lacking, ...] = ()
    by: CalendarDone | None = None

    def escalated(self, now: datetime) -> bool:
        """Late for so many working days that the next one up is asked."""
        return self.state == LATE and now >= self.planned.escalates_at


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one step before its day is looked at."""

    done: bool
    at: datetime | None = None
    lacking: tuple[Lacking, ...] = ()
    by: CalendarDone | None = None


def standings(month: Month, now: datetime) -> list[Standing]:
    """All steps of a month in their order; a number of queries that does not grow with institutions."""
    run = months.current(month)
    decided = run is not None and run.state in DECIDED
    known = {**_collected(month, now), **_by_hand(month, run), **_moved(month, run, now)}
    return [_standing(one, known[one.step], now, decided=decided) for one in planned(month)]


BEFORE_DECISION = tuple(MonthStep)[: tuple(MonthStep).index(MonthStep.DECISION)]


def _standing(one: Planned, known: Known, now: datetime, *, decided: bool) -> Standing:
    if known.done:
        state = DONE
    elif decided and one.step in BEFORE_DECISION:
        state = PASSED
    else:
        state = LATE if now >= one.due_at else OPEN
    return Standing(one, state, known.at, known.lacking, known.by)


def _collected(month: Month, now: datetime) -> dict[str, Known]:
    """What the institutions deliver: roster, cases, confirmation, declared values."""
    return {
        MonthStep.ROSTER: _whole(_roster(month)), MonthStep.FILES: _whole(_files(month)),
        MonthStep.CONFIRMATION: _confirmed(month, now), MonthStep.FOLLOWUP: _whole(_declared(month)),
    }  # fmt: skip


def _whole(lacking: Iterable[Lacking]) -> Known:
    found = tuple(lacking)
    return Known(not found, lacking=found)


def _roster(month: Month) -> Iterable[Lacking]:
    """Institutions with staff and no line in the month's roster; village rooms stand with their township."""
    places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    staffed = Staff.objects.filter(is_active=True).values("institution")
    there = RosterRow.objects.filter(month=month.first_day).values("institution")
    missing = places.filter(pk__in=staffed).exclude(pk__in=there).order_by("code")
    return [Lacking(pk, 0, None) for pk in missing.values_list("pk", flat=True)]


def _files(month: Month) -> Iterable[Lacking]:
    return [
        Lacking(one.institution.pk, one.delivered, one.declared)
        for one in deliveries(month)
        if not one.complete and not one.excepted
    ]


def _confirmed(month: Month, now: datetime) -> Known:
    """Open until both sides have looked at every line; a month nobody opened is not confirmed."""
    if confirmations.open_lines(month) is None:
        return Known(done=False)
    facts = confirmations.place_facts(month, now)
    return _whole(
        Lacking(one.institution_id, one.agreed + one.settled, one.lines) for one in facts if one.not_agreed
    )


def _declared(month: Month) -> Iterable[Lacking]:
    return [
        Lacking(one.institution.pk, len(one.owed) - one.missing, len(one.owed))
        for one in due.by_place(due.owed(month)) if one.missing
    ]  # fmt: skip


def _by_hand(month: Month, run: MonthRun | None) -> dict[str, Known]:
    """Said with a note, or done by its deed; two queries, one more for a proposed run."""
    rows = CalendarDone.objects.filter(month=month.first_day).select_related("done_by__user")
    said, deeds = {row.step: row for row in rows}, _deeds(month, run)
    return {
        step: Known(True, said[step].done_at, by=said[step]) if step in said
        else Known(step in deeds, deeds.get(step))
        for step in BY_HAND
    }  # fmt: skip


def _deeds(month: Month, run: MonthRun | None) -> dict[str, datetime]:
    """When the month was proposed, and when its first paper of a kind was released."""
    released = Paper.objects.filter(month=month.first_day, state=Paper.State.RELEASED).order_by()
    first = dict(released.values("kind").annotate(at=Min("released_at")).values_list("kind", "at"))
    found = {str(step): first[kind] for step, kind in PAPERS.items() if kind in first}
    for step, (deed, _opens) in _deeds_of.items():
        if step not in found and (at := deed(month)) is not None:
            found[step] = at
    approval = run.approval if run is not None and run.state in (*DECIDED, MonthRun.State.PROPOSED) else None
    return {**found, MonthStep.CHECK: approval.proposed_at} if approval is not None else found


def _moved(month: Month, run: MonthRun | None, now: datetime) -> dict[str, Known]:
    """What the run, the life after it and the pots say."""
    life = MonthLife.objects.filter(month=month.first_day).first()
    settlement = run.settlement if run else None
    posted = run.journal.posted_at if run and run.journal else None
    shown, until = (life.published_at, life.published_until) if life else (None, None)
    ended = until is not None and until <= now
    return {
        MonthStep.COMPUTE: Known(run is not None, settlement.computed_at if settlement else None),
        MonthStep.DECISION: Known(run is not None and run.state in DECIDED, posted),
        MonthStep.PUBLISHED: Known(shown is not None, shown),
        MonthStep.PUBLICATION: Known(ended, until if ended else None),
        MonthStep.SECOND: _divided(month),
        MonthStep.PAY: Known(life is not None and life.paid_at is not None, life.paid_at if life else None),
    }


def _divided(month: Month) -> Known:
    """Pots of the month's posted pools, in the books or not, by institution; one query."""
    rows = (
        PayPot.objects.filter(pool__month=month.first_day, pool__state="posted")
        .values("institution", "institution__code")
        .annotate(all=Count("pk"), posted=Count("pk", filter=Q(state=PayPot.State.POSTED)))
        .order_by("institution__code")
    )
    found: Sequence[dict[str, int]] = list(rows)
    open_ = tuple(
        Lacking(one["institution"], one["posted"], one["all"]) for one in found if one["posted"] < one["all"]
    )
    return Known(bool(found) and not open_, lacking=open_)
