"""What a sheet of dues is made of: its kinds, the numbers given, the parts each subject is due. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alliance.lib.money import Fen
from alliance.lib.refusal import Refused

Terms = Mapping[str, Any]  # values of parameters by key
Numbers = Mapping[str, Any]  # fen as int, others as Decimal; what was not given is missing


class EntitledRefused(Refused):
    """Numbers that give nobody anything, or break a rule of pay."""

    reasons = {
        "composition": "The shares of the four parts add up to %(sum)s %%, not to 100 %%. Correct the "
        "parameter “composition of family-doctor pay” first.",
        "range": "The share of “%(part)s” is %(share)s %%, outside %(least)s to %(most)s %%. Correct the "
        "parameter first.",
        "score": "%(subject)s has no score for “%(part)s” in this month. Score it first, or leave its line "
        "empty.",
        "floor": "%(subject)s: the base part is %(base)s yuan a full post, below the local minimum wage of "
        "%(wage)s yuan. Raise the pay of the team, or its base share.",
        "posts": "%(subject)s: give the number of full posts above zero.",
        "band": "%(subject)s: the award is %(fen)s yuan, outside %(least)s to %(most)s yuan.",
        "no_increase": "This year is no more than last year: there is no increase to share.",
        "no_saving": "There is no saving to share.",
        "no_weight": "Give at least one line a weight above zero.",
        "no_pay": "%(subject)s has no pay of this month in the books. Post the pots of the month first.",
        "no_surplus": "Nothing is left to divide: nothing was saved or carried in, or all is carried on.",
        "carry_out": "What is carried into the next year is 0 to 100 %% of what there is.",
        "templates": "The parameter “order of the surplus templates” names %(order)s; it begins with A, B "
        "or C, and C may follow. Correct it first.",
        "fund_share": "Template A gives the collaboration fund %(template)s %%, the parameter of the fund "
        "says %(fund)s %%. Make them the same first.",
        "nothing": "Nobody is due anything. Fill in at least one line.",
        "percent": "%(subject)s: “%(part)s” is a percentage from 0 to 100.",
        "last": "%(subject)s: give last year's inpatient cost above zero.",
        "incomplete": "%(subject)s: fill in “%(part)s”, or leave the whole line empty.",
    }
    fields = dict.fromkeys(reasons, "")


@dataclass(frozen=True, slots=True)
class Field:
    """A number that is given: fen, a decimal, a whole count, or 0 to 100 %; `signed` may be below zero."""

    name: str
    kind: Literal["fen", "number", "count", "percent"]
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what somebody is due (fen, below zero where it is taken off), with its numbers put in:
    (sign before, name, value).
    """

    name: str
    fen: Fen
    told: tuple[tuple[str, str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A subject with its parts; never below zero, `fen` is what the parts add up to or 0, `owed` what is then
    still owed by the subject.
    """

    code: str
    parts: tuple[Part, ...]

    @property
    def sum(self) -> Fen:
        """What the parts add up to; below zero more was paid than is due."""
        return sum(part.fen for part in self.parts)

    @property
    def fen(self) -> Fen:
        """What is paid."""
        return max(0, self.sum)

    @property
    def owed(self) -> Fen:
        """What was paid ahead or deducted beyond what is due: later dues give it back."""
        return max(0, -self.sum)


Rows = Mapping[str, Numbers]
Work = Callable[[Terms, Numbers, Rows], Iterable[Due]]
# The steps from what was given once down to what the lines divide.
Above = Callable[[Terms, Numbers, Rows], Sequence[Part]]
# What accounts of their own are fed with when a sheet is confirmed, fen by name.
Feeds = Callable[[Terms, Numbers], Mapping[str, Fen]]


def _none_above(_terms: Terms, _head: Numbers, _rows: Rows) -> Sequence[Part]:
    return ()


def _feeds_none(_terms: Terms, _head: Numbers) -> Mapping[str, Fen]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of money is worked out: whose lines, what is given once and on each line, which scores the
    month brings (percent of the possible points), which parameters it reads.
    """

    level: Literal["team", "department", "institution", "person"]
    work: Work
    keys: tuple[str, ...]
    head: tuple[Field, ...] = ()
    row: tuple[Field, ...] = ()
    scores: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()  # what the month brings where there is any
    above: Above = _none_above
    feeds: Feeds = _feeds_none
