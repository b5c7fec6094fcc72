"""What a correction means for whoever appealed: less than now, or more than asked for, is said and meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance.lib.money import yuan
from performance.appeals.refusals import AppealRefused
from performance.appeals.services.correcting import Decision, Draft
from performance.models import AppealLine


@dataclass(frozen=True)
class Effect:
    """What a correction gives (+) or takes (-) of whose lines the appeal names, and what was asked for (fen;
    None where no line of pay is named).
    """

    fen: int
    asked: int | None

    @property
    def lowers(self) -> bool:
        """Whether they would get less than now."""
        return self.fen < 0

    @property
    def more(self) -> bool:
        """Whether they would get more than was asked for."""
        return self.asked is not None and self.fen > self.asked


def effect(lines: Sequence[AppealLine], found: Sequence[Draft]) -> Effect:
    """What entries mean for those whose numbers the appeal is about: persons of lines of pay and indicators,
    else the institution.
    """
    people = {line.staff_id for line in lines if line.staff_id is not None}
    places = {line.institution_id for line in lines if line.staff_id is None}
    fen = sum(
        one.fen for one in found
        if (one.staff.pk in people if one.staff else bool(
            one.pot is None and one.institution and one.before_fen is not None
            and one.institution.pk in places))
    )  # fmt: skip
    disputed = (line.disputed_fen for line in lines if line.about == AppealLine.About.PAY)
    asked = [fen for fen in disputed if fen is not None]
    return Effect(fen, sum(asked) if asked else None)


def plausible(found: Effect, decision: Decision) -> None:
    """Raise AppealRefused (lowers, more) where less is not meant or more than asked has no reason."""
    if found.lowers and not decision.lowers:
        raise AppealRefused("lowers", yuan=yuan(-found.fen, display=True))
    if found.more and not decision.more_why.strip():
        asked = yuan(found.asked or 0, display=True)
        raise AppealRefused("more", yuan=yuan(found.fen, display=True), asked=asked)
