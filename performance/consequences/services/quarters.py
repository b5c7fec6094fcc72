"""What follows from quarters: double compliance, beds, the list of non-collaboration (S1-38, S3-25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from alliance.lib.period import Month, Quarter
from alliance.services import parameters
from performance.consequences.services import annual, proposals
from performance.consequences.services.annual import Whole
from performance.consequences.services.proposals import Finding, Reviewed
from performance.engine.annual import failures, recovered, rewards
from performance.engine.exact import half_up
from performance.models import Consequence, Line, MonthRun
from performance.portrait.standing import rules
from performance.show import table

Kind = Consequence.Kind
KINDS = (Kind.DOUBLE, Kind.FREEZE, Kind.UNFREEZE, Kind.ALOOF, Kind.REJOIN)
KEYS = ("qe.pay_link", "qe.pay_link.reward", "qe.freeze", "cp.aloof")
QUARTERS_BACK = 4  # of which findings are opened; older ones belong to years that are closed
COLLABORATION = "collaboration"
PLACES = 4


@dataclass(frozen=True, slots=True)
class Whose:
    """An institution, or one of its departments."""

    institution: int
    department: int | None = None


@dataclass(frozen=True)
class Numbers:
    """The parameters in force at the end of the newest quarter."""

    link: Decimal
    reward: Decimal
    streak: int
    line: Decimal
    freeze: int
    lift: int
    aloof_line: Decimal
    aloof: int


def numbers(until: Month) -> Numbers:
    """Read them; two queries."""
    read = cast("dict[str, Any]", parameters.several_in_force(KEYS, on=until.last_day))
    found, _percent = rules(until)
    return Numbers(
        read["qe.pay_link"], read["qe.pay_link.reward"], found.quarters, found.double_line,
        read["qe.freeze"]["quarters"], read["qe.freeze"]["lift"], read["cp.aloof"]["share"],
        read["cp.aloof"]["quarters"],
    )  # fmt: skip


def newest() -> Month | None:
    """The newest decided month that ends a quarter; None while there is none."""
    runs = MonthRun.objects.filter(
        state__in=[MonthRun.State.APPROVED, MonthRun.State.POSTED], month__month__in=[3, 6, 9, 12]
    )
    last = runs.order_by("-month").first()
    return None if last is None else Month.of(last.month)


def look(*, now: datetime) -> Reviewed:
    """Bring the proposals of the last quarters to the decided months; queries do not grow."""
    until = newest()
    if until is None:
        return Reviewed()
    whole, found = annual.whole(until, back_years=2), numbers(until)
    quarters = [until.plus(-3 * back).quarter for back in range(QUARTERS_BACK - 1, -1, -1)]
    rows = proposals.live(KINDS, department=None)
    held = in_force(rows)
    findings = [
        one
        for pk in whole.places
        for one in _of_place(pk, whole, found, held.get((pk, None), {}))
        if Quarter.parse(one.period) in quarters
    ]
    named = {str(quarter) for quarter in quarters}
    return proposals.review(findings, [row for row in rows if row.period in named], now=now)


def in_force(rows: Sequence[Consequence]) -> dict[tuple[int | None, int | None], dict[str, Consequence]]:
    """Agreed suspensions and entries of the list that nothing has lifted, by kind of each institution and
    department.
    """
    lifted = {row.lifts_id for row in rows if row.lifts_id and row.state == Consequence.State.AGREED}
    found: dict[tuple[int | None, int | None], dict[str, Consequence]] = {}
    for row in sorted(rows, key=lambda one: one.period):
        agreed = row.state == Consequence.State.AGREED and row.kind in (Kind.FREEZE, Kind.ALOOF)
        if agreed and row.pk not in lifted:
            found.setdefault((row.institution_id, row.department_id), {})[row.kind] = row
    return found


def _of_place(pk: int, whole: Whole, by: Numbers, held: Mapping[str, Consequence]) -> Iterator[Finding]:
    over = [quarter for quarter in sorted(whole.standings[pk].quarters) if quarter.months[-1] <= whole.until]
    doubles = [whole.standings[pk].quarters[quarter].double for quarter in over]
    together = [_collaboration(whole.lines[pk], quarter) for quarter in over]
    kept = [None if one is None else one >= by.aloof_line for one in together]
    for hit in rewards(doubles, by.streak):
        yield _reward(pk, whole, over, hit.place, hit.length, by)
    where = Whose(pk)
    yield from flag(where, over, doubles, Kind.FREEZE, Kind.UNFREEZE, (by.freeze, by.lift), by.line, held)
    yield from flag(where, over, kept, Kind.ALOOF, Kind.REJOIN, (by.aloof, by.aloof), by.aloof_line, held)


def flag(
    where: Whose, over: Sequence[Quarter], passed: Sequence[bool | None], on: str, off: str,
    after: tuple[int, int], line: Decimal, held: Mapping[str, Consequence],
) -> Iterator[Finding]:  # fmt: skip
    """A flag after so many failures in a row, and its end after so many passes; each with its quarters."""

    def finding(kind: str, place: int, count: int, **more: Any) -> Finding:
        period = str(over[place])
        named = [str(one) for one in over[place - count + 1 : place + 1]]
        return Finding(
            kind, period, {"quarters": named, "line": line}, where.institution, where.department, **more
        )

    for hit in failures(passed, after[0]):
        yield finding(on, hit.place, hit.length)
    standing = held.get(on)
    if standing is None or standing.period not in map(str, over):
        return
    place = recovered(passed, [str(one) for one in over].index(standing.period), after[1])
    if place is not None:
        yield finding(off, place, after[1], links={"lifts": standing.pk})


def _reward(pk: int, whole: Whole, over: Sequence[Quarter], place: int, length: int, by: Numbers) -> Finding:
    """5 % of the quarter's linked pay: the linked share of its three bases (A29)."""
    quarter = over[place]
    lines = [whole.lines[pk][month] for month in quarter.months]
    basis = sum(line.basis_fen for line in lines)
    return reward(Whose(pk), over[place - length + 1 : place + 1], basis, by)


def reward(where: Whose, streak: Sequence[Quarter], basis: int | None, by: Numbers) -> Finding:
    """The reward of a streak that ends with its last quarter; `basis` in fen, None while it is not known."""
    base = None if basis is None else int(half_up(Fraction(by.link) * basis / 100, 0))
    figures = {
        "quarters": [str(one) for one in streak], "line": by.line, "link": by.link, "basis_fen": basis,
    }  # fmt: skip
    return Finding(
        Kind.DOUBLE, str(streak[-1]), figures, percent=by.reward, low=Decimal(0), high=by.reward,
        base_fen=base, institution=where.institution, department=where.department,
    )  # fmt: skip


def _collaboration(lines: Mapping[Month, Line], quarter: Quarter) -> Fraction | None:
    """Percent of what collaboration could give in a quarter; None while a month of it was not assessed."""
    cells = [table.cell(lines[month], COLLABORATION, "") for month in quarter.months if month in lines]
    shares = [
        100 * Fraction(cell.points) / Fraction(cell.weight)
        for cell in cells
        if cell.points is not None and cell.weight
    ]
    return sum(shares, Fraction(0)) / 3 if len(shares) == 3 else None
