"""The floors and ranges of the register of parameters, held against a draft (A7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from alliance.services import parameters
from performance.engine.evaluators import Evaluators
from performance.engine.limits import Limits, beyond
from performance.engine.scheme import Problem, Scheme
from performance.models import SchemeDraft

KEYS = (
    "cp.peer_weight", "cp.patient_weight_min", "cp.patient_surveys", "cp.patient_tracking",
    "cp.outcome_weight_min", "gb.individual_collab_min",
)  # fmt: skip


def in_force(on: date) -> Limits:
    """The limits of a day; one reading of the register."""
    read = cast("dict[str, Any]", parameters.several_in_force(KEYS, on=on))
    peers = read["cp.peer_weight"]
    return Limits(
        patient_min=Decimal(str(read["cp.patient_weight_min"])),
        peer_min=Decimal(str(peers["min"])), peer_max=Decimal(str(peers["max"])),
        outcome_min=Decimal(str(read["cp.outcome_weight_min"])),
        individual_collaboration_min=Decimal(str(read["gb.individual_collab_min"])),
        surveys=tuple(read["cp.patient_surveys"]), tracking=tuple(read["cp.patient_tracking"]),
    )  # fmt: skip


def misses(draft: SchemeDraft) -> tuple[Problem, ...]:
    """Every limit the draft misses on its first day."""
    return misses_of(draft, draft.scheme())


def misses_of(draft: SchemeDraft, scheme: Scheme, judges: Evaluators | None = None) -> tuple[Problem, ...]:
    """The same for what is typed and not yet stored."""
    judges = judges or draft.judges()
    return beyond(scheme, draft.level, judges, in_force(draft.from_date))  # type: ignore[arg-type]


def new_misses(draft: SchemeDraft) -> tuple[Problem, ...]:
    """The limits a draft misses and its base kept: these keep it from a vote.

    What the version in force misses already is shown, and may be mended step by step.
    """
    base = draft.base
    if base is None:
        return misses(draft)
    on = in_force(draft.from_date)
    kept = {
        (one.code, one.column): one
        for one in beyond(base.scheme(), base.level, base.judges(), on)  # type: ignore[arg-type]
    }
    return tuple(one for one in misses(draft) if _worse(one, kept.get((one.code, one.column))))


def _worse(now: Problem, before: Problem | None) -> bool:
    """A sum or range that was wrong already and moves further away counts as much as a lower weight."""
    if before is None:
        return True
    if now.code in ("evaluators_not_100", "peer_range"):
        return now.found != before.found
    return Decimal(now.found) < Decimal(before.found)
