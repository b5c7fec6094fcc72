"""Requests to buy: asked with the evidence of the day, decided by a chain; none passes by itself.

Source: S3-40 (the top 30 % ranks the alliances of a city; inside an alliance utilisation and duplicates are
shown and people decide).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.equipment import facts
from alliance.equipment.models import CityRank, Device, PurchaseRequest
from alliance.equipment.services import rooms
from alliance.equipment.services.booking import own
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.lib.canonical import digest, to_plain
from alliance.lib.money import MOST_FEN
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.services import journal, parameters

KIND = "equipment.purchase"
CHAIN, TOP = "equipment.purchase_chain", "cp.equipment_top"
State = PurchaseRequest.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: an estimate in fen, uses expected a month, and why."""

    kind: str
    name: str
    estimate_fen: int
    uses_a_month: int
    reason: str
    department: Department | None = None
    shared: bool = True


@transaction.atomic
def ask(*, by: Membership, wanted: Wanted, now: datetime) -> PurchaseRequest:
    """Ask to buy, and put it before the chain `equipment.purchase_chain` names.

    Raises EquipmentRefused (kind, request_reason, estimate, department, no_institution), and what
    approvals refuse.
    """
    if not by.can("equipment.request"):
        raise PermissionDenied(_("Your role does not ask for purchases."))
    place, today = own(by), rooms.day_of(now)
    _check(wanted, place)
    made: PurchaseRequest = PurchaseRequest.objects.create(
        institution=place, department=wanted.department, kind=wanted.kind, name=wanted.name.strip(),
        estimate_fen=wanted.estimate_fen, uses_a_month=wanted.uses_a_month, reason=wanted.reason.strip(),
        shared=wanted.shared, evidence=evidence(wanted.kind, today), asked_by=by, asked_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="equipment.purchase_asked", about=made, kind=wanted.kind)
    chain = chains.in_force(str(parameters.in_force(CHAIN, on=today)), on=today, kind=KIND)
    approvals.propose(
        by=by, kind=KIND, about=made, chain=chain, digest=content_digest(made), institution=place
    )
    return made


def decided(approval: Approval, by: Membership) -> None:
    """The chain has decided, or the request was taken back."""
    found = PurchaseRequest.objects.get(pk=approval.about_id)
    name = {Approval.State.APPROVED: "approve", Approval.State.DECLINED: "decline"}.get(
        Approval.State(approval.state), "withdraw"
    )
    before = found.state
    getattr(found, name)()
    PurchaseRequest.objects.claim(found.pk, expect={"state": before}, change={"state": found.state})
    journal.step(by=by, about=found, name=name, before=before, after=found.state)
    journal.write(by=by, verb=f"equipment.purchase_{found.state}", about=found)


def content_digest(request: PurchaseRequest) -> str:
    """What deciders saw: the request with its evidence."""
    names = ("kind", "name", "estimate_fen", "uses_a_month", "reason", "shared", "evidence")
    return digest({"institution": request.institution_id, **{name: getattr(request, name) for name in names}})


def evidence(kind: str, today: date) -> dict[str, Any]:
    """What stands beside a request: devices of the kind with last month's use, duplicates, rank.

    Shares are text with four decimals, or null where nothing was open.
    """
    month = Month.of(today).previous()
    devices = facts.device_facts(month)
    double, places = facts.duplicates(devices), dict(Institution.objects.values_list("pk", "short_name"))
    same = [
        {
            "id": one.device_id, "name": one.name, "institution": places[one.institution_id],
            "utilisation": _text(one.utilisation), "shared": one.shared, "duplicate": one.device_id in double,
            "uses": len(one.use_ids),
        }
        for one in devices
        if one.kind == kind
    ]  # fmt: skip
    found: Any = to_plain({"month": str(month), "devices": same, "rank": rank(today)})
    return dict(found)


def rank(today: date) -> dict[str, Any] | None:
    """The last published rank in the city and the share that has priority there; None without one."""
    row = CityRank.objects.filter(year__lte=today.year).order_by("-year").first()
    if row is None:
        return None
    top = parameters.in_force(TOP, on=today)
    return {
        "year": row.year, "rank": row.rank, "alliances": row.alliances, "top_percent": str(top),
        "within": row.rank * 100 <= row.alliances * int(str(top)), "document": row.document,
    }  # fmt: skip


def _check(wanted: Wanted, place: Institution) -> None:
    if wanted.kind not in Device.Kind.values:
        raise EquipmentRefused("kind")
    if not wanted.reason.strip() or not wanted.name.strip():
        raise EquipmentRefused("request_reason")
    if not 0 < wanted.estimate_fen <= MOST_FEN:
        raise EquipmentRefused("estimate")
    if wanted.department is not None and wanted.department.institution_id != place.pk:
        raise EquipmentRefused("department")


def _text(share: Any) -> str | None:
    return None if share is None else str(round(Decimal(share.numerator) / Decimal(share.denominator), 4))
