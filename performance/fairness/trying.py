"""Thresholds tried on the last months: how many clues each would have had. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alliance.lib.period import Month
from alliance.lib.register import parse_value
from alliance.services import parameters
from performance.engine.gaming.finding import Finding
from performance.fairness import limits
from performance.fairness.detectors import Detector

MONTHS = 6


@dataclass(frozen=True)
class Tried:
    """A month: what stands out by the limits in force, and by those tried."""

    month: Month
    held: Sequence[Finding]
    tried: Sequence[Finding]

    @property
    def gone(self) -> list[Finding]:
        """What would no longer stand out."""
        kept = {one.subject for one in self.tried}
        return [one for one in self.held if one.subject not in kept]

    @property
    def new(self) -> list[Finding]:
        """What would stand out besides."""
        held = {one.subject for one in self.held}
        return [one for one in self.tried if one.subject not in held]


def keys_of(detector: Detector) -> list[str]:
    """The parameters of a detector that can be tried: its own, and the share of false ones."""
    return ["fairness.false_share", *(key for key in detector.keys if key in limits.KEYS)]


def given(raw: Mapping[str, object]) -> dict[str, Any]:
    """Typed values of what a form holds, by key. Raises RegisterRefused."""
    register = parameters.registered()
    return {key: parse_value(register[key].shape, value, key=key) for key, value in raw.items()}


def trial(detector: Detector, last: Month, change: Mapping[str, Any], now: datetime) -> list[Tried]:
    """The last months by both limits, newest first; exceptions and evidence known before are not asked."""
    found = []
    for back in range(MONTHS):
        month = last.plus(-back)
        held = limits.in_force(month)
        looks = [detector.look(month, limit, now) for limit in (held, {**held, **change})]
        found.append(Tried(month, looks[0].findings, looks[1].findings))
    return found
