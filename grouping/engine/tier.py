"""Risk tier of a stay for the community: low, mid or high, and what it rests on (S0-07). It is advice only.

Which diagnoses, groups and complications lift the tier is dated data of the alliance. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grouping.engine.trace import Trace

LOW, MID, HIGH = "low", "mid", "high"


@dataclass(frozen=True, slots=True)
class TierRules:
    """Beginnings of diagnosis codes and ADRGs by tier, and the tier a counted CC or MCC gives."""

    codes: Mapping[str, Sequence[str]]
    groups: Mapping[str, Sequence[str]]
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Factor:
    """What lifts the tier: kind "diagnosis", "group" or "complication", the code, and the tier it gives."""

    kind: str
    code: str
    tier: str


@dataclass(frozen=True, slots=True)
class Tier:
    """The tier and every factor of at least this tier; none for low."""

    tier: str
    factors: tuple[Factor, ...]


def tier_of(trace: Trace, diagnoses: Sequence[str], rules: TierRules) -> Tier:
    """The highest tier any factor gives; without one it is low."""
    factors = list(dict.fromkeys(_factors(trace, diagnoses, rules)))
    for tier in (HIGH, MID):
        if found := tuple(factor for factor in factors if factor.tier == tier):
            return Tier(tier, found)
    return Tier(LOW, ())


def _factors(trace: Trace, diagnoses: Sequence[str], rules: TierRules) -> Iterable[Factor]:
    for tier in (HIGH, MID):
        begins = tuple(rules.codes.get(tier, ()))
        yield from (Factor("diagnosis", code, tier) for code in diagnoses if code.startswith(begins))
        if trace.result.adrg and trace.result.adrg in rules.groups.get(tier, ()):
            yield Factor("group", trace.result.adrg, tier)
    for row in trace.secondaries:
        if row.counts and row.level.lower() in rules.levels:
            yield Factor("complication", row.code, rules.levels[row.level.lower()])
