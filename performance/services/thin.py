"""A trial that covered too little: the vote waits for more data, or for an exception signed by two people.

S1-36, S2-47: a council decides on what it can see. How much must have had data is the parameter
`scheme.trial.covered_min` (points of 100, mean over the trial's months, in every column that scores anybody).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction

from alliance.models import Membership
from alliance.services import journal, parameters
from performance.engine.exact import half_up, plain
from performance.engine.restore import restore
from performance.engine.scheme import Scheme
from performance.engine.simulation import Simulation
from performance.levels.trying import LevelTrial
from performance.models import Level, SchemeException, SchemeTrial
from performance.services.judging import EDIT
from performance.services.refusals import DraftRefused
from performance.services.rights import require
from performance.show import labels

KEY = "scheme.trial.covered_min"


@dataclass(frozen=True)
class Covered:
    """How much of a column had data in a trial: mean, least and most, in points of 100."""

    column: str
    mean: Decimal
    least: Decimal
    most: Decimal


def asked(on: date) -> Decimal:
    """The points of 100 that must have had data."""
    return Decimal(str(parameters.in_force(KEY, on=on)))


def covered(trial: SchemeTrial) -> list[Covered]:
    """Every column of a trial that kept how much was assessed, in order of the scheme.

    Of institutions the weight of the indicators that had data; of a level the share of those who got a score.
    """
    scheme = trial.draft.scheme()
    if trial.draft.level == Level.INSTITUTION:
        return of_simulations(restore(tuple[Simulation, ...], trial.report), scheme)
    found: dict[str, list[Decimal]] = defaultdict(list)
    for month in restore(tuple[LevelTrial, ...], trial.report):
        for row in month.columns:
            if row.subjects:
                found[row.column].append(half_up(Fraction(100 * row.scored, row.subjects), 2))
    return _columns(found, scheme)


def of_simulations(months: Iterable[Simulation], scheme: Scheme) -> list[Covered]:
    """The same of simulated months."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for shift in (shift for month in months for shift in month.shifts):
        if shift.assessed is not None:
            found[shift.column].append(shift.assessed)
    return _columns(found, scheme)


def _columns(found: Mapping[str, Sequence[Decimal]], scheme: Scheme) -> list[Covered]:
    return [
        Covered(one.code, sum(given, Decimal(0)) / len(given), min(given), max(given))
        for one in scheme.columns
        if (given := found.get(one.code))
    ]


def short(trial: SchemeTrial) -> list[Covered]:
    """The columns that had less data than the parameter asks."""
    least = asked(trial.draft.from_date)
    return [one for one in covered(trial) if one.mean < least]


def exception_of(trial: SchemeTrial) -> SchemeException | None:
    """The exception of a trial, whether its second person has confirmed it or not."""
    rows = SchemeException.objects.filter(trial=trial)
    return rows.select_related("signed_by__user", "confirmed_by__user").first()


def require_covered(trial: SchemeTrial) -> None:
    """Raise DraftRefused (thin) where too little had data and no two people answer for it."""
    lacking = short(trial)
    if not lacking:
        return
    signed = exception_of(trial)
    if signed is None or signed.confirmed_at is None:
        names = {one.code: labels.named(one) for one in trial.draft.scheme().columns}
        told = "、".join(names[one.column] for one in lacking)
        raise DraftRefused("thin", columns=told, least=plain(asked(trial.draft.from_date)))


@transaction.atomic
def sign(*, by: Membership, trial: SchemeTrial, reason: str) -> SchemeException:
    """Answer for a vote on a trial that covered too little. Raises PermissionDenied, DraftRefused."""
    require(by, EDIT)
    if not reason.strip():
        raise DraftRefused("reason")
    if not short(trial):
        raise DraftRefused("covered")
    try:
        with transaction.atomic():
            made = SchemeException.objects.create(trial=trial, reason=reason.strip(), signed_by=by)
    except IntegrityError:
        raise DraftRefused("signed") from None
    journal.write(by=by, verb="scheme_exception.signed", about=trial.draft, reason=made.reason)
    return made


@transaction.atomic
def confirm(*, by: Membership, exception: SchemeException, now: datetime) -> None:
    """A second person agrees: the vote may be asked for. Raises PermissionDenied, DraftRefused."""
    require(by, EDIT)
    if exception.signed_by.user_id == by.user_id:
        raise DraftRefused("same_person")
    waiting = SchemeException.objects.filter(pk=exception.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise DraftRefused("confirmed")
    journal.write(by=by, verb="scheme_exception.confirmed", about=exception.trial.draft)
