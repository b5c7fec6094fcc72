"""Values of parameters as words and as form fields, by the shape the register gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from alliance.lib import money
from alliance.lib.money import MoneyRefused
from alliance.lib.register import COMPOSITE_TYPES, Entry, Shape
from alliance.web import words
from alliance.web.form_fields import WholeField
from alliance.web.refused import worded

DECIMAL = RegexValidator(r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", gettext_lazy("Write a number such as 78.73."))
# Words of the data file: translated in a context of their own, so that short ones meet no others.
CONTEXT = "parameter"
_RULES = {
    "WD": gettext_lazy("%s working days"), "D": gettext_lazy("%s days"), "H": gettext_lazy("%s hours"),
    "M": gettext_lazy("%s minutes"),
}  # fmt: skip


def label(entry: Entry) -> str:
    """The parameter's name in the language of the page."""
    return entry.label_en if (get_language() or "").startswith("en") else entry.label_zh


def word(name: str) -> str:
    """One number of a table or range, by the name the register gives it."""
    return pgettext(CONTEXT, name).replace("_", " ")


def unit(entry: Entry) -> str:
    """The unit in words; amounts are shown in yuan."""
    return pgettext(CONTEXT, entry.unit.replace("fen", "yuan").replace("%", "percent"))


def cited(source: str) -> str:
    """Where a default comes from, in words: chapters of the product's papers, requirements by number."""
    chapters = {
        "definitions": _("standard definitions, section %(n)s"),
        "practice": _("practice of the field, section %(n)s"),
        "walls": _("safety rules, section %(n)s"),
    }  # fmt: skip
    said = re.sub(
        r"\b(definitions|practice|walls) (\w+)", lambda one: chapters[one[1]] % {"n": one[2]}, source
    )
    return re.sub(r"\b(S[0-4]|X7)-(\w+)", lambda one: _("requirement %(code)s") % {"code": one[0]}, said)


def text(shape: Shape, value: Any) -> str:
    """A value, as it is stored, in words. Its numbers stand in the register's order: jsonb keeps none."""
    if isinstance(value, Mapping):
        parts = (
            (name, text(Shape(kind), value[name])) for name, kind in shape.fields.items() if name in value
        )
        if shape.type == "range":
            return "–".join(shown for _name, shown in parts)
        return "; ".join(f"{word(name)} {shown}" for name, shown in parts)
    if isinstance(value, list):
        return ", ".join(text(Shape(shape.of), item) for item in value)
    return _one(shape.type, value)


def _one(kind: str, value: Any) -> str:
    if kind == "fen":
        return words.yuan(value)
    if kind == "bool":
        return _("yes") if value else _("no")
    if kind == "rule":
        letters = str(value).rstrip("0123456789")
        return str(_RULES[letters]) % str(value)[len(letters) :]
    return str(value)


# Fields ------------------------------------------------------------------------
def fields(shape: Shape, value: Any) -> dict[str, forms.Field]:
    """The form fields of a value, by name; a table has one for each of its numbers."""
    if shape.type in ("table", "range"):
        return {
            f"value_{name}": _field(kind, word(name), value.get(name)) for name, kind in shape.fields.items()
        }
    if shape.type == "list":
        lines = "\n".join(map(str, value))
        help_text = _("One a line.")
        return {
            "value": forms.CharField(
                label=_("value"), widget=forms.Textarea({"rows": 6}), initial=lines, help_text=help_text
            )
        }
    return {"value": _field(shape.type, _("value"), value)}


def raw(shape: Shape, cleaned: Mapping[str, Any]) -> object:
    """What the fields hold, in the form the register parses."""
    if shape.type in ("table", "range"):
        return {name: _raw(kind, cleaned[f"value_{name}"]) for name, kind in shape.fields.items()}
    if shape.type == "list":
        return [_raw(shape.of, line.strip()) for line in cleaned["value"].splitlines() if line.strip()]
    return _raw(shape.type, cleaned["value"])


def _field(kind: str, name: str, value: Any) -> forms.Field:
    assert kind not in COMPOSITE_TYPES
    if kind == "bool":
        choices = [("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(label=name, choices=choices, initial="yes" if value else "no")
    if kind in ("int", "days", "months"):
        return WholeField(label=name, initial=value)
    if kind == "rule":
        example = _("For example WD15 (working days), D7 (days), H24 (hours), M30 (minutes).")
        return forms.CharField(label=name, initial=value, max_length=10, help_text=example)
    if kind == "text":
        return forms.CharField(label=name, initial=value, max_length=200)
    shown = money.yuan(value) if kind == "fen" and value is not None else value
    widget = forms.TextInput(attrs={"class": "num", "inputmode": "decimal"})
    check = _check_yuan if kind == "fen" else DECIMAL
    return forms.CharField(label=name, initial=shown, max_length=20, widget=widget, validators=[check])


def _check_yuan(value: str) -> None:
    try:
        money.fen(value)
    except MoneyRefused as refused:
        raise forms.ValidationError(worded(refused)) from None


def _raw(kind: str, value: Any) -> object:
    if kind == "fen":
        return money.fen(value)
    if kind == "bool":
        return value == "yes"
    if kind in ("int", "days", "months") and isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() else value
    return value
