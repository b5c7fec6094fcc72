"""What the pages of the usage log show."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.equipment import forms, use_tables
from alliance.equipment.models import Usage
from alliance.equipment.services.usage import may_void
from alliance.lib.identity import mask_name
from alliance.models import Membership
from alliance.web import parts, words


def page(use: Usage, by: Membership) -> dict[str, Any]:
    """Everything of the page of one use."""
    return {
        "title": f"{use.device.name} {words.moment(use.started_at)}", "use": use,
        "chip": use_tables.state_chip(use), "what": what(use), "sides": sides(use),
        "actions": actions(use, by), "history": parts.history(use),
    }  # fmt: skip


def what(use: Usage) -> list[parts.Fact]:
    """What was done, when, for whom, at what fee."""
    ended = timezone.localtime(use.ended_at).strftime("%H:%M")
    person = mask_name(use.person.name) if use.person else words.DASH
    return [
        parts.Fact(_("examination item"), use.item_name),
        parts.Fact(_("time"), f"{words.moment(use.started_at)}–{ended}"),
        parts.Fact(_("took"), _("%(n)d min") % {"n": use.minutes}),
        parts.Fact(_("patient"), person),
        parts.Fact(_("fee"), _("%(yuan)s yuan") % {"yuan": words.yuan(use.fee_fen)}),
        parts.Fact(_("result reference"), use.result_ref or words.DASH),
        parts.Fact(_("number in the log"), use.log_number or words.DASH),
    ]


def sides(use: Usage) -> list[parts.Fact]:
    """Who used, owned, read and confirmed."""
    booking = reverse("equipment-booking", args=[use.booking_id]) if use.booking_id else ""
    found = [
        parts.Fact(_("owner"), use.owner.short_name),
        parts.Fact(_("using institution"), use.institution.short_name),
        parts.Fact(_("reading institution"), use.reader.short_name if use.reader else words.DASH),
        parts.Fact(_("source"), str(use.get_source_display()), booking),
        parts.Fact(_("stated by"), f"{use.stated_by.user} · {use.stated_for.short_name}"),
    ]
    if use.confirmed_by is not None:
        by = f"{use.confirmed_by.user} · {words.moment(use.confirmed_at)}"
        found.append(parts.Fact(_("confirmed by"), by))
    if use.dispute:
        found.append(parts.Fact(_("what is wrong"), use.dispute))
    return found


def actions(use: Usage, by: Membership) -> list[parts.Action]:
    """Confirm or deny for the other side, take back for who stated it or owns the device."""
    found = []
    may = by.can("equipment.operate") or by.can("equipment.book")
    if use.awaits(by) and may:
        found.append(parts.Action(_("Confirm"), _url(use, "confirm"), "check", "primary", id="act-confirm"))
    if use.awaits(by) and may and use.state == Usage.State.STATED:
        found.append(_asking(use, "deny", _("Something is wrong…"), "flag"))
    if may_void(by, use) and use.state != Usage.State.VOID:
        found.append(_asking(use, "void", _("Take it back…"), "undo"))
    return found


def _asking(use: Usage, step: str, label: str, icon: str) -> parts.Action:
    form = forms.TextForm(auto_id=f"{step}-%s")
    return parts.Action(label, _url(use, step), icon, form=form, id=f"act-{step}")


def _url(use: Usage, step: str) -> str:
    return f"{reverse('equipment-use-act', args=[use.pk, step])}?version={use.version}"


def done(step: str) -> str:
    """The sentence after a step."""
    return {
        "confirm": _("Confirmed: the use counts."),
        "deny": _("The other side sees what is wrong."),
        "void": _("Taken back: the use no longer counts."),
    }[step]


def groups(by: Membership) -> list[dict[str, Any]]:
    """What waits for this member's side, by device and month, each with one button; one query."""
    rows = (
        use_tables.waiting_for(by)
        .filter(state=Usage.State.STATED)
        .values("device", "device__name", "month", "stated_for__short_name")
        .annotate(count=Count("pk"), fen=Sum("fee_fen"))
        .order_by("month", "device")
    )
    return [
        {
            "what": f"{row['device__name']} · {words.month(row['month'])}",
            "why": _("%(n)d uses stated by %(who)s, fees %(yuan)s yuan")
            % {"n": row["count"], "who": row["stated_for__short_name"], "yuan": words.yuan(row["fen"])},
            "url": f"{reverse('equipment-uses-confirm')}?{urlencode(_named(row))}",
        }
        for row in rows
    ]


def _named(row: Any) -> dict[str, str]:
    return {"device": str(row["device"]), "month": f"{row['month']:%Y-%m}"}
