"""How form fields are drawn: our classes on Django's widgets, which add the ARIA attributes themselves."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

DASHES = "---------"  # what a choice shows while nobody named its empty line


def field_kind(field: Any) -> str:
    """hidden, choices (radio buttons or several boxes), check (one box) or plain."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    if widget.is_hidden:
        return "hidden"
    if kind in {"radio", "checkbox"}:
        return "choices" if hasattr(widget, "choices") else "check"
    return "plain"


def is_wide(field: Any) -> bool:
    """True when the field takes the whole width of the form: long texts, files, choices."""
    widget = field.field.widget
    return field_kind(field) == "choices" or "rows" in widget.attrs or widget.needs_multipart_form


def errors_said(field: Any) -> list[str]:
    """What to change in a field, after its label where the sentence does not name it itself."""
    label = str(field.label)
    return [error if f"“{label}”" in error else f"{label}: {error}" for error in map(str, field.errors)]


def control(field: Any) -> SafeString:
    """The widget of a bound field with our classes; help and error are named as its description."""
    if field_kind(field) != "plain":
        return SafeString(field.as_widget())
    widget = field.field.widget
    number = getattr(widget, "input_type", "") == "number" or "num" in widget.attrs.get("class", "").split()
    names = ["in", "num" if number else "", "bad" if field.errors else ""]
    attrs = {"class": " ".join(filter(None, names))}
    if described := field.aria_describedby:
        attrs["aria-describedby"] = described
    return SafeString(field.as_widget(attrs=attrs))


def filter_control(field: Any) -> SafeString:
    """The widget of a filter: its label is for screen readers, so an empty field shows it as a hint."""
    attrs = {"class": "in"}
    widget = field.field.widget
    if getattr(field.field, "empty_label", None) == DASHES:
        said = _("%(label)s: all") % {"label": capfirst(str(field.label))}
        widget.choices = [(key, said if name == DASHES else name) for key, name in widget.choices]
    if field_kind(field) == "plain" and not hasattr(widget, "choices"):
        attrs["placeholder"] = str(field.label)
    return SafeString(field.as_widget(attrs=attrs))


def is_date(field: Any) -> bool:
    """True when the control cannot show its label as a hint: dates and times."""
    return getattr(field.field.widget, "input_type", "") in {"date", "month", "time", "datetime-local"}


def get_field(form: Any, name: str) -> Any:
    """The bound field of a form by its name."""
    return form[name]


def error_count(form: Any) -> int:
    """How many sentences the form has to say."""
    return sum(len(errors) for errors in form.errors.values())
