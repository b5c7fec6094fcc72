"""How many answered, as it may be said: never a number of one to four, nor one that follows from the rest.

What is said of several institutions together leaves out those with fewer than five answers (nobody is nobody
and stays 0): a total with them in it, less the others, would tell their number.

A counted survey says everywhere how many answers were read, nowhere how many were taken: the difference
would tell how many were left out. So one that is not counted says in steps of five how many were taken, for
whoever notes it on the last day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.web import words
from complaints.surveys.models.campaigns import FLOOR


@dataclass(frozen=True, slots=True)
class Told:
    """Answers and persons asked of the groups that may be told; `left`: how many groups are not in it;
    `rough`: that many answers at least.
    """

    answers: int
    asked: int
    left: int
    rough: bool = False

    @property
    def said(self) -> str:
        """The number of answers; of a single small group that it is small."""
        if self.left and not self.answers:
            return fewer()
        number = words.num(self.answers)
        if self.rough and self.answers:
            return _("%(n)s or more") % {"n": number}
        return _("over %(n)s") % {"n": number} if self.left else number

    @property
    def response(self) -> str:
        """Answers of those asked, in percent; of a few answers it would tell their number."""
        if self.left and not self.answers:
            return words.DASH
        share = rate(self.answers, self.asked)
        return _("%(share)s or more") % {"share": share} if self.rough and self.answers else share

    @property
    def note(self) -> str:
        """What is not in it."""
        if not (self.left and self.answers):
            return ""
        said = ngettext(
            "without %(n)d institution of fewer than %(floor)d answers",
            "without %(n)d institutions of fewer than %(floor)d answers", self.left,
        )  # fmt: skip
        return said % {"n": self.left, "floor": FLOOR}


def small(answers: int) -> bool:
    """Whether a number of answers is not told."""
    return 0 < answers < FLOOR


def fewer() -> str:
    """In place of such a number."""
    return _("fewer than %(floor)d") % {"floor": FLOOR}


def said(answers: int) -> str:
    """The answers of one group."""
    return fewer() if small(answers) else words.num(answers)


def rate(answers: int, asked: int) -> str:
    """A response in percent; a dash where nobody was asked."""
    return words.pct(Fraction(answers, asked)) if asked else words.DASH


def together(groups: Iterable[tuple[int, int]], *, rough: bool = False) -> Told:
    """Several groups as (answers, asked); `rough`: while they are not counted yet, in steps of `FLOOR`."""
    rows = list(groups)
    kept = [row for row in rows if not small(row[0])]
    answers = sum(row[0] for row in kept)
    step = FLOOR if rough else 1
    return Told(answers - answers % step, sum(row[1] for row in kept), len(rows) - len(kept), rough)
