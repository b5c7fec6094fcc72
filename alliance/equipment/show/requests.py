"""What the pages of purchase requests show: the request, and what stands beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.approvals.models import Approval
from alliance.equipment.models import PurchaseRequest
from alliance.equipment.services import purchases
from alliance.equipment.tables import chip
from alliance.models import Membership
from alliance.web import parts, words

CHIPS = {
    "submitted": ("warn", "clock"), "approved": ("ok", "check"), "declined": ("late", "x"),
    "withdrawn": ("", "undo"),
}  # fmt: skip


def state_chip(request: PurchaseRequest) -> SafeString:
    """The state of a request."""
    kind, icon = CHIPS[request.state]
    return chip(kind, str(request.get_state_display()), icon)


def page(request: PurchaseRequest, by: Membership) -> dict[str, Any]:
    """Everything of the page of a request."""
    approval = Approval.objects.filter(kind=purchases.KIND, about_id=request.pk).order_by("-pk").first()
    may = approval is not None and by.can("approval.view")
    return {
        "title": str(request), "purchase": request, "chip": state_chip(request), "what": what(request),
        "month": request.evidence.get("month"), "devices": devices(request), "rank": rank_words(request),
        "history": parts.history(request),
        "approval_url": reverse("approval", args=[approval.pk]) if may and approval is not None else "",
    }  # fmt: skip


def what(request: PurchaseRequest) -> list[parts.Fact]:
    """What is asked for and why."""
    return [
        parts.Fact(_("institution"), request.institution.short_name),
        parts.Fact(_("department"), str(request.department or words.DASH)),
        parts.Fact(_("kind of equipment"), str(request.get_kind_display())),
        parts.Fact(_("device wanted"), request.name),
        parts.Fact(_("estimated cost (yuan)"), words.yuan(request.estimate_fen)),
        parts.Fact(_("uses expected a month"), words.num(request.uses_a_month)),
        parts.Fact(_("open to other members"), _("yes") if request.shared else _("no")),
        parts.Fact(_("why it is needed"), request.reason),
    ]


def devices(request: PurchaseRequest) -> list[dict[str, Any]]:
    """Devices of the kind in the alliance as they stood when the request was made."""
    return [
        {**one, "share": None if one["utilisation"] is None else Decimal(one["utilisation"])}
        for one in request.evidence.get("devices", [])
    ]


def beside(request: PurchaseRequest) -> list[parts.Fact]:
    """The evidence in a few lines, for who decides."""
    found = [
        parts.Fact(
            f"{one['institution']} {one['name']}",
            _("utilisation %(share)s") % {"share": words.pct(one["share"])},
        )
        for one in devices(request)
    ]
    found = found or [parts.Fact(_("devices of this kind"), _("none in the alliance"))]
    return [*found, parts.Fact(_("rank in the city"), rank_words(request))]


def rank_words(request: PurchaseRequest) -> str:
    """The alliance's rank among those of the city; the share with priority is the city's rule, not ours."""
    rank = request.evidence.get("rank")
    if not rank:
        return _("not published, or not imported yet")
    text = _("%(rank)s of %(all)s in %(year)s") % {
        "rank": rank["rank"], "all": rank["alliances"], "year": rank["year"]
    }  # fmt: skip
    inside = (
        _("within the first %(top)s%%: the city decides first")
        if rank["within"]
        else _("outside the first %(top)s%%")
    )
    return f"{text} · {inside % {'top': rank['top_percent']}}"
