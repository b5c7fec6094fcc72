"""What the community should do after a stay: risk tier and plan by the rules in force (S0-07, S0-17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alliance.services import parameters
from grouping.engine.tier import HIGH, LOW, MID, Tier, TierRules, tier_of
from grouping.engine.trace import Trace


def rules(on: date) -> TierRules:
    """The rules of tiers in force on a day."""
    levels = parameters.in_force("fd.tier.complication", on=on)
    assert not isinstance(levels, str) and hasattr(levels, "items")
    return TierRules(
        codes={HIGH: _texts("fd.tier.high.codes", on), MID: _texts("fd.tier.mid.codes", on)},
        groups={HIGH: _texts("fd.tier.high.groups", on), MID: _texts("fd.tier.mid.groups", on)},
        levels={name: str(tier) for name, tier in levels.items()},
    )


def advise(trace: Trace, diagnoses: Sequence[str], *, on: date) -> tuple[Tier, tuple[str, ...]] | None:
    """The tier of a stay and the lines of its plan, as decided for the day; None before any was decided."""
    plans = {LOW: "fd.plan.low", MID: "fd.plan.mid", HIGH: "fd.plan.high"}
    try:
        tier = tier_of(trace, diagnoses, rules(on))
        return tier, _texts(plans[tier.tier], on)
    except parameters.NotInForce:
        return None


def _texts(key: str, on: date) -> tuple[str, ...]:
    value = parameters.in_force(key, on=on)
    assert isinstance(value, tuple)
    return tuple(str(item) for item in value)
