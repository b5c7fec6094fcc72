"""Pairs with what differs between their documents, as one queryset that lists, filters and counts."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from grouping.models import GroupedCase, Pairing, Scheme

SIDES = ("page", "settlement")
KINDS = {
    "principal": gettext_lazy("principal diagnosis"),
    "diagnoses": gettext_lazy("other diagnoses"),
    "procedures": gettext_lazy("procedures"),
    "group": gettext_lazy("group"),
    "money": gettext_lazy("money"),
}
_CONDITIONS = {
    "principal": ~Q(page__diagnoses__0=F("settlement__diagnoses__0")),
    "diagnoses": ~Q(
        page__diagnoses__contains=F("settlement__diagnoses"),
        page__diagnoses__contained_by=F("settlement__diagnoses"),
    ),
    "procedures": ~Q(
        page__procedures__contains=F("settlement__procedures"),
        page__procedures__contained_by=F("settlement__procedures"),
    ),
    "group": ~Q(page_drg=F("list_drg")) & Q(page_drg__isnull=False, list_drg__isnull=False),
    "money": ~Q(page__total_fen=F("settlement__total_fen")),
}
DIFFERS = _CONDITIONS["principal"] | _CONDITIONS["diagnoses"] | _CONDITIONS["procedures"]
DIFFERS = DIFFERS | _CONDITIONS["group"] | _CONDITIONS["money"]
# Said, and neither document corrected since.
SETTLED = ~Q(verdict="") & Q(page_revision=F("page__revision"), list_revision=F("settlement__revision"))


def visible(membership: Membership) -> QuerySet[Pairing]:
    """Pairs of lists that stand, of the member's institution, or all."""
    found: QuerySet[Pairing] = Pairing.objects.filter(settlement__voided_at=None)
    own = membership.institution_id
    return found if own is None else found.filter(settlement__institution=own)


def with_groups(found: QuerySet[Pairing]) -> Any:
    """Annotate with the present group of both documents."""
    days = {f"{side}_day": TruncDate(f"{side}__discharged_at", tzinfo=SHANGHAI) for side in SIDES}
    return found.annotate(**days).annotate(page_drg=_group("page"), list_drg=_group("settlement"))


def _group(side: str) -> Subquery:
    begun = Scheme.objects.filter(from_date__lte=OuterRef(OuterRef(f"{side}_day")))
    in_force = begun.order_by("-from_date").values("pk")[:1]
    rows = GroupedCase.objects.filter(
        case=OuterRef(f"{side}_id"), revision=OuterRef(f"{side}__revision"), scheme=Subquery(in_force)
    )
    return Subquery(rows.values("drg")[:1])


def matched(found: Any) -> Any:
    """Pairs whose both documents stand."""
    return found.filter(page__isnull=False, page__voided_at=None)


def of_kind(found: Any, kind: str) -> Any:
    """Pairs that differ in one thing."""
    return found.filter(_CONDITIONS[kind]) if kind in _CONDITIONS else found


def kinds_of(pair: Any) -> list[str]:
    """In what a loaded, annotated pair differs."""
    page, other = pair.page, pair.settlement
    found = {
        "principal": page.diagnoses[:1] != other.diagnoses[:1],
        "diagnoses": set(page.diagnoses) != set(other.diagnoses),
        "procedures": set(page.procedures) != set(other.procedures),
        "group": None not in (pair.page_drg, pair.list_drg) and pair.page_drg != pair.list_drg,
        "money": page.total_fen != other.total_fen,
    }
    return [kind for kind, differs in found.items() if differs]


def settled(pair: Any) -> bool:
    """Whether something was said that still holds."""
    revisions = (pair.page_revision, pair.list_revision)
    return bool(pair.verdict) and revisions == (pair.page.revision, pair.settlement.revision)
