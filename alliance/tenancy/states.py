"""Database triggers derived from the models: state machines that no `.update()` can skip, rows nobody can
rewrite.

A state machine is declared once (django-fsm-2) and repeated here from the same declaration: an INSERT only in
the field's default state, an UPDATE only along a declared transition (`*` and `+` expanded). `append_only =
True` on a model refuses UPDATE, DELETE and TRUNCATE for everyone; `fill_once` names columns that may be
filled later, once; `discardable = True` leaves DELETE to rows that go as a whole. Plain SQL triggers: there
is no ignore path (N49). Source: conventions 6 and 12, walls.md section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django_fsm import FSMFieldMixin

from alliance.tenancy import sql


@dataclass(frozen=True)
class Machine:
    """One state column: its first state and its steps (from, to)."""

    table: str
    column: str
    initial: str
    steps: tuple[tuple[str, str], ...]


def machines() -> Iterator[Machine]:
    """Every state machine of every model."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FSMFieldMixin):
                yield Machine(
                    model._meta.db_table, field.column, str(field.get_default()), steps(model, field)
                )


def steps(model: type[models.Model], field: Any) -> tuple[tuple[str, str], ...]:
    """All pairs (from, to) a state may go, `*` and `+` expanded over the field's choices."""
    states = [str(value) for value, _label in field.choices]
    found: set[tuple[str, str]] = set()
    for transition in field.get_all_transitions(model):
        target = str(transition.target)
        if target not in states:
            raise TypeError(
                f"{model.__name__}.{transition.name}: the target {target} is not one of the choices"
            )
        sources = {"*": states, "+": [state for state in states if state != target]}
        found |= {
            (source, target) for source in sources.get(str(transition.source), [str(transition.source)])
        }
    return tuple(sorted(found))


def append_only() -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Tables nobody rewrites: the columns that may be filled once, and whether rows may be deleted."""
    for model in apps.get_models():
        if getattr(model, "append_only", False):
            yield (
                model._meta.db_table,
                tuple(getattr(model, "fill_once", ())),
                bool(getattr(model, "discardable", False)),
            )


def build(cursor: Any, present: set[str]) -> None:
    """Raise the triggers of all tables that are there; idempotent, run as the owner after migrate."""
    for machine in machines():
        if machine.table in present:
            cursor.execute(sql.state_trigger(machine.table, machine.column, machine.initial, machine.steps))
    for table, fill_once, discardable in append_only():
        if table in present:
            cursor.execute(sql.append_only_trigger(table, fill_once, discardable))
