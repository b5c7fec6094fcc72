"""The table of payment rules as a form: one row a rule, in the order they are asked."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import DayField, WholeField
from grouping.engine.paytype import MOST_RULES, TYPES, Rule
from grouping.reports.paytype_show import NAMES

COMMAS = re.compile(r"\s*[,，、;；]\s*")
BLANKS = re.compile(r"[\s,，、;；]+")


class HeadForm(forms.Form):
    """From when the table holds and where it comes from."""

    from_date = DayField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Discharges before this day keep their rules."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("source"), max_length=200,
        help_text=gettext_lazy("The document that orders it, with date and number."),
    )  # fmt: skip


class RuleForm(forms.Form):
    """One rule; a row without a type is none."""

    type = forms.ChoiceField(label=gettext_lazy("type"), required=False)
    kinds = forms.CharField(label=gettext_lazy("institution kinds"), required=False, max_length=200)
    departments = forms.CharField(label=gettext_lazy("department codes"), required=False, max_length=200)
    diagnoses = forms.CharField(label=gettext_lazy("diagnosis codes"), required=False, max_length=200)
    min_stay = WholeField(label=gettext_lazy("days from"), required=False, min_value=0, max_value=9999)
    max_stay = WholeField(label=gettext_lazy("days to"), required=False, min_value=0, max_value=9999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", "—"), *((code, NAMES[code]) for code in TYPES)]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}"
            if name in ("min_stay", "max_stay"):
                field.widget.attrs["class"] = "num"

    def clean_kinds(self) -> tuple[str, ...]:
        """Words or codes of institution kinds."""
        codes = {str(label): value for value, label in Institution.Kind.choices}
        found = []
        for word in _words(self.cleaned_data["kinds"], COMMAS):
            code = word if word in Institution.Kind.values else codes.get(word)
            if code is None:
                raise forms.ValidationError(
                    _("“%(word)s” is no kind of institution. Known are: %(known)s.")
                    % {"word": word, "known": ", ".join(codes)}
                )
            found.append(code)
        return tuple(found)

    def clean_departments(self) -> tuple[str, ...]:
        """Beginnings of department codes."""
        return _words(self.cleaned_data["departments"])

    def clean_diagnoses(self) -> tuple[str, ...]:
        """Beginnings of diagnosis codes, in capitals as they are stored."""
        return tuple(word.upper() for word in _words(self.cleaned_data["diagnoses"]))

    def rule(self) -> Rule | None:
        """The rule of the row, or nothing."""
        data = self.cleaned_data
        if not data.get("type"):
            return None
        return Rule(**{name: data[name] for name in self.fields})


def _words(text: str, apart: re.Pattern[str] = BLANKS) -> tuple[str, ...]:
    return tuple(word for word in apart.split(text.strip()) if word)


RuleFormSet = forms.formset_factory(RuleForm, extra=2, max_num=MOST_RULES, absolute_max=MOST_RULES + 10)


def initial(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """The rows of a table; kinds in words."""
    kinds = dict(Institution.Kind.choices)
    return [
        {
            "type": rule.type, "kinds": ", ".join(str(kinds[kind]) for kind in rule.kinds),
            "departments": ", ".join(rule.departments), "diagnoses": ", ".join(rule.diagnoses),
            "min_stay": rule.min_stay, "max_stay": rule.max_stay,
        }
        for rule in rules
    ]  # fmt: skip


def rules_of(formset: Any) -> list[Rule]:
    """The rules of the rows that have a type, in order."""
    return [rule for form in formset if (rule := form.rule()) is not None]
