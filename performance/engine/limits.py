"""Floors and ranges of a council's freedom, checked while a scheme is edited (A7).

S3-23 (peers 20-30), S3-26 (patients at least 10), S3-57 (outcomes at least 20), S2-44 (collaboration of
persons at least 20), S1-27 (some quality in every scheme). The numbers are dated parameters and come from
outside.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal

from performance.engine.evaluators import Evaluators
from performance.engine.factbook import Level
from performance.engine.scheme import FULL, Column, Problem, Scheme

PEOPLE, OUTCOME, COLLABORATION = "patient", "outcome", "collaboration"
WITH_OUTCOME: frozenset[Level] = frozenset({"alliance", "institution", "team"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Weights of 100 in force on a day.

    `surveys` and `tracking`: the indicators by which patients say how satisfied they are, and by which what
    became of them is followed; what patients weigh holds one of each (S3-26). Empty: not asked for.
    """

    patient_min: Decimal
    peer_min: Decimal
    peer_max: Decimal
    outcome_min: Decimal
    individual_collaboration_min: Decimal
    surveys: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()


def beyond(
    scheme: Scheme, level: Level, evaluators: Evaluators | None, limits: Limits
) -> tuple[Problem, ...]:
    """Every limit that is missed, with the number found and the number required.

    Patients: their evaluation on the axis of evaluators, or indicators tagged `patient` (an indicator can
    satisfy several floors).
    """
    return (*_of_evaluators(evaluators, limits), *_of_columns(scheme, level, evaluators, limits))


def _of_evaluators(evaluators: Evaluators | None, limits: Limits) -> Iterator[Problem]:
    if evaluators is None:
        return
    whole = sum(evaluators.weights.values(), Decimal(0))
    if whole != FULL:
        yield Problem("evaluators_not_100", "", "", str(whole), str(FULL))
    if not limits.peer_min <= evaluators.peer <= limits.peer_max:
        yield Problem("peer_range", "", "", str(evaluators.peer), f"{limits.peer_min}–{limits.peer_max}")
    if evaluators.patient < limits.patient_min:
        yield Problem("patient_min", "", "", str(evaluators.patient), str(limits.patient_min))


def _of_columns(
    scheme: Scheme, level: Level, evaluators: Evaluators | None, limits: Limits
) -> Iterator[Problem]:
    if scheme.columns and not any(tagged(column, OUTCOME) for column in scheme.columns):
        yield Problem("no_quality", "", "", "0", "1")
    for column in scheme.columns:
        if evaluators is None and level != "person":
            yield from _at_least(column, PEOPLE, "patient_min", limits.patient_min)
        if level in WITH_OUTCOME:
            yield from _at_least(column, OUTCOME, "outcome_min", limits.outcome_min)
            yield from _both(column, limits)
        if level == "person":
            least = limits.individual_collaboration_min
            yield from _at_least(column, COLLABORATION, "individual_collaboration_min", least)


def _both(column: Column, limits: Limits) -> Iterator[Problem]:
    """Satisfaction alone is no evaluation by patients, nor is outcome alone: the block holds both."""
    for code, of in (("patient_survey", limits.surveys), ("patient_tracking", limits.tracking)):
        if of and not weighed(column, of):
            yield Problem(code, column.code, "", "0", "1")


def weighed(column: Column, of: Container[str]) -> Decimal:
    """Points of 100 of some indicators."""
    return sum((item.weight for item in column.items if item.indicator in of), Decimal(0))


def _at_least(column: Column, tag: str, code: str, least: Decimal) -> Iterator[Problem]:
    found = tagged(column, tag)
    if found < least:
        yield Problem(code, column.code, "", str(found), str(least))


def tagged(column: Column, tag: str) -> Decimal:
    """Points of 100 of the indicators that carry a tag."""
    return sum((item.weight for item in column.items if tag in item.tags), Decimal(0))
