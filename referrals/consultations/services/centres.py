"""Shared centres: departments of medical technology that read or test for others (S2-58)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from alliance.models import Department, Membership
from alliance.services import journal
from referrals.consultations.models import Centre, Kind
from referrals.consultations.services.asking import require
from referrals.consultations.services.refusals import ConsultationRefused


@transaction.atomic
def register(
    *, by: Membership, department: Department, kinds: Sequence[str], is_active: bool = True
) -> Centre:
    """Let a department serve others, or change what it serves. Open orders stay where they are.

    Raises PermissionDenied and ConsultationRefused (centre_kind, centre_serves).
    """
    require(by, "centre.change")
    if department.kind != Department.Kind.TECHNOLOGY:
        raise ConsultationRefused("centre_kind")
    served = [kind for kind in Kind.values if kind in set(kinds) and kind != Kind.CONSULTATION]
    if not served:
        raise ConsultationRefused("centre_serves")
    centre, made = Centre.objects.update_or_create(
        department=department,
        defaults={"kinds": served, "is_active": is_active},
        create_defaults={"kinds": served, "is_active": is_active, "registered_by": by},
    )
    journal.write(
        by=by, verb="centre.registered" if made else "centre.changed", about=centre, kinds=served,
        is_active=is_active,
    )  # fmt: skip
    return centre
