"""Steps, states and what is missing in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance import roles
from alliance.web import words
from alliance.web.cells import chip
from performance.life import standing
from performance.life.standing import Standing
from performance.models import MonthLife, MonthStep

LIFE: Mapping[str, str] = {
    "approved": "prov", "published": "info", "paid": "ok", "closed": "ok", "final": "ok",
}  # fmt: skip
BOOKED: Mapping[str, str] = {"draft": "", "proposed": "prov", "posted": "ok"}
STEP: Mapping[str, str] = {
    standing.DONE: "ok", standing.OPEN: "", standing.LATE: "late", standing.PASSED: "warn",
}  # fmt: skip
STATES: Mapping[str, Any] = {
    standing.DONE: gettext_lazy("done"), standing.OPEN: gettext_lazy("not due yet"),
    standing.PASSED: gettext_lazy("decided without it"),
}  # fmt: skip
# What is counted at each step, when an institution has some of it.
COUNTED: Mapping[str, Any] = {
    MonthStep.ROSTER: gettext_lazy("no roster line yet"),
    MonthStep.FILES: gettext_lazy("%(have)s of %(owed)s declared cases"),
    MonthStep.CONFIRMATION: gettext_lazy("%(have)s of %(owed)s lines confirmed"),
    MonthStep.FOLLOWUP: gettext_lazy("%(have)s of %(owed)s declared values"),
    MonthStep.SECOND: gettext_lazy("%(have)s of %(owed)s pots in the books"),
}


def life_chip(row: MonthLife | None) -> SafeString | None:
    """The state of a month after its approval."""
    return None if row is None else chip(LIFE[row.state], row.get_state_display())


def booked_chip(row: Any) -> SafeString:
    """The state of a correction."""
    return chip(BOOKED[row.state], row.get_state_display())


def step_chip(one: Standing, now: datetime) -> SafeString:
    """How far a step is."""
    if one.state == standing.LATE:
        return chip("late", words.due(one.planned.due_at, now))
    return chip(STEP[one.state], str(STATES[one.state]))


def role(code: str) -> str:
    """A role by its name; a code nobody knows any more as it is."""
    known = roles.roles().get(code)
    return known.name if known else code


def missing(step: str, have: int, owed: int | None) -> str:
    """What an institution has of a step."""
    if owed is None and step == MonthStep.FILES:
        said = ngettext("%(n)d case, number of discharges not declared",
                        "%(n)d cases, number of discharges not declared", have)  # fmt: skip
        return said % {"n": have}
    return str(COUNTED[step]) % {"have": words.num(have), "owed": words.num(owed)}


def names(found: Sequence[str], most: int = 3) -> str:
    """The first names and how many more."""
    shown = "、".join(found[:most])
    rest = len(found) - most
    return shown if rest <= 0 else _("%(names)s and %(n)d more") % {"names": shown, "n": rest}
