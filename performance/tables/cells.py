"""What cells of several lists show."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alliance.templatetags.xietong import chip


def small(kind: str, text: str) -> SafeString:
    """A chip in a cell."""
    return SafeString(render_to_string("_chip.html", chip(kind, text)))
