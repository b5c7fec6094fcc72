"""Cells of tables that are more than text."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alliance.templatetags.xietong import CHIP_ICONS


def chip(kind: str, text: object, icon: str = "") -> SafeString:
    """The state of a row: icon, word, colour."""
    context = {"kind": kind, "text": text, "icon": icon or CHIP_ICONS.get(kind, "")}
    return SafeString(render_to_string("_chip.html", context))
