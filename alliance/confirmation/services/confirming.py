"""A side stands by the records: one line, or all on which nobody differs. Two alike confirmations agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from alliance.confirmation.models import Agreement, Line, Picture, Round, Statement, other
from alliance.confirmation.services import differences
from alliance.confirmation.services.looking import Seen, fits, look, look_one, require_seen
from alliance.confirmation.services.rights import require, require_side
from alliance.confirmation.standing import Standing, Word
from alliance.models import Membership
from alliance.services import journal

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Done:
    """Lines confirmed, lines thereby agreed, lines left alone that changed since the page was read."""

    confirmed: int
    agreed: int
    skipped: int


@transaction.atomic
def confirm(*, by: Membership, line: Line, seen: Seen, now: datetime) -> Standing:
    """A side stands by what the records say now, as the page showed it; its own difference is over.

    Returns the line as it was before. Raises PermissionDenied, Stale (records or own statement changed).
    """
    side = require_side(by, line)
    standing = look_one(line, by=by, now=now)
    require_seen(standing, side, seen)
    if standing.word(side) != Word.CONFIRMED:
        agreed = _confirm(by, [standing], now)
        journal.write(
            by=by, verb="confirmation.confirmed", about=line, count=standing.count, digest=standing.digest,
            agreed=agreed,
        )  # fmt: skip
    return standing


@transaction.atomic
def confirm_many(*, by: Membership, round_: Round, seen: Mapping[int, Seen], now: datetime) -> Done:
    """A side confirms all given lines of a month that are as its page showed them and undisputed.

    What changed meanwhile is left alone and counted. Raises PermissionDenied.
    """
    require(by, "confirmation.confirm")
    chosen = list(seen)[:MOST_AT_ONCE]
    own = Line.objects.filter(round=round_, pk__in=chosen).visible_to(by).values_list("pk", flat=True)
    found = look(list(own), by=by, now=now) if by.institution_id is not None else []
    fitting = [
        one
        for one in found
        if (side := one.line.side_of(by)) and one.plain(side) and fits(one, side, seen[one.line.pk])
    ]
    agreed = _confirm(by, fitting, now)
    if fitting:
        keys = [one.line.pk for one in fitting]
        journal.write(
            by=by,
            verb="confirmation.confirmed",
            about=round_,
            lines=keys[:200],
            count=len(keys),
            agreed=agreed,
        )
    return Done(len(fitting), agreed, len(seen) - len(fitting))


def _confirm(by: Membership, found: Sequence[Standing], now: datetime) -> int:
    """Store the confirmations, end own differences, keep agreements; returns how many lines are agreed."""
    said = say(by, found, now, verdict=Statement.Verdict.CONFIRMED)
    for one in found:
        difference = one.difference_of(one.line.side_of(by))
        if difference is not None:
            differences.end(difference, by=by, digest=one.digest, now=now)
    return _agree(by, found, said, now)


def say(
    by: Membership, found: Sequence[Standing], now: datetime, *, verdict: str, **columns: object
) -> dict[int, Statement]:
    """Put a statement of the member's side in the place of the one that held; by line."""
    lines = [one.line.pk for one in found]
    pictures = {one.line_id: one for one in Picture.objects.filter(line__in=lines, number=F("line__number"))}
    held = Statement.objects.filter(line__in=lines, institution=by.institution_id, superseded_at=None)
    held.update(superseded_at=now)
    rows = []
    for one in found:
        side = one.line.side_of(by)
        before = one.said.get(side)
        rows.append(
            Statement(
                line=one.line, side=side, institution=one.line.institution_of(side), verdict=verdict, by=by,
                at=now, number=before.number + 1 if before else 1, picture=pictures[one.line.pk],
                count=one.count, digest=one.digest, **columns,
            )
        )  # fmt: skip
    return {one.line_id: one for one in Statement.objects.bulk_create(rows, batch_size=500)}


def _agree(by: Membership, found: Sequence[Standing], said: Mapping[int, Statement], now: datetime) -> int:
    rows = []
    for one in found:
        side = one.line.side_of(by)
        theirs = one.said.get(other(side))
        if theirs is None or one.word(other(side)) != Word.CONFIRMED:
            continue
        sides = {side: said[one.line.pk], other(side): theirs}
        rows.append(
            Agreement(
                line=one.line, picture_id=sides[side].picture_id, count=one.count, units=one.counted.units,
                digest=one.digest, giver_statement=sides["giver"], taker_statement=sides["taker"], at=now,
            )
        )  # fmt: skip
    return len(Agreement.objects.bulk_create(rows, batch_size=500))
