"""A tariff sheet that shall take force as its deciders read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.web.parts import Fact
from grouping.models import TariffSheet
from grouping.services import tariff
from grouping.tariffs import words
from grouping.tariffs.views import beside
from grouping.versions import impact


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        tariff.KIND, name=gettext_lazy("Put rates or coefficients in force"), digest=_digest,
        summary=_summary, title=_title,
    )  # fmt: skip
    registry.on_decided(tariff.KIND, tariff.decided)


def _title(said: Mapping[str, Any]) -> str:
    return words.sheet(said["kind"], said["from_date"])


def _digest(approval: Any) -> str:
    return tariff.content_digest(TariffSheet.objects.get(pk=approval.about_id))


def _summary(approval: Any) -> registry.Summary:
    sheet = TariffSheet.objects.get(pk=approval.about_id)
    facts = [
        Fact(_("kind"), str(sheet.get_kind_display())),
        Fact(_("in force from"), sheet.from_date.isoformat()),
        Fact(_("decided by"), sheet.decided_by),
        Fact(_("document number"), sheet.source or "—"),
        *impact.confirmed(approval),
        *(Fact(f"{row.key} {row.terms}".strip(), f"{row.before} → {row.value}") for row in beside(sheet)),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": facts}, reverse("tariff-sheet", args=[sheet.pk])
    )
