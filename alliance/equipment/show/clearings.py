"""What the pages of the clearing show: nets between institutions, lines, the statement on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.approvals.models import Approval
from alliance.equipment.clearing_tables import explained, state_chip
from alliance.equipment.models import Clearing, ClearingLine, Usage
from alliance.equipment.services import clearing as services
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts, words

MONTHS_OFFERED = 6


@dataclass(frozen=True)
class Pair:
    """What is left between two institutions, with where the statements of both open."""

    payer: Institution
    payee: Institution
    fen: int
    owed: int
    back: int
    payer_url: str
    payee_url: str


def may_clear(by: Membership) -> bool:
    """Whether the member makes clearings: the alliance's office."""
    return by.institution_id is None and by.can("equipment.clear")


def months(by: Membership) -> list[str]:
    """The months a clearing can be made for: those with confirmed uses, latest first."""
    if not may_clear(by):
        return []
    days = Usage.objects.counted().order_by("-month").values_list("month", flat=True).distinct()
    return [str(Month.of(day)) for day in days[:MONTHS_OFFERED]]


def lines_of(clearing: Clearing, by: Membership) -> QuerySet[ClearingLine]:
    """The lines a member may know: all for the whole alliance, else those of the own institution."""
    rows: QuerySet[ClearingLine] = clearing.lines.select_related("payer", "payee", "device").order_by(
        "number"
    )
    here = by.institution_id
    return rows if here is None else rows.filter(Q(payer=here) | Q(payee=here))


def page(clearing: Clearing, by: Membership) -> dict[str, Any]:
    """Everything of the page of a clearing."""
    pairs = pairs_of(clearing, by)
    return {
        "title": _("Clearing of equipment %(month)s") % {"month": words.month(clearing.month)},
        "clearing": clearing, "chip": state_chip(clearing), "pairs": pairs, "actions": actions(clearing, by),
        "total": sum(pair.fen for pair in pairs), "own": by.institution, "waiting": waiting(clearing, by),
    }  # fmt: skip


def pairs_of(clearing: Clearing, by: Membership) -> list[Pair]:
    """What is left between each two institutions, as far as the member may know."""
    places = {place.code: place for place in Institution.objects.all()}
    found = [
        Pair(
            places[one.payer], places[one.payee], one.fen, one.owed, one.back,
            _statement_url(clearing, one.payer), _statement_url(clearing, one.payee),
        )
        for one in services.nets_of(clearing)
    ]  # fmt: skip
    return [pair for pair in found if by.sees(pair.payer.pk) or by.sees(pair.payee.pk)]


def _statement_url(clearing: Clearing, code: str) -> str:
    return reverse("equipment-statement", args=[clearing.pk, code])


def actions(clearing: Clearing, by: Membership) -> list[parts.Action]:
    """Propose or discard, while it is a draft."""
    if clearing.state != Clearing.State.DRAFT or not may_clear(by):
        return []
    return [
        parts.Action(
            _("Propose for posting"), _act_url(clearing, "propose"), "send", "primary", id="act-propose"
        ),
        parts.Action(_("Discard the draft"), _act_url(clearing, "discard"), "x", id="act-discard"),
    ]


def _act_url(clearing: Clearing, step: str) -> str:
    return reverse("equipment-clearing-act", args=[clearing.pk, step])


def waiting(clearing: Clearing, by: Membership) -> str:
    """Where the open proposal of a clearing is decided."""
    if by.institution_id is not None or not by.can("approval.view"):
        return ""
    open_one = Approval.objects.filter(
        kind=services.KIND, about_id=clearing.pk, state=Approval.State.OPEN
    ).first()
    return reverse("approval", args=[open_one.pk]) if open_one else ""


def statement(clearing: Clearing, place: Institution) -> dict[str, Any]:
    """The statement of one institution: each partner with its lines, what is left, and the total."""
    lines = list(
        clearing.lines.filter(Q(payer=place) | Q(payee=place))
        .select_related("payer", "payee", "device")
        .order_by("number")
    )
    partners: dict[Institution, list[ClearingLine]] = {}
    for line in lines:
        partners.setdefault(line.payee if line.payer_id == place.pk else line.payer, []).append(line)
    blocks = [_block(place, partner, mine) for partner, mine in partners.items()]
    return {
        "title": _("Statement %(month)s, %(who)s")
        % {"month": words.month(clearing.month), "who": place.short_name},
        "clearing": clearing, "place": place,
        "blocks": sorted(blocks, key=lambda block: block["partner"].code),
        "total": sum(block["fen"] for block in blocks), "printed": timezone.localdate(),
    }  # fmt: skip


def _block(place: Institution, partner: Institution, lines: list[ClearingLine]) -> dict[str, Any]:
    signed = [(line.fen if line.payee_id == place.pk else -line.fen) for line in lines]
    rows = [
        {"line": line, "fen": fen, "how": explained(line)} for line, fen in zip(lines, signed, strict=True)
    ]
    return {"partner": partner, "rows": rows, "fen": sum(signed)}
