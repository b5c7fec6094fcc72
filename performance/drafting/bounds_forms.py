"""Forms of what weighs how much beside the indicators: evaluators, dimensions, floors."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms

from alliance.web.form_fields import NumberField
from performance.drafting import words as drafting_words
from performance.drafting.forms import PLACES
from performance.engine.evaluators import Evaluators
from performance.engine.scheme import Floor, Scheme
from performance.models import EvaluatorKind


class JudgesForm(forms.Form):
    """The weight of each kind of evaluators, of 100 together."""

    def __init__(self, *args: Any, judges: Evaluators | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = judges.weights if judges else {}
        for kind in EvaluatorKind:
            self.fields[kind.value] = NumberField(
                label=kind.label, min_value=0, max_value=100, initial=held.get(kind.value), max_digits=6,
                decimal_places=2,
            )  # fmt: skip

    def evaluators(self) -> Evaluators:
        """As the engine takes them."""
        return Evaluators(**{kind.value: self.cleaned_data[kind.value].normalize() for kind in EvaluatorKind})


class BoundsForm(forms.Form):
    """What dimensions must weigh in a column, and the least weights of floors; empty: nothing is decided."""

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        for column in scheme.columns:
            held = {block.dimension: block.weight for block in column.blocks}
            for dimension in scheme.dimensions:
                label = f"{drafting_words.named(column)} · {drafting_words.named(dimension)}"
                self._field(f"block.{column.code}.{dimension.code}", label, held.get(dimension.code))
        for floor in scheme.floors:
            self._field(f"floor.{floor.code}", drafting_words.named(floor), floor.at_least)

    def _field(self, name: str, label: str, held: Decimal | None) -> None:
        field = NumberField(label=label, required=False, min_value=0, max_value=100, initial=held, **PLACES)
        self.fields[name] = field

    def blocks(self) -> dict[tuple[str, str], Decimal | None]:
        """The weights typed, by (column, dimension)."""
        return {
            (column.code, dimension.code): self.cleaned_data[f"block.{column.code}.{dimension.code}"]
            for column in self.scheme.columns
            for dimension in self.scheme.dimensions
        }

    def floors(self) -> tuple[Floor, ...]:
        """The floors that keep a number."""
        found = {floor.code: self.cleaned_data[f"floor.{floor.code}"] for floor in self.scheme.floors}
        return tuple(
            replace(floor, at_least=found[floor.code])
            for floor in self.scheme.floors
            if found[floor.code] is not None
        )
