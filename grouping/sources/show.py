"""What the pages of a data source show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from alliance.models import Institution, Membership
from grouping.models import CaseFile, Source, SourceVersion


def visible(membership: Membership) -> QuerySet[Source]:
    """Sources of the member's institution, or all for who stands for the whole alliance."""
    found: QuerySet[Source] = Source.objects.select_related("institution")
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


def with_settings(found: QuerySet[Source], on: date) -> Any:
    """Annotate with edition and first day of the settings in force, and the last delivery."""
    current = SourceVersion.objects.filter(source=OuterRef("pk"), from_date__lte=on)
    current = current.order_by("-from_date", "-number")
    return found.annotate(
        edition=Subquery(current.values("edition")[:1]), since=Subquery(current.values("from_date")[:1]),
        last=Max("versions__files__received_at"),
    )  # fmt: skip


def versions(source: Source) -> list[SourceVersion]:
    """All settings it ever had, the newest on top."""
    return list(source.versions.select_related("entered_by__user").order_by("-number"))


def deliveries(source: Source) -> list[CaseFile]:
    """Its ten last files."""
    found = CaseFile.objects.filter(source__source=source).select_related("attachment", "source", "job")
    return list(found.order_by("-pk")[:10])


def organisations_text(kept: Mapping[str, str], institutions: QuerySet[Institution]) -> str:
    """Kept pairs as they are typed: text = code of the institution."""
    codes = {place.organisation: place.code for place in institutions}
    return "\n".join(
        f"{text} = {codes.get(organisation, organisation)}" for text, organisation in kept.items()
    )
