"""What things of on-site assessment are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import words
from alliance.web.cells import chip
from performance.engine.checklist import Content, Item
from performance.engine.spans import Span

MEASURES: Mapping[str, Any] = {
    "core_system": gettext_lazy("core rules kept"),
    "plan": gettext_lazy("treatment follows the plan"),
    "guideline": gettext_lazy("guideline execution"),
    "homogeneity": gettext_lazy("uniform quality"),
    "infection": gettext_lazy("infection control"),
    "nursing": gettext_lazy("nursing standards"),
}
SAMPLES = (
    ("", gettext_lazy("nothing")),
    ("chart", pgettext_lazy("sample", "charts")),
    ("room", pgettext_lazy("sample", "rooms")),
    ("resident", pgettext_lazy("sample", "residents")),
)
OUTCOMES: Mapping[str, Any] = {
    "met": pgettext_lazy("outcome", "met"),
    "deducted": pgettext_lazy("outcome", "deduction"),
    "absent": pgettext_lazy("outcome", "does not apply"),
    "": pgettext_lazy("outcome", "open"),
}
VISIT = {"planned": "info", "open": "prov", "signed": "ok", "cancelled": ""}
CHECKLIST = {"draft": "prov", "published": "ok", "retired": "stale"}
RECTIFICATION = {"open": "warn", "answered": "info", "closed": "ok", "failed": "late", "dropped": ""}


def quarter(span: Span) -> str:
    """A quarter: third quarter of 2026."""
    return words.quarter(span.first.quarter)


def state(kind: Mapping[str, str], row: Any) -> Any:
    """The state of a row as a chip."""
    return chip(kind[row.state], row.get_state_display())


def said(content: Content) -> str:
    """An answer in one line: outcome, reasons with their counts, where, note."""
    if content.outcome != "deducted":
        return " · ".join(filter(None, [str(OUTCOMES[content.outcome]), content.note]))
    found = "、".join(
        one.reason if one.count == 1 else f"{one.reason}×{one.count}" for one in content.findings
    )
    return " · ".join(filter(None, [found, "、".join(content.units), content.note]))


def rule(item: Item) -> str:
    """How findings cost points, in one sentence."""
    if item.rule == "each":
        return _("%(points)s points for each finding") % {"points": words.plain(item.each)}
    if item.rule == "all":
        return _("any finding costs all points")
    if item.rule == "steps":
        parts = [
            _("from %(n)d: %(points)s") % {"n": step.findings, "points": words.plain(step.points)}
            for step in item.steps
        ]
        return _("points lost by findings: %(steps)s") % {"steps": "；".join(parts)}
    if item.zero_below:
        return _("by the share that fails; below %(share)s %% nothing is left") % {
            "share": words.plain(item.zero_below)
        }
    return _("by the share that fails")
