"""Opening a month for confirmation and counting it again: by the office, by the calendar, by the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from alliance.confirmation import countables
from alliance.confirmation.models import Line, Picture, Round
from alliance.confirmation.services.refusals import ConfirmationRefused
from alliance.confirmation.services.rights import require_office
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters

# Months opened so long ago are counted again only when somebody looks at them.
FRESH_DAYS = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """What counting again brought: lines that are new, lines whose records changed."""

    new: int
    changed: int


@transaction.atomic
def open_round(*, by: Membership | None, month: Month, now: datetime) -> Round:
    """Open a month: a first picture of every line is taken, answers are due by the alliance's deadline.

    Without a member it is the calendar that opens. Raises ConfirmationRefused (not_over, opened),
    PermissionDenied.
    """
    if by is not None:
        require_office(by, "confirmation.open")
    today = now.astimezone(SHANGHAI).date()
    if today <= month.last_day:
        raise ConfirmationRefused("not_over", month=month)
    rule = parameters.rule_in_force("confirmation.deadline", on=today)
    due = calendar.deadline(now, rule).due_at
    try:
        with transaction.atomic():
            made: Round = Round.objects.create(month=month.first_day, opened_at=now, opened_by=by, due_at=due)
    except IntegrityError as error:
        if "confirmation_month_once" not in str(error):
            raise
        raise ConfirmationRefused("opened", month=month) from None
    taken = recount(round_=made, now=now)
    journal.write(by=by, verb="confirmation.opened", about=made, month=str(month), lines=taken.new)
    return made


def open_due(*, now: datetime) -> Round | None:
    """Open last month on the day of the month the alliance has chosen, if there is anything to confirm.

    Returns the month that was opened, None when it is too early, open already or empty.
    """
    today = now.astimezone(SHANGHAI).date()
    month = Month.of(today).previous()
    day = parameters.in_force("confirmation.open_day", on=today)
    if today.day < int(str(day)) or Round.objects.filter(month=month.first_day).exists():
        return None
    if not any(one.ids for one in countables.count(month).values()):
        return None
    return open_round(by=None, month=month, now=now)


@transaction.atomic
def count_again(*, by: Membership, round_: Round, now: datetime) -> Taken:
    """The office has all lines counted again now. Raises PermissionDenied."""
    require_office(by, "confirmation.open")
    taken = recount(round_=round_, now=now)
    journal.write(by=by, verb="confirmation.counted", about=round_, new=taken.new, changed=taken.changed)
    return taken


@transaction.atomic
def recount(*, round_: Round, now: datetime) -> Taken:
    """Take a picture of every line that is new or whose records changed; call inside act_in.

    Two who count at once take turns by the row of the month.
    """
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    month = Month.of(round_.month)
    counts = countables.count(month)
    lines = list(round_.lines.order_by("pk").select_for_update(no_key=True))
    changed = take(lines, counts, month, now)
    known = {line.key for line in lines}
    fresh = [key for key in sorted(counts) if key not in known and counts[key] != countables.Count()]
    add_lines(round_, fresh, counts, now)
    return Taken(len(fresh), changed)


def recount_fresh(*, now: datetime) -> int:
    """Count months again that were opened lately; returns how many lines are new or changed."""
    found = Round.objects.filter(opened_at__gte=now - timedelta(days=FRESH_DAYS))
    taken = [recount(round_=one, now=now) for one in found.order_by("pk")]
    return sum(one.new + one.changed for one in taken)


def take(
    lines: Iterable[Line], counts: Mapping[countables.Key, countables.Count], month: Month, now: datetime
) -> int:
    """Keep a picture of locked lines whose records are others than before; returns how many."""
    moved, pictures = [], []
    for line in lines:
        counted = counts.get(line.key, countables.Count())
        digest = countables.digest(month, line.key, counted)
        if digest != line.digest:
            line.number += 1
            pictures.append(_picture(line, counted, digest, now))
        if digest != line.digest or counted.pending != line.pending:
            _set(line, counted, digest, now)
            moved.append(line)
    Line.objects.bulk_update(moved, ["number", "count", "units", "pending", "digest", "taken_at"], 500)
    Picture.objects.bulk_create(pictures, batch_size=500)
    return len(pictures)


def add_lines(
    round_: Round,
    keys: Iterable[countables.Key],
    counts: Mapping[countables.Key, countables.Count],
    now: datetime,
) -> list[Line]:
    """New lines with their first pictures; the row of the month is locked."""
    month, made, pictures = Month.of(round_.month), [], []
    for key in keys:
        counted = counts.get(key, countables.Count())
        line = Line(round=round_, kind=key[0], giver_id=key[1], taker_id=key[2])
        _set(line, counted, countables.digest(month, key, counted), now)
        made.append(line)
    for line in Line.objects.bulk_create(made, batch_size=500):
        pictures.append(_picture(line, counts.get(line.key, countables.Count()), line.digest, now))
    Picture.objects.bulk_create(pictures, batch_size=500)
    return made


def _set(line: Line, counted: countables.Count, digest: str, now: datetime) -> None:
    line.count, line.units, line.pending = len(counted.ids), counted.units, counted.pending
    line.digest, line.taken_at = digest, now


def _picture(line: Line, counted: countables.Count, digest: str, now: datetime) -> Picture:
    return Picture(
        line=line, number=line.number, count=len(counted.ids), units=counted.units, ids=list(counted.ids),
        digest=digest, taken_at=now,
    )  # fmt: skip


def months_to_open(today: date, most: int = 6) -> list[Month]:
    """Ended months the office may still open, the latest first; one query."""
    last = Month.of(today).previous()
    months = [last.plus(-back) for back in range(most)]
    opened = set(
        Round.objects.filter(month__in=[one.first_day for one in months]).values_list("month", flat=True)
    )
    return [one for one in months if one.first_day not in opened]
