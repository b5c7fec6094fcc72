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

from alliance.lib.money import Fen, Weight, split_pool, yuan
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
        "causes": "The causes add up to %(causes)s yuan, the overspend is %(overspend)s yuan.",
        "cause": "Overspend has no cause called %(cause)s.",
        "nobody": "There is no member to divide among: give at least one a contribution above zero.",
    }
    fields = dict.fromkeys(reasons, "")


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


def between_groups(amount: Fen, members: Sequence[Member], groups: Parts) -> dict[Group, Fen]:
    """Between the groups by percent; one without a member with weight gives its part to the other (S3-50).

    Raises SurplusRefused (deficit, nobody).
    """
    weighed = {member.group for member in members if member.weight}
    present: dict[str, Decimal] = {name: groups[name] for name in GROUPS if name in weighed}
    if not present:
        raise SurplusRefused("nobody")
    found = divide(amount, present)
    return {name: found[name] for name in GROUPS if name in found}


def by_group(amount: Fen, members: Sequence[Member], groups: Parts) -> dict[str, Fen]:
    """Between the groups (`between_groups`), inside a group by weight. Raises SurplusRefused (deficit,
    nobody).
    """
    found = dict.fromkeys((member.code for member in members), 0)
    for name, fen in between_groups(amount, members, groups).items():
        inside = {member.code: member.weight for member in members if member.group == name}
        found |= split_pool(fen, inside).fen_by_code()
    return found


def by_weight(amount: Fen, members: Sequence[Member]) -> dict[str, Fen]:
    """By weight alone, without groups (X7-A1). Raises SurplusRefused (nobody)."""
    if not any(member.weight for member in members):
        raise SurplusRefused("nobody")
    return split_pool(amount, {member.code: member.weight for member in members}).fen_by_code()


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a budget is there to divide (X7-A1): after the hand-back, with what was carried in, less what
    is carried into the next year.
    """

    back: Handback
    available: Fen
    carried_out: Fen

    @property
    def distributed(self) -> Fen:
        """What a template divides."""
        return self.available - self.carried_out


def kept(back: Handback, *, carry_in: Fen, carry_out: Decimal) -> Kept:
    """`carry_out`: percent of what is available that stays for the next year (S2-41)."""
    available = back.net + carry_in
    return Kept(back, available, percent_of(available, carry_out))


@dataclass(frozen=True, slots=True)
class Overspend:
    """Who bears an overspend; patients never do. `borne`: what the fund bears of each cause."""

    overspend: Fen
    borne: Mapping[str, Fen]

    @property
    def fund(self) -> Fen:
        """What the insurance fund bears."""
        return sum(self.borne.values())

    @property
    def alliance(self) -> Fen:
        """What the members bear between them."""
        return self.overspend - self.fund


def overspend(
    budget: Fen, actual: Fen, causes: Iterable[tuple[str, Fen]], *, shares: Mapping[str, Parts],
    strict: bool = False,
) -> Overspend:  # fmt: skip
    """Divide an overspend by cause; `shares`: percent of fund and alliance for each cause there is (S2-42);
    `strict`: the fund bears nothing (X7-A3). Raises SurplusRefused (no_overspend, cause, causes).
    """
    over, summed = actual - budget, dict.fromkeys(shares, 0)
    if over <= 0:
        raise SurplusRefused("no_overspend")
    for cause, fen in causes:
        if cause not in summed:
            raise SurplusRefused("cause", cause=cause)
        summed[cause] += fen
    if sum(summed.values()) != over:
        raise SurplusRefused("causes", causes=yuan(sum(summed.values())), overspend=yuan(over))
    return Overspend(over, {
        cause: 0 if strict else divide(fen, shares[cause])["fund"] for cause, fen in summed.items()
    })  # fmt: skip


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
