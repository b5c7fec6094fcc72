"""What a job is about and what it came to, in the reader's words: keys of machines stay inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Job
from alliance.web import words

# What a number among the arguments counts.
NUMBERED: Mapping[str, Any] = {
    "file": gettext_lazy("file no. %(n)s"), "run": gettext_lazy("run no. %(n)s"),
    "version": gettext_lazy("version no. %(n)s"), "proposal": gettext_lazy("proposal no. %(n)s"),
}  # fmt: skip
RESULTS: Mapping[str, Any] = {
    "rows": gettext_lazy("rows"), "bad": gettext_lazy("bad rows"), "cases": gettext_lazy("cases"),
    "months": gettext_lazy("months"), "digest": gettext_lazy("digest"),
    "checked": gettext_lazy("rows checked"),
    "entries": gettext_lazy("entries"), "found": gettext_lazy("found"), "closed": gettext_lazy("closed"),
}  # fmt: skip


def subject(job: Job) -> str:
    """The month and the numbered thing a job is for; nothing where it is for the whole alliance."""
    asked = job.arguments if isinstance(job.arguments, dict) else {}
    found = [_month(str(asked["month"]))] if asked.get("month") else []
    found += [
        str(NUMBERED[name]) % {"n": asked[name]} for name in NUMBERED if isinstance(asked.get(name), int)
    ]
    return " · ".join(found)


def _month(text: str) -> str:
    try:
        return words.month(Month.parse(text))
    except Refused:
        return text


def results(job: Job) -> list[tuple[str, str]]:
    """What it came to, as far as a page has a word for it."""
    rows = job.result.items() if isinstance(job.result, dict) else ()
    known = [(name, value) for name, value in sorted(rows) if name in RESULTS]
    return [(str(RESULTS[name]), _value(value)) for name, value in known if value not in (None, "")]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return words.num(value) if isinstance(value, int) else str(value)
