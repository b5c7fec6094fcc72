"""The page on which thresholds are tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.lib.register import RegisterRefused, to_json
from alliance.models import Institution
from alliance.services import parameters
from alliance.web import charts, parameter_values
from alliance.web import words as web_words
from alliance.web.refused import worded
from performance.engine.gaming.finding import Finding
from performance.fairness import limits, trying
from performance.fairness.detectors import Detector
from performance.fairness.trying import Tried

NAMED = 6  # places named in a cell; more are counted


class TryForm(forms.Form):
    """The limits of a detector, each as its parameter is entered."""

    def __init__(self, data: Any = None, *, detector: Detector, month: Month) -> None:
        self.keys = trying.keys_of(detector)
        held = limits.in_force(month)
        made: dict[str, forms.Field] = {}
        for key in self.keys:
            entry = parameters.registered()[key]
            for name, field in parameter_values.fields(entry.shape, to_json(held[key])).items():
                label = parameter_values.label(entry)
                field.label = label if name == "value" else f"{label} · {field.label}"
                made[f"{key}:{name}"] = field
        super().__init__(data)
        self.fields.update(made)

    def clean(self) -> dict[str, Any]:
        """The values as the register takes them, under `given`."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        raw = {}
        for key in self.keys:
            own = {
                name.partition(":")[2]: value for name, value in data.items() if name.startswith(f"{key}:")
            }
            raw[key] = parameter_values.raw(parameters.registered()[key].shape, own)
        try:
            data["given"] = trying.given(raw)
        except RegisterRefused as refused:
            raise forms.ValidationError(worded(refused)) from None
        return data


def page(detector: Detector, last: Month, form: TryForm, now: datetime) -> dict[str, Any]:
    """The form, and once it is filled what the months would have had."""
    context: dict[str, Any] = {
        "title": _("Try thresholds: %(name)s") % {"name": detector.name},
        "detector": detector,
        "form": form,
    }
    if not form.is_bound or not form.is_valid():
        return context
    tried = trying.trial(detector, last, form.cleaned_data["given"], now)
    names = _names([found for one in tried for found in (*one.held, *one.tried)])
    total = sum(len(one.tried) for one in tried), sum(len(one.held) for one in tried)
    said = ngettext(
        "With these limits the last %(months)d months would have had %(n)d clue; as they hold, %(held)d",
        "With these limits the last %(months)d months would have had %(n)d clues; as they hold, %(held)d",
        total[0],
    )  # fmt: skip
    bars = [(web_words.month(one.month), len(one.tried)) for one in reversed(tried)]
    return context | {
        "rows": [_row(one, names) for one in tried],
        "sentence": said % {"months": len(tried), "n": total[0], "held": total[1]},
        "chart": charts.bars(
            "tried", _("As tried, month by month"), (_("month"), _("clues")), bars, places=0
        ),
    }  # fmt: skip


def _names(found: Sequence[Finding]) -> dict[str, str]:
    codes = {code for one in found for code in (one.place, one.other) if code}
    rows = Institution.objects.filter(code__in=codes) if codes else Institution.objects.none()
    return dict(rows.values_list("code", "short_name"))


def _row(one: Tried, names: dict[str, str]) -> dict[str, Any]:
    return {
        "month": one.month, "held": len(one.held), "tried": len(one.tried), "new": _said(one.new, names),
        "gone": _said(one.gone, names),
    }  # fmt: skip


def _said(found: Sequence[Finding], names: dict[str, str]) -> str:
    told = [
        " ⇄ ".join(names.get(code, code) for code in (one.place, one.other) if code) for one in found[:NAMED]
    ]
    more = len(found) - len(told)
    return "、".join(told) + (f" +{more}" if more > 0 else "")
