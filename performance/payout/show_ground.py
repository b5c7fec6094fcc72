"""What stands beneath paying out: bank accounts, legal entities, templates, the map of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership, Staff
from alliance.web import parts
from performance.decided.forms import AsideForm
from performance.engine.payout.layouts import Layout
from performance.models import PayoutAccount, PayoutEntity, PayoutMap, PayoutSheet, PayoutTemplate
from performance.models.payout import CHECK, RUN
from performance.payout import words
from performance.payout.services import accounts, ground, returned
from performance.payout.show import does, tabs


def account_page(staff: Staff, membership: Membership, form: Any, declining: Any = None) -> dict[str, Any]:
    """A person's account with its history: masked; form, confirming, noticing for whom it is. `declining`:
    the reason as it was typed and refused.
    """
    rows = PayoutAccount.objects.filter(staff=staff).defer("number").select_related(
        "staff", "entered_by__user", "confirmed_by__user", "declined_by__user"
    ).order_by("-revision")  # fmt: skip
    found, counts, banks = list(rows), None, accounts.banks()
    for row in found:
        row.bank_name = accounts.bank_name(row.bank, banks)
        counts = counts or (row if row.confirmed_at else None)
    own = staff.user_id is not None and staff.user_id == membership.user_id
    checks = does(membership, CHECK) and not own
    unseen = counts is not None and counts.seen_at is None
    came_back = returned.said([staff.pk]).get(counts.pk) if counts is not None else None
    waiting = next((row for row in found if row.confirmed_at is None and row.declined_at is None), None)
    return {
        "title": _("My bank account") if own else _("Bank account of %(name)s") % {"name": staff.name},
        "came_back": came_back,
        "staff": staff, "rows": found, "counts": counts, "waiting": waiting, "own": own,
        "actions": deciding(
            declining, reverse("payout-account-act", args=[waiting.pk, "confirm"]),
            reverse("payout-account-act", args=[waiting.pk, "decline"]), _("Confirm"), _("Decline"),
        ) if checks and waiting is not None and not_mine(waiting, membership) else [],
        "unseen": counts if own and unseen and came_back is None else None,
        "declined": next((row for row in found[:1] if own and row.declined_at and row.seen_at is None), None),
        "form": form if waiting is None and (own or does(membership, RUN)) else None,
        "rooms": tabs("payout-accounts", membership),
    }  # fmt: skip


def deciding(form: Any, confirm: str, decline: str, yes: str, no: str) -> list[parts.Action]:
    """Confirm what waits, or decline it with a reason: the addresses and words of both buttons."""
    asked = form or AsideForm(auto_id="decline-%s")
    return [parts.Action(yes, confirm, "check", "primary"), parts.Action(no, decline, "x", form=asked)]


def sheets(membership: Membership) -> list[PayoutSheet]:
    """Sheets of accounts of which some wait (`waits`), for who may confirm; one query."""
    if not does(membership, CHECK):
        return []
    open_ = Q(accounts__confirmed_at=None, accounts__declined_at=None)
    rows = PayoutSheet.objects.annotate(waits=Count("accounts", filter=open_)).filter(waits__gt=0)
    return list(rows.select_related("by__user").order_by("-pk"))


def ground_page(membership: Membership) -> dict[str, Any]:
    """Legal entities, templates, account maps, the newest first, and what waits for a second person."""
    named = ("entered_by__user", "confirmed_by__user")
    banks = accounts.banks()
    entities = PayoutEntity.objects.defer("number").select_related("institution", *named)
    return {
        "title": _("Entities, templates, account map"), "rooms": tabs("payout-ground", membership),
        "runs": does(membership, RUN),
        "adopts": does(membership, RUN) and not PayoutTemplate.objects.exists(),
        "entities": [
            (row, accounts.bank_name(row.bank, banks), confirms(row, membership)) for row in entities
        ],
        "templates": [
            (row, template_facts(ground.layout_of(row)), confirms(row, membership))
            for row in PayoutTemplate.objects.select_related(*named)
        ],
        "maps": [
            (row, map_rows(row), confirms(row, membership))
            for row in PayoutMap.objects.select_related(*named)
        ],
    }  # fmt: skip


def not_mine(row: Any, membership: Membership) -> bool:
    """Whether somebody else has entered it."""
    return bool(row.entered_by.user_id != membership.user_id)


def confirms(row: Any, membership: Membership) -> bool:
    """Whether this member is the second person."""
    waits = row.confirmed_at is None and not_mine(row, membership)
    return bool(waits and does(membership, CHECK))


def template_facts(layout: Layout) -> list[parts.Fact]:
    """A template in words."""
    found = [
        parts.Fact(_("file type"), layout.file if layout.file == "xlsx" else f"csv, {layout.encoding}"),
        parts.Fact(_("columns"), "、".join(head for head, _field in layout.columns)),
    ]
    if layout.answer:
        found += [
            parts.Fact(_("answer of the bank"), "、".join(head for _field, head in layout.answer)),
            parts.Fact(_("words for paid"), "、".join(layout.paid)),
            parts.Fact(_("words for returned"), "、".join(layout.returned)),
        ]
    return found


def map_rows(row: PayoutMap) -> Sequence[tuple[str, str, str]]:
    """Each flow with its debit and its credit."""
    return [
        (str(words.FLOWS[flow]), " ".join(row.body[flow]["debit"]), " ".join(row.body[flow]["credit"]))
        for flow in ground.FLOWS
    ]


def people(membership: Membership) -> QuerySet[Any]:
    """Staff whose account a member may open: everybody for the office, else oneself (second wall)."""
    rows: QuerySet[Any] = Staff.objects.select_related("institution")
    return rows if membership.institution_id is None else rows.filter(Q(user=membership.user_id))
