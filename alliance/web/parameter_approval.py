"""A proposed parameter as its deciders read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.services import parameter_proposals as proposals
from alliance.services import parameters
from alliance.web import parameter_values
from alliance.web.parameter_pages import level_name
from alliance.web.parts import Fact


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        proposals.KIND,
        name=gettext_lazy("A new value of a parameter"),
        digest=lambda approval: proposals.content_digest(approval.terms),
        summary=_summary,
        title=_title,
    )
    registry.on_decided(proposals.KIND, proposals.decided)


def _title(said: Mapping[str, Any]) -> str:
    entry = parameters.registered().get(said["key"])  # an older register may have had it
    name = parameter_values.label(entry) if entry is not None else said["key"]
    return _("%(parameter)s from %(day)s") % {"parameter": name, "day": said["from_date"]}


def _summary(approval: Any) -> registry.Summary:
    terms = approval.terms
    entry = parameters.registered()[terms["key"]]
    held = [row for row in proposals.values_of(entry.key) if row.level in ("", terms["level"])]
    before = [row for row in held if row.from_date.isoformat() < terms["from_date"]]
    facts = [
        Fact(_("parameter"), f"{parameter_values.label(entry)} ({entry.key})"),
        Fact(_("new value"), parameter_values.text(entry.shape, terms["value"])),
        Fact(_("value before"), parameter_values.text(entry.shape, before[-1].value) if before else "—"),
        Fact(_("unit"), parameter_values.unit(entry)),
        Fact(_("level or kind"), level_name(terms["level"])),
        Fact(_("holds from"), terms["from_date"]),
        Fact(_("decided by"), terms["decided_by"]),
        Fact(_("source"), terms["source"]),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": facts}, reverse("parameter", args=[entry.key])
    )
