"""Taking over referrals that happened before the system: many at once, through every step of the machine.

The database lets a referral begin only as submitted and go only along declared steps, each written in turn.
Referrals of one person in one direction follow each other: they are taken over in waves, oldest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from alliance.lib.workdays import SHANGHAI, deadline
from alliance.models import Department, Institution, Membership, Person, Transition
from alliance.services import calendar, journal, parameters
from referrals import sql
from referrals.models import Referral
from referrals.services import stays

BATCH = 500


@dataclass(frozen=True)
class PastReferral:
    """One referral with all its times (aware); a time that never came is None. `state` is where it ended."""

    number: str
    direction: str
    urgency: str
    state: str
    person: Person
    logged_by: Membership
    origin: Institution
    origin_department: Department | None
    target: Institution
    target_department: Department | None
    reason: str
    diagnosis_code: str
    diagnosis_name: str
    summary: str
    reply: str
    decline_reason: str
    decline_text: str
    logged_at: datetime
    answered_at: datetime | None
    arrived_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None

    @property
    def treated_at(self) -> datetime | None:
        """Who was completed was treated; from when, the past does not say more exactly than the arrival."""
        return self.arrived_at if self.completed_at else None


@dataclass(frozen=True)
class PastStep:
    """A step of the machine: its name, from and to, the end states it lies on the way to, what it writes."""

    name: str
    before: str
    after: str
    towards: frozenset[str]
    writes: tuple[str, ...]


STEPS: Sequence[PastStep] = (
    PastStep(
        "accept", "submitted", "accepted", frozenset({"accepted", "arrived", "no_show", "completed"}),
        ("answered_at",),
    ),
    PastStep(
        "decline", "submitted", "declined", frozenset({"declined"}),
        ("answered_at", "decline_reason", "decline_text"),
    ),
    PastStep("arrive", "accepted", "arrived", frozenset({"arrived", "completed"}), ("arrived_at",)),
    PastStep("no_show", "accepted", "no_show", frozenset({"no_show"}), ("closed_at",)),
    PastStep(
        "complete", "arrived", "completed", frozenset({"completed"}), ("completed_at", "treated_at", "reply")
    ),
    PastStep("cancel", "submitted", "cancelled", frozenset({"cancelled"}), ("closed_at",)),
)  # fmt: skip


@transaction.atomic
def take_over(*, by: Membership, referrals: Iterable[PastReferral]) -> int:
    """Store past referrals with every step they took; return how many. Journaled as one deed.

    They join the stays that are there: which of them were treated is known from the first look on, and no
    later step of the clock changes the rates of an ended month.
    """
    taken, limits = [], Limits()
    for wave in _waves(referrals):
        rows = Referral.objects.bulk_create([_submitted(past, limits) for past in wave], batch_size=BATCH)
        _walk(list(zip(wave, rows, strict=True)))
        taken += [row.pk for row in rows]
    stays.follow_all(Referral.objects.filter(pk__in=taken).only(*stays.READ))
    journal.write(by=by, verb="referral.history_taken_over", count=len(taken))
    return len(taken)


def _waves(referrals: Iterable[PastReferral]) -> list[list[PastReferral]]:
    """The n-th referral of a person in a direction goes into wave n."""
    seen: dict[tuple[int, str], int] = defaultdict(int)
    waves: dict[int, list[PastReferral]] = defaultdict(list)
    for past in sorted(referrals, key=lambda past: past.logged_at):
        place = (past.person.pk, past.direction)
        waves[seen[place]].append(past)
        seen[place] += 1
    return [waves[number] for number in sorted(waves)]


class Limits:
    """Answer limits of many referrals: the calendar is read once, a rule once a day and urgency."""

    def __init__(self) -> None:
        self._calendar = calendar.calendar()
        self._rules: dict[tuple[str, date], str] = {}

    def of(self, urgency: str, at: datetime) -> tuple[str, datetime]:
        """The rule in force on the local day and the instant it gives."""
        day = at.astimezone(SHANGHAI).date()
        if (urgency, day) not in self._rules:
            self._rules[urgency, day] = parameters.rule_in_force(f"referral.accept_{urgency}", on=day)
        rule = self._rules[urgency, day]
        return rule, deadline(at, rule, self._calendar).due_at


def _submitted(past: PastReferral, limits: Limits) -> Referral:
    rule, due = limits.of(past.urgency, past.logged_at)
    return Referral(
        number=past.number, direction=past.direction, urgency=past.urgency, person=past.person,
        logged_by=past.logged_by, origin_institution=past.origin, origin_department=past.origin_department,
        target_institution=past.target, target_department=past.target_department, reason=past.reason,
        diagnosis_code=past.diagnosis_code,
        diagnosis_name=past.diagnosis_name, summary=past.summary, consent=True, logged_at=past.logged_at,
        answer_rule=rule, answer_due_at=due,
    )  # fmt: skip


def _walk(pairs: list[tuple[PastReferral, Referral]]) -> None:
    """Write each step of a wave in one statement, and keep it; who answered at that time is not known."""
    logged = [_kept(row, "log", "", "submitted", past.logged_by) for past, row in pairs]
    Transition.objects.bulk_create(logged, batch_size=BATCH)
    for step in STEPS:
        moved = [(past, row) for past, row in pairs if past.state in step.towards]
        values = [(row.pk, *(getattr(past, column) for column in step.writes)) for past, row in moved]
        sql.walk(step.after, step.writes, values)
        kept = [_kept(row, step.name, step.before, step.after, None) for _past, row in moved]
        Transition.objects.bulk_create(kept, batch_size=BATCH)


def _kept(row: Referral, name: str, before: str, after: str, by: Membership | None) -> Transition:
    """A step; its own time stands in the referral, `at` is when it was taken over."""
    return Transition(
        about_kind=row._meta.label_lower, about_id=row.pk, name=name, from_state=before, to_state=after, by=by
    )
