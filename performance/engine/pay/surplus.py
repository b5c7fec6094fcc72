"""What a budget leaves and how it is divided: surplus, overspend, packages, per-head money.

Amounts in fen, percent as Decimal. A percentage of money is rounded once, half-up; a division follows largest
remainder with ties by code (`alliance.lib.money.split_pool`). Sources: S0-71, S0-74, S0-77, S1-53, S2-24,
S2-33, S2-34, S2-41, S2-42, S3-41, S3-50; requirements X6-2..7, X7-A1..A4, A13, A28.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.money import Fen, Weight, split_pool
from alliance.lib.refusal import Refused
from performance.engine.exact import half_up

Parts = Mapping[str, Decimal]
Group = Literal["tertiary", "primary"]
GROUPS: tuple[Group, ...] = ("primary", "tertiary")


class SurplusRefused(Refused):
    """Money that cannot be divided as asked."""

    reasons = {
        "deficit": "A deficit is no surplus: there is nothing to divide.",
        "no_overspend": "The budget is not overspent.",
        "causes": "The causes add up to %(causes)s fen, the overspend is %(overspend)s fen.",
        "cause": "Overspend has no cause called %(cause)s.",
        "nobody": "There is no member to divide the surplus among.",
    }


def percent_of(fen: Fen, percent: Decimal) -> Fen:
    """Percent of an amount in whole fen, rounded once half-up."""
    return int(half_up(Fraction(percent) * fen / 100, 0))


@dataclass(frozen=True, slots=True)
class Handback:
    """What the insurer takes back (X7-A4): `rate` is gross of budget in percent, `in_band` None below 0."""

    gross: Fen
    rate: Decimal
    net: Fen
    handed_back: Fen
    in_band: bool | None


def handback(budget: Fen, actual: Fen, *, threshold: Decimal, band: Decimal) -> Handback:
    """Keep at most `threshold` percent of the budget; the rest of a surplus goes back (S1-53)."""
    gross = budget - actual
    exact = Fraction(100 * gross, budget)
    net = min(gross, percent_of(budget, threshold)) if gross > 0 else 0
    rate = half_up(exact, 2)
    return Handback(gross, rate, net, max(0, gross) - net, None if gross < 0 else exact <= Fraction(band))


def divide(amount: Fen, parts: Parts) -> dict[str, Fen]:
    """An amount by a template's percentages. Raises SurplusRefused (deficit)."""
    if amount < 0:
        raise SurplusRefused("deficit")
    return split_pool(amount, parts).fen_by_code()


def reward_and_staff(amount: Fen, *, members: Decimal, staff: Decimal) -> dict[str, Fen]:
    """Template B (S3-41): a reward of the members, a part of it for staff pay; the rest is retained."""
    found = divide(amount, {"member_reward": members, "retained": 100 - members})
    parts = {"reward_staff": staff, "reward_other": 100 - staff}
    return found | divide(found["member_reward"], parts)


@dataclass(frozen=True, slots=True)
class Member:
    """A member with its group of template C and its weight (base, score or contribution)."""

    code: str
    group: Group
    weight: Weight


def by_group(amount: Fen, members: Sequence[Member], groups: Parts) -> dict[str, Fen]:
    """Between the groups by percent, inside a group by weight; a group without a member with weight gives its
    part to the other (S3-50). Raises SurplusRefused (deficit, nobody).
    """
    weighed = {member.group for member in members if member.weight}
    present: dict[str, Decimal] = {name: groups[name] for name in GROUPS if name in weighed}
    if not present:
        raise SurplusRefused("nobody")
    found = dict.fromkeys((member.code for member in members), 0)
    for name, fen in divide(amount, present).items():
        inside = {member.code: member.weight for member in members if member.group == name}
        found |= split_pool(fen, inside).fen_by_code()
    return found


@dataclass(frozen=True, slots=True)
class Chain:
    """The order of X7-A1: hand-back, carry-over, template A, then the members' part by template C."""

    back: Handback
    available: Fen
    carried_out: Fen
    distributed: Fen
    parts: Mapping[str, Fen]
    members: Mapping[str, Fen]


@dataclass(frozen=True, slots=True)
class Terms:
    """Percentages of a budget year: hand-back, band, carry-out, templates A and C (one vote of the body)."""

    threshold: Decimal
    band: Decimal
    carry_out: Decimal
    parts: Parts
    groups: Parts


def chain(budget: Fen, actual: Fen, *, carry_in: Fen, members: Sequence[Member], terms: Terms) -> Chain:
    """From the budget to each member's part. Raises SurplusRefused (deficit, nobody)."""
    back = handback(budget, actual, threshold=terms.threshold, band=terms.band)
    available = back.net + carry_in
    carried = percent_of(available, terms.carry_out)
    parts = divide(available - carried, terms.parts)
    shares = by_group(parts["member_performance"], members, terms.groups)
    return Chain(back, available, carried, available - carried, parts, shares)


@dataclass(frozen=True, slots=True)
class Overspend:
    """Who bears an overspend; patients never do."""

    overspend: Fen
    fund: Fen
    alliance: Fen
    groups: Mapping[str, Fen]


def overspend(
    budget: Fen, actual: Fen, causes: Iterable[tuple[str, Fen]], *, uncontrollable: Parts, groups: Parts,
    strict: bool = False,
) -> Overspend:  # fmt: skip
    """Divide an overspend by cause: uncontrollable between fund and alliance, mismanagement on the alliance;
    `strict`: without any compensation (X7-A3). Raises SurplusRefused (no_overspend, cause, causes).
    """
    over, summed = actual - budget, {"uncontrollable": 0, "mismanagement": 0}
    if over <= 0:
        raise SurplusRefused("no_overspend")
    for cause, fen in causes:
        if cause not in summed:
            raise SurplusRefused("cause", cause=cause)
        summed[cause] += fen
    if sum(summed.values()) != over:
        raise SurplusRefused("causes", causes=sum(summed.values()), overspend=over)
    fund = 0 if strict else divide(summed["uncontrollable"], uncontrollable)["fund"]
    return Overspend(over, fund, over - fund, divide(over - fund, groups))


@dataclass(frozen=True, slots=True)
class Package:
    """Year-end settlement of prepaid health packages (S0-76, S0-77)."""

    prepay: Fen
    reward: Fen
    deduction: Fen
    settlement: Fen


def package(
    tiers: Iterable[tuple[Fen, int]], saving: Fen, *, reward: Decimal, deduction: Decimal, floor: bool
) -> Package:
    """`tiers`: price of a person-year and person-months; `saving` below zero is an overspend."""
    prepay = sum(int(half_up(Fraction(price * months, 12), 0)) for price, months in tiers)
    gained, lost = percent_of(max(0, saving), reward), percent_of(max(0, -saving), deduction)
    whole = prepay + gained - lost
    return Package(prepay, gained, lost, max(0, whole) if floor else whole)


@dataclass(frozen=True, slots=True)
class PerHead:
    """The subsidy per contracted head: a fixed part, and one that follows a factor (S0-71)."""

    total: Fen
    linked_base: Fen
    fixed: Fen
    linked_paid: Fen

    @property
    def paid(self) -> Fen:
        """What is paid in all."""
        return self.fixed + self.linked_paid


def per_head(heads: int, price: Fen, *, linked: Decimal, factor: Decimal, months: int = 12) -> PerHead:
    """Heads x price of a year for so many months, of which `linked` percent is multiplied by the factor."""
    total = int(half_up(Fraction(heads * price * months, 12), 0))
    base = percent_of(total, linked)
    return PerHead(total, base, total - base, int(half_up(Fraction(factor) * base, 0)))


def team_reward(this_year: Fen, last_year: Fen | None, percent: Decimal) -> tuple[Fen, Fen] | None:
    """Increase of the retained surplus and the teams' part of it (S0-74, X6-4); None without last year."""
    if last_year is None:
        return None
    increase = max(0, this_year - last_year)
    return increase, percent_of(increase, percent)


def prevention(saving: Fen, percent: Decimal, members: Mapping[str, Weight]) -> dict[str, Fen]:
    """The members' part of what prevention saved, by contribution (S2-34)."""
    return split_pool(percent_of(max(0, saving), percent), members).fen_by_code()
