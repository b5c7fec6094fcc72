"""Performance-pay bases: dated, never overwritten (house.md, pool share = score x dated basis)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.models import Basis
from performance.services.refusals import MoneyRefused
from performance.services.rights import require


@transaction.atomic
def set_basis(*, by: Membership, institution: Institution, fen: int, from_month: Month, source: str) -> Basis:
    """Let a base (fen) hold from a month on; an entry for the same month replaces the one before.

    Raises PermissionDenied, MoneyRefused (negative, source, institution).
    """
    require(by, "month.propose")
    if fen < 0:
        raise MoneyRefused("negative")
    if not source.strip():
        raise MoneyRefused("source")
    if institution.kind == Institution.Kind.VILLAGE:
        raise MoneyRefused("institution", institution=institution.short_name)
    first = from_month.first_day
    earlier = Basis.objects.filter(institution=institution, from_date=first).aggregate(last=Max("revision"))
    row = Basis.objects.create(
        institution=institution, from_date=first, revision=(earlier["last"] or 0) + 1, fen=fen,
        source=source.strip(), entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="basis.entered", about=row, fen=fen, month=str(from_month))
    return row


def in_force(month: Month) -> list[Basis]:
    """The base of each active institution that holds in a month, by code; none for whom none was decided."""
    rows = Basis.objects.filter(from_date__lte=month.first_day, institution__is_active=True)
    latest = rows.order_by("institution_id", "-from_date", "-revision").distinct("institution_id")
    return sorted(latest.select_related("institution"), key=lambda row: str(row.institution.code))


def history(institution_id: int, through: Month) -> list[Basis]:
    """All bases of an institution up to a month, the one in force first."""
    rows = Basis.objects.filter(institution=institution_id, from_date__lte=through.first_day)
    return list(rows.select_related("entered_by__user").order_by("-from_date", "-revision"))
