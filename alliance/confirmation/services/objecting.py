"""A side counts otherwise: its own count, a coded reason, words, and the records it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.confirmation import countables
from alliance.confirmation.models import Difference, Line, Round, Statement, last_day
from alliance.confirmation.services import differences, rounds
from alliance.confirmation.services.confirming import say
from alliance.confirmation.services.looking import Seen, look_one, require_seen
from alliance.confirmation.services.refusals import ConfirmationRefused
from alliance.confirmation.services.rights import require, require_side
from alliance.confirmation.standing import Standing
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal


@dataclass(frozen=True, slots=True)
class Objection:
    """What a side counts: records, minutes or half days, why, in words, which of the records it means."""

    own_count: int
    reason: str
    text: str
    own_units: int | None = None
    record_ids: tuple[int, ...] = ()


@transaction.atomic
def object_to(*, by: Membership, line: Line, objection: Objection, seen: Seen, now: datetime) -> Difference:
    """A side says what is different; the other side and the office see it in the queue.

    What is agreed or decided stays so after the deadline, unless the office opens the line again. Raises
    ConfirmationRefused (closed, own_count, own_units, reason, text, records, same), PermissionDenied, Stale.
    """
    side = require_side(by, line)
    standing = look_one(line, by=by, now=now)
    require_seen(standing, side, seen)
    return _object(by, standing, objection, now)


@transaction.atomic
def report_missing(
    *, by: Membership, round_: Round, kind: str, partner: Institution, gives: bool, objection: Objection,
    now: datetime,
) -> Difference:  # fmt: skip
    """A side knows of records with a partner where there is no line at all; `gives`: it is the giving side.

    Raises ConfirmationRefused (kind, partner, exists, and those of `object_to`), PermissionDenied.
    """
    require(by, "confirmation.confirm")
    here = by.institution_id
    if here is None:
        raise PermissionDenied(_("Only the two sides of a line speak about it."))
    if kind not in countables.known():
        raise ConfirmationRefused("kind")
    homes = countables.reporting()
    if partner.pk == here or homes.get(partner.pk) != partner.pk or homes.get(here) != here:
        raise ConfirmationRefused("partner")
    key = (kind, here, partner.pk) if gives else (kind, partner.pk, here)
    line = _new_line(round_, key, here, now)
    standing = look_one(line, by=by, now=now)
    return _object(by, standing, objection, now)


def _new_line(round_: Round, key: countables.Key, here: int, now: datetime) -> Line:
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if Line.objects.filter(round=round_, kind=key[0], giver=key[1], taker=key[2]).exists():
        raise ConfirmationRefused("exists")
    counts = countables.count(Month.of(round_.month), sides={here})
    return rounds.add_lines(round_, [key], counts, now)[0]


def _object(by: Membership, standing: Standing, objection: Objection, now: datetime) -> Difference:
    if standing.closed:
        raise ConfirmationRefused("closed", due=last_day(standing.due_at))
    check(standing, objection)
    said = say(
        by, [standing], now, verdict=Statement.Verdict.OBJECTED, own_count=objection.own_count,
        own_units=objection.own_units, reason=objection.reason, text=objection.text.strip(),
        record_ids=sorted(set(objection.record_ids)),
    )  # fmt: skip
    statement = said[standing.line.pk]
    made = differences.raise_or_insist(standing, statement, by=by, now=now)
    journal.write(
        by=by, verb="confirmation.objected", about=standing.line, count=standing.count,
        own_count=objection.own_count, reason=objection.reason, digest=standing.digest,
    )  # fmt: skip
    return made


def check(standing: Standing, objection: Objection) -> None:
    """Raise ConfirmationRefused where an objection is not whole or says what the records say."""
    if objection.own_count < 0:
        raise ConfirmationRefused("own_count")
    if objection.own_units is not None and not countables.known()[standing.line.kind].unit:
        raise ConfirmationRefused("own_units")
    if objection.reason not in Statement.Reason.values:
        raise ConfirmationRefused("reason")
    if not objection.text.strip():
        raise ConfirmationRefused("text")
    if not set(objection.record_ids) <= set(standing.counted.ids):
        raise ConfirmationRefused("records")
    units = standing.counted.units if objection.own_units is None else objection.own_units
    alike = (objection.own_count, units) == (standing.count, standing.counted.units)
    if alike and not objection.record_ids:
        raise ConfirmationRefused("same")
