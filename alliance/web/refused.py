"""A refusal in the reader's words: as a sentence, on a form beside its field, or kept until it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext as _

from alliance.lib.period import Month, PeriodRefused
from alliance.lib.refusal import Refused
from alliance.web import words


class Sentence(Protocol):
    """A refusal, a problem or a stale state: an English template, and `params` where it has places."""

    template: str


def worded(error: Sentence, **instead: object) -> str:
    """The sentence of a refusal; months, days and numbers in it as pages say them (`words.said`).

    `instead` replaces parameters that a page knows better words for.
    """
    return _filled(error.template, {**getattr(error, "params", {}), **instead})


def kept(error: Refused) -> dict[str, Any]:
    """A refusal as a row keeps it until somebody reads it: `template` and plain `params`."""
    return {"template": error.template, "params": {name: str(one) for name, one in error.params.items()}}


def worded_again(row: Mapping[str, Any] | None) -> str:
    """The sentence of a refusal that was kept; "" where none was."""
    found = row or {}
    params = {name: _read(text) for name, text in (found.get("params") or {}).items()}
    return _filled(str(found["template"]), params) if found.get("template") else ""


def add_refusal(form: forms.Form, error: Refused, field: str | None = None) -> None:
    """Say the refusal beside `field`, by default the one the refusal names itself; above the form where the
    form has no such field. A form that calls a field otherwise says so in `other_names`.
    """
    named = error.field if field is None else field
    if named not in form.fields:
        named = getattr(form, "other_names", {}).get(named)
    form.add_error(named if named in form.fields else None, worded(error))


def _filled(template: str, params: Mapping[str, object]) -> str:
    said = {name: _said(value) for name, value in params.items()}
    return _(template) % said if said else _(template)


def _said(value: object) -> object:
    """A parameter in words; one that is a refusal itself as its sentence."""
    return worded(value) if hasattr(value, "template") else words.said(value)


def _read(text: str) -> object:
    """A month or a day as it was before it was kept."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else Month.parse(text)
    except (PeriodRefused, ValueError):
        return text
