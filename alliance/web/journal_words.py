"""The details of a journal entry in words; codes by their names where rooms have registered them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.web import words

# Digests and the like say nothing to a reader; who needs one finds it in the export and on the thing's page.
SILENT = frozenset({"sha256", "digest", "ids"})
_namers: dict[str, Callable[[str], str]] = {}


def register(detail: str, name: Callable[[str], str]) -> None:
    """Say how the codes under one detail are called; for an app's `ready()`."""
    _namers[detail] = name


def deed(verb: str) -> str:
    """A deed in words; in English its code read as words."""
    said = pgettext("journal", verb)
    return verb.replace(".", ": ").replace("_", " ") if said == verb else said


def detail_text(detail: Mapping[str, Any]) -> str:
    """All that an entry tells, in one line; a dash where it tells nothing."""
    told = [
        f"{_said('journal detail', name)} {text}"
        for name, value in sorted(detail.items())
        if name not in SILENT and (text := _value(name, value))
    ]
    return _("; ").join(told) or words.DASH


def _said(context: str, code: str) -> str:
    said = pgettext(context, code)
    return code.replace("_", " ") if said == code else said


def _value(name: str, value: Any) -> str:
    """A value in words; "" for an empty one."""
    if value is None or value == [] or value == {} or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(_value(name, one) for one in value)
    if isinstance(value, dict):
        return _(", ").join(
            f"{_said('journal detail', key)} {_value(key, one)}" for key, one in value.items()
        )
    if name.endswith("_fen") or name == "fen":
        return _("%(yuan)s yuan") % {"yuan": words.yuan(int(value))}
    if name in _namers:
        return _namers[name](str(value))
    said = pgettext("journal value", str(value))
    return words.num(value) if isinstance(value, int) else said
