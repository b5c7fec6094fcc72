"""A DIP catalogue that shall take force as its deciders read it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from grouping.dip import show
from grouping.models import DipCatalogue
from grouping.services import dip
from grouping.versions import impact


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        dip.KIND, name=gettext_lazy("Put a DIP catalogue in force"),
        digest=lambda approval: dip.content_digest(_row(approval)), summary=_summary,
        title=lambda said: _("%(scheme)s from %(day)s") % {"scheme": said["name"], "day": said["from_date"]},
    )  # fmt: skip
    registry.on_decided(dip.KIND, dip.decided)


def _row(approval: Any) -> DipCatalogue:
    found: DipCatalogue = DipCatalogue.objects.select_related("made_by__user").get(pk=approval.about_id)
    return found


def _summary(approval: Any) -> registry.Summary:
    row = _row(approval)
    context = {
        "facts": [*show.facts(row), *impact.confirmed(approval)], "difference": show.difference(row),
    }  # fmt: skip
    return registry.Summary("grouping/dip/_approval.html", context, reverse("dip-catalogue", args=[row.pk]))
