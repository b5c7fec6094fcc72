"""Looking at lines before a word is said: locked, counted again, and still what the page showed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from alliance.confirmation import countables
from alliance.confirmation.models import Line
from alliance.confirmation.services import rounds
from alliance.confirmation.standing import Standing, of_lines
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.models.base import Stale


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed: the digest of the records and the number of the own side's last statement."""

    digest: str
    version: int


def look(pks: Collection[int], *, by: Membership, now: datetime) -> list[Standing]:
    """Lines of one month, locked in order and counted now, with a picture of what they say now.

    Both sides of a line take turns by its row; call in a transaction.
    """
    rows = Line.objects.filter(pk__in=pks).order_by("pk")
    lines = list(rows.select_for_update(no_key=True, of=("self",)).select_related("round", "giver", "taker"))
    if not lines:
        return []
    month = Month.of(lines[0].round.month)
    sides = {pk for line in lines for pk in (line.giver_id, line.taker_id)}
    here = by.institution_id
    counts = countables.count(month, sides={here} if here is not None else sides)
    rounds.take(lines, counts, month, now)
    return of_lines(lines, now=now, counts=counts)


def look_one(line: Line, *, by: Membership, now: datetime) -> Standing:
    """One line, locked and counted now."""
    return look([line.pk], by=by, now=now)[0]


def fits(standing: Standing, side: str, seen: Seen) -> bool:
    """Whether the line is still as the page showed it to this side."""
    said = standing.said.get(side)
    return standing.digest == seen.digest and (said.number if said else 0) == seen.version


def require_seen(standing: Standing, side: str, seen: Seen) -> None:
    """Raise Stale where the records changed, or a colleague of the same side was faster (N34)."""
    if not fits(standing, side, seen):
        raise Stale(standing.line)
