"""A version that shall take force as its deciders read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.web import words
from alliance.web.parts import Fact
from grouping.models import SchemeVersion
from grouping.services import release, schemes


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        release.KIND, name=gettext_lazy("Put a grouping scheme in force"), digest=_digest, summary=_summary
    )
    registry.on_decided(release.KIND, release.decided)


def _digest(approval: Any) -> str:
    version = SchemeVersion.objects.get(pk=approval.about_id)
    return release.content_digest(version, approval.terms["from_date"])


def _summary(approval: Any) -> registry.Summary:
    version = SchemeVersion.objects.select_related("base", "upload").get(pk=approval.about_id)
    try:
        before = str(schemes.in_force(date.fromisoformat(approval.terms["from_date"])))
    except schemes.NoScheme:
        before = words.DASH
    facts = [
        Fact(_("scheme"), str(version)),
        Fact(_("code"), version.code),
        Fact(_("in force from"), approval.terms["from_date"]),
        Fact(_("in force on that day now"), before),
        Fact(_("warnings"), words.num(version.warnings)),
        Fact(_("digest"), version.digest[:16]),
        Fact(_("after that"), _("discharges from this day on are grouped by it, stored ones again")),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": facts}, reverse("scheme-version", args=[version.pk])
    )
