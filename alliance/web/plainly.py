"""What a public form says of a field: which one it is and what to do, in our own words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

LIMIT = {"limit_value": "%(limit_value)s"}  # Django puts it in


class SaidPlainly(forms.Form):
    """A form that names the field in each sentence about it, where the field itself says nothing better."""

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            label = str(field.label or name)
            for code, said in _sentences(field).items():
                if _stock(field, code):
                    field.error_messages[code] = said % {"field": label.replace("%", "％"), **LIMIT}
        super().full_clean()


def _stock(field: forms.Field, code: str) -> bool:
    """Whether a sentence is Django's own: the one of the class, and that class is not ours."""
    for kind in type(field).__mro__:
        words = vars(kind).get("default_error_messages", {})
        if code in words:
            ours = not kind.__module__.startswith("django.")
            return not ours and field.error_messages.get(code) == words[code]
    return code not in field.error_messages  # said by a validator


def _sentences(field: forms.Field) -> dict[str, Any]:
    """The sentences by their code, in the language of the page."""
    return {
        "required": _required(field),
        "invalid_choice": _("“%(field)s”: this answer is not offered here. Choose one of those shown."),
        "invalid": _invalid(field),
        "max_length": _("“%(field)s” is longer than %(limit_value)s characters. Shorten it."),
        "min_length": _("“%(field)s” is shorter than %(limit_value)s characters. Write a little more."),
        "max_value": _("“%(field)s” is at most %(limit_value)s. Write a smaller number."),
        "min_value": _("“%(field)s” is at least %(limit_value)s. Write a larger number."),
        "null_characters_not_allowed": _("“%(field)s” holds a character that cannot be read. Type it again."),
        "empty": _("“%(field)s”: the file is empty. Choose another one."),
        "missing": _("“%(field)s”: no file came. Choose it again."),
    }


def _required(field: forms.Field) -> str:
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return _("“%(field)s” is still open. Choose one of the answers.")
    if isinstance(field, forms.BooleanField):
        return _("“%(field)s” is still open. Tick it.")
    if isinstance(field, forms.FileField):
        return _("“%(field)s” is still open. Choose a file.")
    if isinstance(field, forms.DateField):
        return _("“%(field)s” is still open. Give the day.")
    return _("“%(field)s” is still empty. Write it here.")


def _invalid(field: forms.Field) -> str:
    if isinstance(field, forms.DateField):
        return _("“%(field)s”: this is no day. Write it like 2026-11-03.")
    if isinstance(field, forms.IntegerField):
        return _("“%(field)s”: this is no number. Write digits, such as 3.")
    return _("“%(field)s” cannot be read as it is written. Write it again.")
