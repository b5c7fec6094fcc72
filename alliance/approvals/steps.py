"""The format of a chain's steps, and when a step is decided. Pure: no database, no clock.

A step names who decides (roles, the members of a body in term, or only a body outside the system) and by
which rule:

- `one`: the first verdict decides, yes or no (a head signs);
- `any`: one yes passes, no only when all said no;
- `all`: everybody says yes, one no declines;
- `n_of_m`: `n` say yes; declined once so many said no that n can no longer be reached;
- `majority`: more than half of those who may vote say yes; declined once that can no longer be reached.

Everywhere: at least `least` persons have voted, and one yes or more comes from somebody other than the
proposer. Who recuses leaves the count. Source: practice.md section 4, requirements S2-45.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

RULES = ("one", "any", "all", "n_of_m", "majority")
PLACES = ("", "lead", "own")

Outcome = Literal["waiting", "passed", "declined"]


class StepInvalid(ValueError):
    """A step's data break the format; `step` counts from 1, `field` names what is wrong."""

    def __init__(self, step: int, field: str) -> None:
        super().__init__(f"step {step}: {field}")
        self.step, self.field = step, field


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain.

    `name`, `name_en`: what it is called in Chinese and English. `place`: whose role holders count: "" all (of
    an institution's own matter: its own), "lead" those of the lead hospital, "own" those of the institution
    concerned; holders for the whole alliance always. `body`: the code of a body; its members decide, whatever
    their roles.
    """

    name: str
    roles: tuple[str, ...] = ()
    rule: str = "any"
    n: int = 1
    least: int = 1
    outside: bool = False
    place: str = ""
    name_en: str = ""
    body: str = ""

    @property
    def one_person_decides(self) -> bool:
        """True where a single yes passes the step: there the proposer has no vote."""
        return self.rule in ("one", "any")

    @property
    def by_a_body(self) -> bool:
        """True where a body decides: by its document, by counted votes, or by seats of the committee."""
        counted = self.rule in ("all", "n_of_m", "majority")
        return self.outside or counted or bool(self.body) or "management_committee" in self.roles

    @property
    def needed(self) -> int:
        """How many persons must at least vote."""
        return max(self.least, self.n if self.rule == "n_of_m" else 1)


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of one step, as ids of users: who counts (without the recused), who said yes, who no; `away`:
    who counts and cannot vote, not having come to the meeting.
    """

    electors: frozenset[int]
    yes: frozenset[int]
    no: frozenset[int]
    away: frozenset[int] = frozenset()

    @property
    def undecided(self) -> frozenset[int]:
        """Who may still vote."""
        return self.electors - self.yes - self.no - self.away


def outcome(step: Step, votes: Votes, *, proposer: int) -> Outcome:
    """Say how a step stands: waiting, passed or declined."""
    if _declined(step, votes):
        return "declined"
    voted = len(votes.yes | votes.no)
    if _carried(step, votes) and voted >= step.least and votes.yes - {proposer}:
        return "passed"
    return "waiting"


def _declined(step: Step, votes: Votes) -> bool:
    if not votes.no:
        return False
    if step.rule in ("one", "all"):
        return True
    return len(votes.yes) + len(votes.undecided) < _needed(step, votes)


def _needed(step: Step, votes: Votes) -> int:
    """How many times yes carries the step."""
    if step.rule == "majority":
        return len(votes.electors) // 2 + 1
    return step.n if step.rule == "n_of_m" else 1


def _carried(step: Step, votes: Votes) -> bool:
    if step.rule == "all":
        return bool(votes.yes) and not votes.undecided
    return len(votes.yes) >= _needed(step, votes)


def parse_steps(data: object) -> tuple[Step, ...]:
    """Read the steps of a chain from plain data. Raises StepInvalid with the step and the field."""
    if not isinstance(data, Sequence) or isinstance(data, str) or not data:
        raise StepInvalid(0, "steps")
    return tuple(_step(number, entry) for number, entry in enumerate(data, start=1))


def _step(number: int, entry: object) -> Step:
    if not isinstance(entry, Mapping) or set(entry) - set(Step.__slots__):
        raise StepInvalid(number, "fields")
    if not (isinstance(entry.get("name"), str) and entry["name"]):
        raise StepInvalid(number, "name")
    roles = entry.get("roles", ())
    if isinstance(roles, str) or not all(isinstance(role, str) for role in roles):
        raise StepInvalid(number, "roles")
    step = Step(**{**entry, "roles": tuple(roles)})
    _check(number, step)
    return step


def _check(number: int, step: Step) -> None:
    valid = {
        "rule": step.rule in RULES,
        "n": _count(step.n) and (step.n == 1 or step.rule == "n_of_m"),
        "least": _count(step.least),
        "outside": isinstance(step.outside, bool),
        "place": step.place in PLACES,
        "roles": bool(step.roles) or step.outside is True or bool(step.body),
        "body": isinstance(step.body, str) and not (step.body and step.roles),
        "name_en": isinstance(step.name_en, str),
    }
    for field, right in valid.items():
        if not right:
            raise StepInvalid(number, field)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
