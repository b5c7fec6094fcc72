"""Dated parameters: what is in force on a day, and how a new value begins to hold (conventions 15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

from django.db import IntegrityError, transaction

from alliance.lib import register
from alliance.models import Membership, Parameter
from alliance.services import journal

DEFAULT = "register"


@lru_cache(maxsize=1)
def registered() -> register.Register:
    """The register of all parameters, as the data file has it."""
    return register.load_register()


class NotInForce(LookupError):
    """No value of a registered parameter holds on the day asked for."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"{key} has no value in force on {on}; enter one with an earlier day")
        self.key, self.on = key, on


def in_force(key: str, *, on: date, level: str = "") -> register.Value:
    """The value of `key` that holds on the day `on`, for an institution level or kind if it has one of its
    own.

    Typed as the register says (Decimal for percent and ratios, int fen, Rule for clocks, mappings for
    tables). Raises RegisterRefused for an unknown key, NotInForce when nothing holds yet.
    """
    entry = registered()[key]
    rows = Parameter.objects.filter(key=key, level__in={"", level}, from_date__lte=on)
    row = rows.order_by("-level", "-from_date").first()
    if row is None:
        raise NotInForce(key, on)
    return register.parse_value(entry.shape, row.value, key=key)


def in_force_on(key: str, days: Iterable[date]) -> dict[date, register.Value]:
    """The values of `key` without a level that hold on many days; one query. Raises as `in_force`."""
    entry, found = registered()[key], {}
    rows = list(Parameter.objects.filter(key=key, level="").order_by("-from_date"))
    for day in days:
        row = next((one for one in rows if one.from_date <= day), None)
        if row is None:
            raise NotInForce(key, day)
        found[day] = register.parse_value(entry.shape, row.value, key=key)
    return found


def several_in_force(keys: Collection[str], *, on: date) -> dict[str, register.Value]:
    """The values without a level of several keys that hold on a day; one query. Raises as `in_force`."""
    rows = Parameter.objects.filter(key__in=keys, level="", from_date__lte=on)
    latest = {row.key: row.value for row in rows.order_by("from_date")}
    if missing := next((key for key in keys if key not in latest), None):
        raise NotInForce(missing, on)
    return {key: register.parse_value(registered()[key].shape, latest[key], key=key) for key in keys}


def rule_in_force(key: str, *, on: date, level: str = "") -> str:
    """A clock such as "WD15" or "M30", as `calendar.deadline` takes it."""
    return str(in_force(key, on=on, level=level))


@transaction.atomic
def load_register() -> int:
    """Give the alliance in scope every registered parameter it has no value of, with its default and first
    day; return how many. A key it knows is left alone: its own decisions hold.
    """
    known = set(Parameter.objects.values_list("key", flat=True))
    rows = [
        Parameter(
            key=key,
            value=register.to_json(entry.value),
            from_date=entry.from_day,
            decided_by=DEFAULT,
            source=", ".join(entry.source),
        )
        for key, entry in registered().items()
        if key not in known
    ]
    return len(Parameter.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def decide(
    *,
    by: Membership,
    key: str,
    value: object,
    from_date: date,
    decided_by: str,
    level: str = "",
    source: str = "",
) -> Parameter:
    """Let a value hold from a day on; earlier days keep theirs. Raises RegisterRefused when the value does
    not fit, or lies outside the range it was given (outside).
    """
    parsed = register.parse_value(registered()[key].shape, value, key=key)
    row = _stored(Parameter(
        key=key, value=register.to_json(parsed), level=level, from_date=from_date, decided_by=decided_by,
        source=source,
    ))  # fmt: skip
    journal.write(
        by=by, verb="parameter.decided", about=row, key=key, value=row.value, from_date=str(from_date)
    )
    return row


def refuse_outside(*, key: str, value: object, level: str, from_date: date) -> None:
    """Raise RegisterRefused (outside) where the database would not let a plain value hold from a day on;
    nothing is stored.
    """
    with transaction.atomic():
        _stored(Parameter(key=key, value=value, level=level, from_date=from_date))
        transaction.set_rollback(True)


def _stored(row: Parameter) -> Parameter:
    """Keep a value; what lies in a range of its own stays there, as the database says."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "parameter_within" not in str(error):
            raise
        raise register.RegisterRefused("outside", key=row.key, field="value") from None
    return row
