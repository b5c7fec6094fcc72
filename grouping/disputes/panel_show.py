"""What the page of a dispute shows of its panel, and to whom."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.roles import roles
from alliance.web import parts
from grouping.disputes import forms
from grouping.disputes.awaiting import awaited
from grouping.disputes.panel import OPINE, TAKEN
from grouping.disputes.services import DECIDE
from grouping.models import Dispute, DisputeExpert

OPEN_TO_ALL = (Dispute.State.ANSWERED, Dispute.State.SETTLED)


def panel(row: Dispute, membership: Membership) -> dict[str, Any]:
    """Experts and opinions: with names for who decides and for the experts; without them for who raised it,
    once it is answered.
    """
    head = row.head
    found = DisputeExpert.objects.filter(dispute=head).select_related("member__user")
    experts = list(found.prefetch_related("opinions"))
    decides = membership.can(DECIDE)
    mine = next((one for one in experts if one.member_id == membership.pk), None)
    named = decides or mine is not None
    shown = named or head.state in OPEN_TO_ALL
    return {
        "experts": [_expert(one, named) for one in experts] if shown else [],
        "awaited": awaited(row, membership, experts), "owed": head.opinions_due,
        "panel_acts": _acts(row, membership, experts, mine),
    }  # fmt: skip


def _expert(row: DisputeExpert, named: bool) -> dict[str, Any]:
    opinion = next(iter(row.opinions.all()), None)
    name = f"{row.get_kind_display()} · {row.member.user}" if named else str(row.get_kind_display())
    return {"name": name, "opinion": opinion, "row": row}


def _acts(
    row: Dispute, membership: Membership, experts: list[DisputeExpert], mine: DisputeExpert | None
) -> list[parts.Action]:
    if row.state not in TAKEN:
        return []
    acts = []
    if mine and mine.recused_at is None and not mine.opinions.all():
        url = reverse("dispute-panel", args=[row.pk, "give"])
        acts.append(parts.Action(
            _("Give my opinion"), url, "msg", "primary", form=forms.OpinionForm(), id="panel-give"
        ))  # fmt: skip
        url = reverse("dispute-panel", args=[row.pk, "back"])
        acts.append(parts.Action(_("Stand back"), url, "x", form=forms.BackForm(), id="panel-back"))
    if membership.can(DECIDE):
        members = candidates(row, {one.member_id for one in experts})
        form = forms.ExpertForm(members=members)
        url = reverse("dispute-panel", args=[row.pk, "ask"])
        acts.append(parts.Action(_("Ask an expert"), url, "users", form=form, id="panel-ask"))
    return acts


def candidates(row: Dispute, asked: set[int]) -> QuerySet[Membership]:
    """Members who may give opinions, are not asked yet and not of the institution it came from."""
    able = [role.code for role in roles().values() if OPINE in role.may]
    found = Membership.objects.living().filter(roles__overlap=able).exclude(pk__in=asked)
    if row.institution_id:
        found = found.exclude(institution=row.institution_id)
    rows: QuerySet[Membership] = found.order_by("user__name", "pk")
    return rows
