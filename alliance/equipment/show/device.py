"""The page of one device: calendar, booking form, waiting list, outages, what it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.equipment.models import Device, ExamItem, Outage, Waiting
from alliance.equipment.services import rooms, settling, waiting
from alliance.equipment.show.calendar import Calendar, Look, day_words
from alliance.equipment.show.clock import opening_words
from alliance.equipment.show.week import Week, week_of
from alliance.lib.identity import mask_name
from alliance.lib.money import split_pool
from alliance.models import Membership
from alliance.web import parts, words

QUEUE_SHOWN = 5
AHEAD_SHOWN = 5
NAMED = ("institution", "item", "person", "device")


def page(
    device: Device, by: Membership, look: Look, now: datetime, form: Any = None, *, bookable: bool
) -> dict[str, Any]:
    """Everything of the calendar page; the number of queries is the same for any number of bookings."""
    items = list(device.items.filter(is_active=True))
    week = week_of(device, look.day, now, look.item, items)
    calendar = Calendar(week, by, look, bookable=bookable)
    today = rooms.day_of(now)
    owner = device.is_owned_by(by)
    return {
        "title": device.name, "device": device, "look": look, "items": items,
        "heads": calendar.heads(today), "rows": calendar.rows(), "list": calendar.list_of(look.day),
        "day_words": day_words(look.day), "ways": ways(device, look, week, today),
        "legend": by.institution_id,
        "form": form, "bookable": bookable, "queue": queue(device, by, now),
        "run_out": run_out(device, by, now),
        "fees": fees(device, by, look.item, today) if form is not None else [],
        "queue_length": _waiting(device, now).count(), "out": outages(device, now),
        "card": card(device), "is_owner": owner, "may_manage": owner and by.can("equipment.manage"),
        "may_operate": by.institution_id == device.institution_id and by.can("equipment.operate"),
        "facts": facts(week),
    }  # fmt: skip


def facts(week: Week) -> str:
    """One line: how much of the week is taken, and by others."""
    text = _("%(used)s of the week is booked") % {"used": words.pct(week.utilisation)}
    if week.others is None:
        return text
    return f"{text} · {_('%(share)s of it by other institutions') % {'share': words.pct(week.others)}}"


def ways(device: Device, look: Look, week: Week, today: date) -> dict[str, str]:
    """Addresses of the weeks and days before, now and after."""

    def to(day: date) -> str:
        return look.link(device, day=day.isoformat())

    week_long, day_long = timedelta(days=7), timedelta(days=1)
    last = week.days[-1] if week.days else week.all_days[-1]
    return {
        "before": to(look.day - week_long), "after": to(look.day + week_long),
        "today": to(device.open_hours.next_open(today)),
        "yesterday": to(look.day - day_long), "tomorrow": to(look.day + day_long),
        "span": f"{words.day(week.monday)} – {words.day(last)}",
    }  # fmt: skip


def fees(device: Device, by: Membership, item: ExamItem | None, day: date) -> list[parts.Fact]:
    """What the examination costs, how long it takes, and how the fee is divided on the day."""
    if item is None:
        return []
    found = [
        parts.Fact(_("takes"), _("%(n)d min") % {"n": item.minutes}),
        parts.Fact(_("fee"), _("%(yuan)s yuan") % {"yuan": words.yuan(item.fee_fen)}),
    ]
    shares = settling.shares_on(device, day)
    if by.institution is None or by.institution_id == device.institution_id or not item.fee_fen:
        return found
    if shares is None:
        return [*found, parts.Fact(_("divided"), _("cost by hours used"))]
    weights = {"owner": shares.owner + shares.reader, "user": shares.user}
    names = {"owner": device.institution.short_name, "user": by.institution.short_name}
    return found + [
        parts.Fact(f"{names[one.code]} {words.num(one.weight)}%", words.yuan(one.fen))
        for one in split_pool(item.fee_fen, weights).parts
    ]


def card(device: Device) -> list[parts.Fact]:
    """What everybody may know of a device."""
    department = str(device.department or "")
    place = " ".join(filter(None, (device.institution.short_name, department, device.room)))
    found = [
        parts.Fact(_("kind"), str(device.get_kind_display())),
        parts.Fact(_("where"), place),
        parts.Fact(_("runs"), opening_words(device.open_hours)),
    ]
    if device.brand or device.model:
        found.append(parts.Fact(_("brand and type"), f"{device.brand} {device.model}".strip()))
    if device.skill:
        found.append(parts.Fact(_("qualification needed"), str(device.get_skill_display())))
    found.append(parts.Fact(_("operated by"), str(device.get_operated_by_display())))
    return found


def queue(device: Device, by: Membership, now: datetime) -> list[dict[str, Any]]:
    """The first places of the waiting list; patients by name only for their own institution and the owner."""
    rows = _waiting(device, now).select_related(*NAMED).order_by("pk")[:QUEUE_SHOWN]
    told = _("No. %(number)d, %(who)s")
    return [
        _place(told % {"number": number, "who": row.institution.short_name}, row, by)
        for number, row in enumerate(rows, start=1)
    ]


def run_out(device: Device, by: Membership, now: datetime) -> list[dict[str, Any]]:
    """Places of the member's institution whose time has passed without a slot, the oldest first."""
    if by.institution_id is None:
        return []
    rows = Waiting.objects.filter(waiting.run_out(now), device=device, institution=by.institution_id)
    found = rows.select_related(*NAMED).order_by("latest", "pk")[:QUEUE_SHOWN]
    return [_place(_("No slot became free"), row, by) for row in found]


def _place(what: str, row: Waiting, by: Membership) -> dict[str, Any]:
    ours = by.institution_id in (row.institution_id, row.device.institution_id)
    return {
        "what": what,
        "who": mask_name(row.person.name) if ours else "",
        "why": f"{row.item.name} · {words.moment(row.earliest)} – {words.moment(row.latest)}",
        "leave": reverse("equipment-wait-leave", args=[row.pk]) if ours and by.can("equipment.book") else "",
    }  # fmt: skip


def _waiting(device: Device, now: datetime) -> Any:
    return Waiting.objects.filter(waiting.standing(now), device=device)


def outages(device: Device, now: datetime) -> list[Outage]:
    """Outages that last or are still to come."""
    rows = Outage.objects.filter(device=device, lifted_at=None, ends_at__gt=now).order_by("starts_at")
    return list(rows[:AHEAD_SHOWN])
