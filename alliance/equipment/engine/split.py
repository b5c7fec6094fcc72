"""What institutions owe each other for a device: by shares of the fee, or by hours used; exact to the fen.

Money is whole fen; only `split_pool` divides, so the parts always add up. Institutions are their codes.
Source: S2-21, S2-22 (a share of the fee of each item), S2-31 (by volume of service), A27 (paying per scan and
receiving a share of a reading fee are two lines).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from alliance.lib.money import Fen, split_pool
from alliance.lib.period import Month

FEE, COST, READING = "fee", "cost", "reading"
Number = int | str


@dataclass(frozen=True, slots=True)
class Use:
    """One use both sides stand by: who owns, used, read and charged; minutes taken, fee in fen."""

    id: int
    owner: str
    user: str
    reader: str
    collector: str
    minutes: int
    fee: Fen


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the fee in percent that add up to 100. Where nobody else reads, the owner has that part."""

    owner: Decimal
    user: Decimal
    reader: Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """What a month of a device costs: by month, by hour used and by use, in fen, each under its name."""

    monthly: Mapping[str, Fen]
    hourly: Mapping[str, Fen] = field(default_factory=dict)
    per_use: Mapping[str, Fen] = field(default_factory=dict)
    reading: Fen = 0


@dataclass(frozen=True, slots=True)
class Line:
    """`payer` owes `payee` so many fen (more than 0): the numbers of its rule, and the uses behind it."""

    kind: str
    payer: str
    payee: str
    fen: Fen
    numbers: Mapping[str, Number]
    uses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Net:
    """What is left between two institutions: `payer` owes `payee` `fen`; what each owed before."""

    payer: str
    payee: str
    fen: Fen
    owed: Fen
    back: Fen


def fee_lines(use: Use, shares: Shares) -> list[Line]:
    """A use by shares of its fee: who charged the fee owes the others theirs (S2-22).

    The fee is divided by largest remainder, ties by institution code; an institution with two parts has both.
    """
    if not use.fee:
        return []
    weights: dict[str, Decimal] = {}
    for code, percent in (
        (use.owner, shares.owner),
        (use.user, shares.user),
        (use.reader or use.owner, shares.reader),
    ):
        weights[code] = weights.get(code, Decimal()) + percent
    found = []
    for part in split_pool(use.fee, weights).parts:
        if part.fen and part.code != use.collector:
            numbers: dict[str, Number] = {
                "fee_fen": use.fee, "percent": str(part.weight), "remainder_rank": part.remainder_rank
            }  # fmt: skip
            found.append(Line(FEE, use.collector, part.code, part.fen, numbers, (use.id,)))
    return found


def hour_lines(uses: Sequence[Use], costs: Costs) -> list[Line]:
    """A month of a device by hours: its cost is divided by minutes used, the fee is the user's (S2-31).

    All uses have one owner. Each other user owes the owner its part of the cost, and the reader the reading
    fee of each use; whoever charged the fee for a user owes it to the user.
    """
    if not uses:
        return []
    return [*_cost_lines(uses, costs), *_reading_lines(uses, costs.reading), *_passed_on(uses)]


def cost_of(uses: Sequence[Use], costs: Costs) -> dict[str, Fen]:
    """The cost of a month under its names; hourly amounts by minutes used, half-up to the fen."""
    minutes = sum(use.minutes for use in uses)
    found = dict(costs.monthly)
    for name, fen in costs.hourly.items():
        found[name] = found.get(name, 0) + half_up(Fraction(fen * minutes, 60))
    for name, fen in costs.per_use.items():
        found[name] = found.get(name, 0) + fen * len(uses)
    return {name: fen for name, fen in found.items() if fen}


def _cost_lines(uses: Sequence[Use], costs: Costs) -> list[Line]:
    parts_of_cost = cost_of(uses, costs)
    pool, minutes = sum(parts_of_cost.values()), Counter[str]()
    for use in uses:
        minutes[use.user] += use.minutes
    if not pool or not sum(minutes.values()):
        return []
    owner, found = uses[0].owner, []
    for part in split_pool(pool, dict(minutes)).parts:
        if part.fen and part.code != owner:
            numbers: dict[str, Number] = {
                "pool_fen": pool, "minutes": minutes[part.code], "all_minutes": sum(minutes.values()),
                "remainder_rank": part.remainder_rank,
                **{f"{name}_fen": fen for name, fen in parts_of_cost.items()},
            }  # fmt: skip
            ids = tuple(use.id for use in uses if use.user == part.code)
            found.append(Line(COST, part.code, owner, part.fen, numbers, ids))
    return found


def _reading_lines(uses: Sequence[Use], fen: Fen) -> list[Line]:
    read: dict[tuple[str, str], list[int]] = {}
    for use in uses:
        if use.reader and use.reader != use.user and fen:
            read.setdefault((use.user, use.reader), []).append(use.id)
    return [
        Line(READING, user, reader, fen * len(ids), {"reading_fen": fen, "uses": len(ids)}, tuple(ids))
        for (user, reader), ids in sorted(read.items())
    ]


def _passed_on(uses: Sequence[Use]) -> list[Line]:
    charged: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        if use.collector != use.user and use.fee:
            charged.setdefault((use.collector, use.user), []).append(use)
    return [
        Line(
            FEE, collector, user, sum(use.fee for use in mine), {"uses": len(mine)},
            tuple(use.id for use in mine),
        )
        for (collector, user), mine in sorted(charged.items())
    ]  # fmt: skip


def less(now: Iterable[Line], before: Iterable[Line]) -> list[Line]:
    """What is owed now beyond what was settled before, by kind and pair; too much before is owed back.

    Where nothing was settled the lines stay as they are; else one line says what is owed, settled and left.
    """
    owed, settled = _by_pair(now), _by_pair(before)
    found: list[Line] = []
    for key in sorted({*owed, *settled}):
        lines = owed.get(key, [])
        if key not in settled:
            found += lines
            continue
        was = _signed(key, settled[key])
        kind, one, other = key
        fen = _signed(key, lines)
        numbers: dict[str, Number] = {"owed_fen": fen, "settled_fen": was}
        uses = tuple(sorted({pk for line in lines for pk in line.uses}))
        if fen > was:
            found.append(Line(kind, one, other, fen - was, numbers, uses))
        elif fen < was:
            found.append(Line(kind, other, one, was - fen, numbers, uses))
    return found


def _by_pair(lines: Iterable[Line]) -> dict[tuple[str, str, str], list[Line]]:
    found: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        one, other = sorted((line.payer, line.payee))
        found.setdefault((line.kind, one, other), []).append(line)
    return found


def _signed(key: tuple[str, str, str], lines: Iterable[Line]) -> Fen:
    """What the first of a pair owes the second, less what it is owed."""
    return sum(line.fen if line.payer == key[1] else -line.fen for line in lines)


def back(line: Line) -> Line:
    """The same owed back: for a use that was taken back after it was settled."""
    return replace(line, payer=line.payee, payee=line.payer)


def net(lines: Iterable[Line]) -> list[Net]:
    """What is left between each two institutions, ordered by their codes; nothing where both are even."""
    owed: Counter[tuple[str, str]] = Counter()
    for line in lines:
        owed[line.payer, line.payee] += line.fen
    found = []
    for one, other in sorted({(min(pair), max(pair)) for pair in owed}):
        there, here = owed[one, other], owed[other, one]
        if there > here:
            found.append(Net(one, other, there - here, there, here))
        elif here > there:
            found.append(Net(other, one, here - there, here, there))
    return found


# Depreciation ------------------------------------------------------------------------
def straight_line(cost: Fen, life_months: int, bought: Month, month: Month) -> Fen:
    """The depreciation of a month by the straight line (年限平均法), from the month of purchase on.

    The months of the life add up to the cost exactly; before and after it is 0.
    """
    number = (month.year - bought.year) * 12 + month.number - bought.number
    if not 0 <= number < life_months:
        return 0
    return cost * (number + 1) // life_months - cost * number // life_months


def by_work(cost: Fen, life_hours: int, minutes: int) -> Fen:
    """The depreciation of minutes worked (工作量法), half-up to the fen."""
    return half_up(Fraction(cost * minutes, life_hours * 60))


def half_up(value: Fraction) -> Fen:
    """The nearest whole fen of an amount from 0, halves up."""
    return int(value + Fraction(1, 2))
