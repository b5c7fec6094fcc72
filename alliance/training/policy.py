"""Yearly policy training in tiers 分层培训 (S1-61): who has to come, who came; the quiz beside it.

Which tier a person belongs to follows from the roles of the account, else from the kind of staff, by a
dated parameter. Who belongs to none owes nothing. A session of a tier, or for all, keeps the year once it
is closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.services import parameters
from alliance.training import facts
from alliance.training.models import Session

TIERS, TARGET = "training.tiers", "qe.policy_training"
Tier = Session.Tier
# The first that fits: who leads a department and reports its cases is trained as a leader.
ORDER = (Tier.MANAGEMENT, Tier.INSURANCE, Tier.CLINICAL)


@dataclass(frozen=True, slots=True)
class Person:
    """One who has to come: `lines` of the year's attendance, `passed` the examination of one of them."""

    staff: Staff
    tier: str
    lines: tuple[int, ...]
    examined: bool
    passed: bool

    @property
    def came(self) -> bool:
        """The year is kept."""
        return bool(self.lines)


@dataclass(frozen=True, slots=True)
class Count:
    """Of an institution or a tier: how many have to come, came, were examined, passed."""

    due: int
    came: int
    examined: int
    passed: int

    @property
    def percent(self) -> Decimal | None:
        """Attendance, two decimals; None where nobody has to come."""
        return (Decimal(100 * self.came) / self.due).quantize(Decimal("0.01")) if self.due else None


@dataclass(frozen=True, slots=True)
class Quiz:
    """The quiz of a year at an institution (S1-28): who passed, who answered; None: too few to be read."""

    passed: int | None
    answers: int


# What the floor above knows of quizzes of a year, by institution; and the page of its indicator.
Reader = Callable[[int], Mapping[int, Quiz]]
_quiz: list[Reader] = []


def register_quiz(reader: Reader) -> None:
    """Let the room of surveys say what its quizzes found; called once, in its app's `ready()`."""
    _quiz[:] = [reader]


def quizzes(year: int) -> Mapping[int, Quiz]:
    """The year's quiz by institution; nothing where no room knows."""
    return _quiz[0](year) if _quiz else {}


def persons(year: int, on: date, *, institution_id: int | None = None) -> list[Person]:
    """Everybody who has to come, by institution and number; four queries.

    Raises parameters.NotInForce where tiers are not decided.
    """
    tiers = {tier: set(str(text).split()) for tier, text in _tiers(on).items()}
    roles: dict[int, set[str]] = {}
    for user, held in Membership.objects.living().values_list("user", "roles"):
        roles.setdefault(user, set()).update(held)
    came = _came(year, institution_id)
    rows = Staff.objects.filter(is_active=True).select_related("institution", "department")
    if institution_id is not None:
        rows = rows.filter(institution=institution_id)
    found = []
    for one in rows.order_by("institution__code", "code"):
        marks = {str(one.kind), *roles.get(one.user_id or 0, ())}
        tier = next((tier for tier in ORDER if tiers.get(tier, set()) & marks), None)
        if tier is None:
            continue
        own = [line for line in came.get(one.pk, ()) if line[1] in (tier, Tier.ALL)]
        found.append(
            Person(
                one, tier, tuple(line[0] for line in own), any(line[2] is not None for line in own),
                any(line[2] is not None and line[2] >= (line[3] or 0) for line in own),
            )
        )  # fmt: skip
    return found


def _tiers(on: date) -> Mapping[str, object]:
    return cast("Mapping[str, object]", parameters.in_force(TIERS, on=on))


def _came(year: int, institution_id: int | None) -> dict[int, list[tuple[int, str, int | None, int | None]]]:
    """By person: line, tier of the session, points, pass mark."""
    lines = facts.counted(date(year, 1, 1), date(year, 12, 31)).exclude(session__tier="")
    if institution_id is not None:
        lines = lines.filter(staff__institution=institution_id)
    found: dict[int, list[tuple[int, str, int | None, int | None]]] = {}
    columns = ("staff", "pk", "session__tier", "points", "session__pass_mark")
    for staff, *line in lines.order_by("pk").values_list(*columns):
        found.setdefault(staff, []).append(tuple(line))
    return found


def target(on: date) -> Decimal:
    """The attendance asked for, in percent. Raises parameters.NotInForce."""
    return Decimal(str(parameters.in_force(TARGET, on=on)))


def count(rows: Sequence[Person]) -> Count:
    """Of these persons."""
    found = Counter(
        what for one in rows for what, hit in (
            ("came", one.came), ("examined", one.examined), ("passed", one.passed),
        ) if hit
    )  # fmt: skip
    return Count(len(rows), found["came"], found["examined"], found["passed"])


def held(year: int) -> bool:
    """Whether a policy session of the year was closed: only then is anything known here."""
    return facts.closed(date(year, 1, 1), date(year, 12, 31)).exclude(tier="").exists()


def of_year(until: Month) -> int:
    """The year a month counts: its own in December, else the one before."""
    return until.year if until.number == 12 else until.year - 1
