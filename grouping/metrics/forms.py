"""The form of a reference list: what it is, from when it holds, where it is from, the file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.web.form_fields import DayField
from alliance.web.refused import worded
from grouping.metrics.references import Fault, ReferenceRefused

FAULTS = {
    "code": gettext_lazy("line %(line)s: “%(text)s” is no code. Letters, digits, dots; at most 20."),
    "twice": gettext_lazy("line %(line)s: %(text)s stands there a second time. Keep one line."),
    "cost": gettext_lazy("line %(line)s: mean charge “%(text)s” is no amount above zero in yuan."),
    "stay": gettext_lazy("line %(line)s: mean stay “%(text)s” is no number of days above zero."),
    "risk": gettext_lazy("line %(line)s: risk grade “%(text)s” is none of 0, 1, 2, 3, 4."),
}


class ReferenceForm(forms.Form):
    """A benchmark of groups or a catalogue of operations."""

    kind = forms.ChoiceField(
        label=gettext_lazy("what it is"), widget=forms.RadioSelect, initial="benchmark",
        choices=[
            ("benchmark", gettext_lazy("benchmark of groups")),
            ("catalogue", gettext_lazy("minimally invasive operations")),
        ],
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("name"), max_length=100)
    source = forms.CharField(
        label=gettext_lazy("source"), max_length=200,
        help_text=gettext_lazy("The notice or body it comes from, with its number."),
    )  # fmt: skip
    from_date = DayField(label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=gettext_lazy("list"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy(
            "CSV or XLSX. Benchmark: columns drg, mean_cost (yuan), mean_stay, risk. Operations: column code."
        ),
    )

    def refuse(self, refused: Any) -> None:
        """Say at the file what is wrong with it, line by line."""
        if isinstance(refused, ReferenceRefused) and refused.faults:
            self.add_error("file", [_sentence(fault) for fault in refused.faults])
        self.add_error("file", worded(refused))


def _sentence(fault: Fault) -> str:
    return str(FAULTS[fault.kind]) % {"line": fault.line, "text": fault.text[:40]}
