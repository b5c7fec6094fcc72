"""What the pages of bookings show: one booking, its chain, its buttons; and the pages of its steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.equipment import forms, tables
from alliance.equipment.models import Booking, Usage
from alliance.equipment.services.steps import CancelReason
from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Institution, Membership
from alliance.web import parts, words


def page(booking: Booking, by: Membership) -> dict[str, Any]:
    """Everything of the page of a booking; the patient in full only for the two sides."""
    return {
        "title": title(booking), "booking": booking, "chip": tables.state_chip(booking),
        "patient": patient(booking, masked=not booking.sides_of(by)), "what": what(booking),
        "actions": actions(booking, by), "history": history(booking), "chain": chain(booking, by),
        "use": Usage.objects.filter(booking=booking).exclude(state=Usage.State.VOID).first(),
    }  # fmt: skip


def title(booking: Booking) -> str:
    """Device and time."""
    return f"{booking.device.name} {words.moment(booking.starts_at)}"


def patient(booking: Booking, *, masked: bool) -> list[parts.Fact]:
    """Who it is for; nothing for teaching and maintenance."""
    person = booking.person
    if person is None:
        return []
    return [
        parts.Fact(_("patient"), mask_name(person.name) if masked else person.name),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person.phone else words.DASH),
    ]


def what(booking: Booking) -> list[parts.Fact]:
    """What, when, by whom."""
    ends = timezone.localtime(booking.ends_at).strftime("%H:%M")
    planned = timezone.localtime(booking.planned_end).strftime("%H:%M") if booking.planned_end else ""
    found = [
        parts.Fact(_("examination item"), booking.item.name if booking.item else words.DASH),
        parts.Fact(_("what for"), str(booking.get_purpose_display())),
        parts.Fact(_("time"), f"{words.moment(booking.starts_at)}–{ends}"),
        parts.Fact(_("booking institution"), booking.institution.short_name),
        parts.Fact(_("booked by"), f"{booking.booked_by.user} · {words.moment(booking.booked_at)}"),
    ]
    if planned:
        found.append(parts.Fact(_("planned end"), planned))
    if booking.operator:
        found.append(parts.Fact(_("operator"), str(booking.operator)))
    if booking.item:
        found.append(parts.Fact(_("fee"), _("%(yuan)s yuan") % {"yuan": words.yuan(booking.item.fee_fen)}))
    if booking.reason:
        why = " · ".join(filter(None, (str(CancelReason(booking.reason).label), booking.reason_text)))
        found.append(parts.Fact(_("reason"), why))
    if booking.note:
        found.append(parts.Fact(_("note"), booking.note))
    return found


def chain(booking: Booking, by: Membership) -> list[parts.Step]:
    """The bookings that took each other's place, in order; empty where there is only this one."""
    found, one = [booking], booking
    while one.previous_id and len(found) < 20:
        one = Booking.objects.with_names().get(pk=one.previous_id)
        found.insert(0, one)
    last = booking
    while (after := Booking.objects.with_names().filter(previous=last).first()) and len(found) < 40:
        found.append(after)
        last = after
    return [_link(each, booking) for each in found] if len(found) > 1 else []


def _link(one: Booking, here: Booking) -> parts.Step:
    kind = {"booked": "wait", "asked": "wait", "cancelled": "no", "missed": "no"}.get(one.state, "yes")
    url = "" if one.pk == here.pk else reverse("equipment-booking", args=[one.pk])
    return parts.Step(kind, words.moment(one.starts_at), str(one.get_state_display()), url=url)


def actions(booking: Booking, by: Membership) -> list[parts.Action]:
    """A button for each step this member may take now (conventions 7)."""
    found = [_button(booking, step, place) for place, step in enumerate(booking.steps_for(by))]
    if booking.told_at is None and booking.sides_of(by) and by.can("equipment.book"):
        told = parts.Action(_("The patient has been told"), act_url(booking, "tell"), "msg", id="act-tell")
        found.insert(0, told)
    if booking.state == Booking.State.BOOKED and booking.sides_of(by) and by.can("equipment.book"):
        form = forms.ShortenForm(initial={"ends_at": booking.ends_at}, auto_id="shorten-%s")
        found.append(
            parts.Action(_("Shorten…"), act_url(booking, "shorten"), "clock", form=form, id="act-shorten")
        )
    return found


def _button(booking: Booking, step: Any, place: int) -> parts.Action:
    label, icon = str(step.custom["label"]), step.custom["icon"]
    if step.name == "move":
        url = f"{reverse('device', args=[booking.device_id])}?{urlencode(_moving(booking))}"
        return parts.Action(label, url, icon, "primary" if booking.state == "asked" else "", get=True)
    form = step_form(step.name, booking)
    kind = "primary" if place == 0 and form is None else ""
    return parts.Action(label, act_url(booking, step.name), icon, kind, form=form, id=f"act-{step.name}")


def _moving(booking: Booking) -> dict[str, str]:
    day = timezone.localtime(max(booking.starts_at, timezone.now())).date().isoformat()
    return {"move": str(booking.pk), "day": day, "item": str(booking.item_id or "")}


def act_url(booking: Booking, step: str) -> str:
    """Where a step is posted to, with the version that was seen."""
    return f"{reverse('equipment-booking-act', args=[booking.pk, step])}?version={booking.version}"


def step_form(step: str, booking: Booking, data: Any = None) -> Form | None:
    """The form of a step; None for steps without words."""
    auto_id = f"{step}-%s"
    if step == "use":
        return forms.UseFields(data, places=places(), initial=use_initial(booking), auto_id=auto_id)
    if step == "cancel":
        return forms.CancelForm(data, auto_id=auto_id)
    if step == "shorten":
        return forms.ShortenForm(data, initial={"ends_at": booking.ends_at}, auto_id=auto_id)
    return forms.MoveForm(data, auto_id=auto_id) if step == "move" else None


def places() -> list[Institution]:
    """Institutions to choose from."""
    return list(Institution.objects.filter(is_active=True).order_by("role", "pinyin", "code"))


def use_initial(booking: Booking) -> dict[str, Any]:
    """A use as it was planned."""
    return {
        "started_at": booking.starts_at, "ended_at": booking.ends_at,
        "fee": words.yuan(booking.item.fee_fen) if booking.item else "",
        "collected_by": str(booking.institution_id),
    }  # fmt: skip


def history(booking: Booking) -> list[parts.Step]:
    """The kept steps, the booking itself first."""
    by = str(booking.booked_by.user)
    first = parts.Step("hit", _("Booked"), at=booking.booked_at, by=by, detail=_from_where(booking))
    return [first, *parts.history(booking)]


def _from_where(booking: Booking) -> str:
    if booking.waited_id:
        return _("from the waiting list")
    return _("in place of an earlier booking") if booking.previous_id else ""


def done(step: str, booking: Booking, at: datetime | None = None) -> str:
    """The sentence after a step."""
    return {
        "use": _("The use is recorded."),
        "miss": _("Noted as missed. The rest of the time is free again."),
        "cancel": _("The booking is cancelled. Who waits for this time has been moved up."),
        "shorten": _("The booking is shorter. The rest of the time is free again."),
        "tell": _("Noted: the patient knows."),
        "move": _("Booked for %(time)s instead.") % {"time": words.moment(at or booking.starts_at)},
    }[step]
