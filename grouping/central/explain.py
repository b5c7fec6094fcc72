"""Why a case has one group at the city and another here, in sentences with the trace of our grouper."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grouping.engine.story import Line
from grouping.models import CentralResult
from grouping.services import grouping, schemes
from grouping.show import steps

Why = CentralResult.Why


def page(row: CentralResult) -> dict[str, Any]:
    """The sentence, and the lines of our story that speak of the city's ADRG or MDC."""
    return {"sentence": sentence(row), **_story(row)}


def sentence(row: CentralResult) -> str:
    """What the difference comes from, and what to do about it."""
    principal = row.case.diagnoses[0] if row.case is not None else ""
    return {
        Why.EQUAL: _("Both groups are the same."),
        Why.NO_CASE: _("No stored case has this record number and day of discharge: deliver its file."),
        Why.PENDING: _("The case is stored but not yet grouped: compare again when it is."),
        Why.UNKNOWN: _("Our scheme has no group of this code: the city groups by another scheme or version."),
        Why.PRINCIPAL: _("The city grouped by principal diagnosis %(theirs)s, ours is %(ours)s.")
        % {"theirs": row.principal, "ours": principal},
        Why.DOCUMENT: _(
            "The other document of this stay comes to the city's group: front page and list differ."
        ),
        Why.VERSION: _("The city's group is that of another version of the scheme."),
        Why.SPLIT: _("The ADRG is the same; complications or conditions lead to another group in it."),
        Why.ADRG: _("The MDC is the same; another ADRG holds here."),
        Why.MDC: _("Already the MDC differs."),
    }[Why(row.why)]


def _story(row: CentralResult) -> dict[str, Any]:
    if row.case is None or row.why in (Why.NO_CASE, Why.PENDING):
        return {}
    try:
        trace = grouping.trace(row.case)
        scheme = schemes.in_force(row.day)
        story = steps.story(trace, schemes.package(scheme))
    except schemes.NoScheme:
        return {}
    adrg, mdc = row.drg[:3], f"MDC{row.drg[:1]}"
    lines = [line for attempt in story.attempts for line in attempt.lines]
    about = [line for line in lines if _speaks_of(line, row.drg, adrg)]
    about = about or [line for line in lines if _speaks_of(line, mdc)]
    shown = [steps.shown(line) for line in about[:6]]
    return {"outcome": story.outcome, "shown": shown, "asked": adrg}


def _speaks_of(line: Line, *codes: str) -> bool:
    return any(step.code in codes for step in line.steps)
