"""Words of surveys: scales, states, results that are not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from alliance.web import words
from alliance.web.cells import chip
from complaints.surveys import few
from complaints.surveys.counting import PASSED
from complaints.surveys.engine.kinds import TOTAL
from complaints.surveys.models import Campaign, Result
from complaints.surveys.models.campaigns import FLOOR

SCALES: Mapping[str, Any] = {
    TOTAL: pgettext_lazy("survey scale", "total"),
    PASSED: pgettext_lazy("survey scale", "passed the quiz, %"),
    "environment": pgettext_lazy("survey scale", "surroundings"),
    "communication": pgettext_lazy("survey scale", "communication"),
    "waiting": pgettext_lazy("survey scale", "waiting"),
    "continuity": pgettext_lazy("survey scale", "continuity"),
    "service": pgettext_lazy("survey scale", "service"),
    "gain": pgettext_lazy("survey scale", "sense of gain"),
    "conditions": pgettext_lazy("survey scale", "conditions of work"),
    "collaboration": pgettext_lazy("survey scale", "collaboration"),
    "reward": pgettext_lazy("survey scale", "pay and growth"),
    "content": pgettext_lazy("survey scale", "content"),
    "guidance": pgettext_lazy("survey scale", "guidance"),
    "practice": pgettext_lazy("survey scale", "practice"),
}
CHIPS = {"running": "info", "closed": "ok", "cancelled": ""}


def measures(campaign: Campaign) -> list[str]:
    """The measures of a place in the order of the page."""
    kind = campaign.plan
    return [TOTAL, *kind.scales, *([PASSED] if kind.quiz else [])]


def scale(name: str) -> str:
    """A measure in words."""
    return str(SCALES[name])


def state_chip(campaign: Campaign) -> SafeString:
    """The state of a survey."""
    return chip(CHIPS[campaign.state], campaign.get_state_display())


def value(row: Result | None) -> str:
    """The points, or why there are none."""
    if row is None:
        return words.DASH
    if row.value is not None:
        return words.num(row.value, 1)
    if row.why == Result.Why.HIDDEN or row.department_code:
        return _("not shown")
    return _("not assessed")


def why(row: Result | None) -> str:
    """Why a value is missing, with the limit; "" where it is there."""
    if row is None or row.value is not None:
        return ""
    if row.department_code:  # which of the two it is would tell the number, from the institution's total
        said = _("not shown: fewer than %(least)d answers, or left out to protect a smaller group")
        return said % {"least": row.least}
    if few.small(row.answers):
        return _("fewer than %(floor)d answers; %(least)d are needed") % {"floor": FLOOR, "least": row.least}
    if row.why == Result.Why.HIDDEN:
        return _("left out, so that a smaller group does not follow from it")
    return _("%(n)d answers, fewer than %(least)d") % {"n": row.answers, "least": row.least}


def answers(row: Result) -> str:
    """How many answered, for a file: of a part that is not shown nothing."""
    if row.department_code and row.value is None:
        return ""
    return few.fewer() if few.small(row.answers) else str(row.answers)


def interval(row: Result | None) -> str:
    """Both ends."""
    if row is None or row.low is None or row.high is None:
        return words.DASH
    return f"{words.num(row.low, 1)}–{words.num(row.high, 1)}"
