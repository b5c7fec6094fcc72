"""From an institution's corrected share down to its pots and persons, by the rules that divided the month.

What divided the share is kept with it: parts and groups with their factors, each pot's factors, each plan's
points. The same steps divide the corrected amount to the fen; a pot nobody divided keeps its difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from alliance.lib.period import Month
from alliance.services import parameters
from performance.appeals.services import standing
from performance.engine.pay.flow import persons, team_first
from performance.engine.pay.redlines import WITHIN_TOTAL
from performance.engine.pay.steps import Factors, divide
from performance.models import MonthRun, PayDue, PayLine, PayPool, PayPot, PayShare
from performance.models.pay import PayKind
from performance.pay.services.computing import TEAM

# Fen by institution (pk), by pool (pk; 0: the shares of the month itself, which its bonus fund takes down).
Moves = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A pot nobody divided (`line` None), or a person's line of a divided one; so far and corrected, fen."""

    pot: PayPot
    line: PayLine | None
    before_fen: int
    after_fen: int

    @property
    def fen(self) -> int:
        """The difference."""
        return self.after_fen - self.before_fen

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What names it to the fen."""
        return self.pot.pk, self.line.pk if self.line else 0, self.before_fen, self.after_fen


def pool_of(month: Month) -> PayPool | None:
    """The pool by which the month's shares flow to persons, once it is in the books."""
    found: PayPool | None = (
        PayPool.objects.filter(month=month.first_day, kind=PayKind.BONUS, state=PayPool.State.POSTED,
                               persons=True)
        .select_related("rule").first()
    )  # fmt: skip
    return found


def lock(month: Month) -> None:
    """Corrections of a month take turns until COMMIT: each agrees to what stands after the one before."""
    rows = MonthRun.objects.select_for_update().filter(month=month.first_day, state=MonthRun.State.POSTED)
    list(rows.values_list("pk").order_by("pk"))


def down(month: Month, differences: Moves) -> list[Moved]:
    """What moves below institutions if their shares of a month and of its pools differ by so much; eight
    queries for any number of pools.

    Where the month's bonus fund is not in the books, a pool ends at institutions or gave one nothing, nothing
    flows: the difference stays with the institution. Source: practice.md 3 and 4.
    """
    shares = _moving(month, differences)
    if not shares:
        return []
    rows = PayPot.objects.filter(share__in=shares).select_related(
        "pool", "department__institution", "team", "institution"
    )
    pots: dict[int, list[PayPot]] = defaultdict(list)
    for pot in rows.order_by("pk"):
        pots[pot.share_id].append(pot)
    so_far, anew = money_of([pot.pk for inside in pots.values() for pot in inside]), {}
    least = Decimal(str(parameters.in_force("fd.team_share_min", on=month.first_day)))
    for share, fen in shares.items():
        inside = pots[share.pk]
        if inside:
            now = sum(pot.whole_fen + so_far.get(pot.pk, 0) for pot in inside)
            whole = _divided(share, inside, now + fen, least)
            # What a pot gave for what its department owed stays taken of it.
            anew |= {pot.pk: whole[pot.pk] - pot.taken_fen for pot in inside if pot.pk in whole}
    flat = [pot for inside in pots.values() for pot in inside]
    return [*_below(flat, {pot.pk: pot.fen + so_far.get(pot.pk, 0) for pot in flat}, anew)]


def _moving(month: Month, differences: Moves) -> dict[PayShare, int]:
    """The shares that differ and flow on to persons, with the difference; two queries."""
    bonus = pool_of(month)
    moves = {
        (pk or (bonus.pk if bonus else 0), place): fen
        for pk, inside in differences.items() for place, fen in inside.items() if fen
    }  # fmt: skip
    shares = PayShare.objects.filter(
        pool__in={pool for pool, _place in moves}, institution__in={place for _pool, place in moves},
        pool__persons=True,
    ).select_related("institution", "pool__rule").order_by("pool", "pk")  # fmt: skip
    return {row: moves[key] for row in shares if (key := (row.pool_id, row.institution_id)) in moves}


def money_of(pots: Iterable[int]) -> dict[int, int]:
    """What posted corrections of shares gave or took of pots, fen; a pot has its own money and this."""
    rows = PayDue.objects.filter(pot__in=list(pots), kind=PayDue.Kind.SHARE).values("pot")
    return {row["pot"]: row["fen"] for row in rows.annotate(fen=Sum("fen")).order_by()}


def _divided(share: PayShare, pots: Sequence[PayPot], fen: int, least: Decimal) -> dict[int, int]:
    """An institution's amount among its pots, by their pk, with the factors that divided its share."""
    name = share.institution.code
    rule = share.pool.rule
    assert rule is not None, "a pool that flows on has a rule"
    groups: dict[str, list[PayPot]] = defaultdict(list)
    for pot in pots:
        groups[pot.group].append(pot)
    teams = groups.pop(PayPot.Group.TEAM, [])
    if teams and groups:
        parts, _steps = team_first(name, fen, rule.rule(), least)
    else:
        parts = {"team": fen if teams else 0, "unit": 0 if teams else fen}
    found: dict[int, int] = {}
    if teams:
        found |= _units(name, parts["team"], teams)
    if groups:
        weights = {
            one["code"]: _factors(one["factors"])
            for step in share.groups if step["level"] == "group"
            for one in step["shares"] if one["code"] in groups
        }  # fmt: skip
        for group, part in divide("group", name, parts["unit"], weights).by_code().items():
            found |= _units(name, part, groups[group])
    return found


def _units(parent: str, fen: int, pots: Sequence[PayPot]) -> dict[int, int]:
    keys = {_key(pot): pot for pot in pots}
    step = divide("unit", parent, fen, {key: _factors(pot.factors) for key, pot in keys.items()})
    return {keys[share.code].pk: share.fen for share in step.shares}


def _key(pot: PayPot) -> str:
    """As the engine named it: of equal remainders the first by this takes the fen."""
    if pot.team is not None:
        return f"{TEAM}{pot.institution.code}/{pot.team.code}"
    assert pot.department is not None
    return f"{pot.department.institution.code}/{pot.department.code}"


def _factors(stored: Iterable[Sequence[Any]]) -> Factors:
    return tuple((str(name), Decimal(str(value))) for name, value in stored)


def _below(pots: Sequence[PayPot], so_far: Mapping[int, int], anew: Mapping[int, int]) -> Iterable[Moved]:
    moving = [pot for pot in pots if so_far[pot.pk] != anew.get(pot.pk, so_far[pot.pk])]
    plans = [pot.plan_id for pot in moving if pot.state == PayPot.State.POSTED]
    lines: dict[int, list[PayLine]] = defaultdict(list)
    rows = PayLine.objects.filter(plan__in=plans).select_related("staff__institution")
    for line in rows.order_by("staff__code"):
        lines[line.pot_id].append(line)
    flat = [line.pk for inside in lines.values() for line in inside]
    earlier = standing.of_lines(flat)
    for pot in moving:
        if pot.state != PayPot.State.POSTED:
            yield Moved(pot, None, so_far[pot.pk], anew[pot.pk])
            continue
        points = {line.pk: earlier.points.get(line.pk, line.points) for line in lines[pot.pk]}
        before = among(pot, lines[pot.pk], points, so_far[pot.pk])
        after = among(pot, lines[pot.pk], points, anew[pot.pk])
        for line in lines[pot.pk]:
            if fen := after[line.pk] - before[line.pk]:
                stands = line.fen + earlier.fen.get(line.pk, 0)
                yield Moved(pot, line, stands, stands + fen)


def among(pot: PayPot, lines: Iterable[PayLine], points: Mapping[int, Decimal], fen: int) -> dict[int, int]:
    """Fen by line if so much of a pot is divided by these points, exactly as its plan was."""
    keys = {row.pk: f"{row.staff.code}/{row.staff_id}" for row in lines}
    step = persons(str(pot), fen, {keys[pk]: points[pk] for pk in keys})
    shares = {share.code: share.fen for share in step.shares}
    return {pk: shares[key] for pk, key in keys.items()}


def by_pot(moved: Iterable[Moved]) -> dict[int, int]:
    """What flows to each pot, fen by its pk."""
    found: dict[int, int] = defaultdict(int)
    for one in moved:
        found[one.pot.pk] += one.fen
    return dict(found)


def within_total(moved: Iterable[Moved]) -> dict[int, int]:
    """What counts against approved pay totals, fen by the institution's pk (practice.md 6)."""
    found: dict[int, int] = defaultdict(int)
    for one in moved:
        if one.pot.pool.source in WITHIN_TOTAL:
            found[one.pot.institution_id] += one.fen
    return dict(found)
