"""What the pages of recognition show: facts, results put before the doctor, buttons, history, sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Membership, Person
from alliance.web import parts, words
from referrals.recognition import forms, tables
from referrals.recognition.models import Order, Result

PERSON = ["id_number", "name", "sex", "birth_date", "phone"]
WHAT = ["item", "indication", "department", "external_number", "emergency"]
REPORT = ["item", "number", "taken_at", "reported_at", "conclusion", "reference"]


def order_page(order: Order, membership: Membership, now: datetime) -> dict[str, Any]:
    """Everything of an order: names and conclusions for the ordering institution only."""
    own = order.is_own(membership)
    steps = {step.name for step in order.steps_for(membership)}
    return {
        "title": f"{order.item.name} {order.number}", "order": order, "chip": tables.state_chip(order, now),
        "patient": patient(order.person, masked=not own), "facts": order_facts(order),
        "offers": offers(order, own=own, now=now), "may_recognise": "recognise" in steps,
        "actions": actions(order, steps), "history": parts.history(order, words=sentences()),
        "decision": decision(order),
    }  # fmt: skip


def sentences() -> dict[str, str]:
    """The words of the steps in the history."""
    return {"order": _("Ordered the examination"), "clear": _("The alliance holds no valid result")}


def patient(person: Person, *, masked: bool) -> list[parts.Fact]:
    """Who the patient is; numbers always masked."""
    born = person.birth_date.isoformat() if person.birth_date and not masked else words.DASH
    return [
        parts.Fact(_("patient"), mask_name(person.name) if masked else person.name),
        parts.Fact(_("sex"), str(person.get_sex_display())),
        parts.Fact(_("date of birth"), born),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person.phone else words.DASH),
    ]


def order_facts(order: Order) -> list[parts.Fact]:
    """What was ordered, by whom, until when it is to be decided."""
    found = [
        parts.Fact(_("examination ordered"), f"{order.item.name} {order.item.code}"),
        parts.Fact(_("ordering institution"), _place(order)),
        parts.Fact(_("ordered by"), str(order.ordered_by.user)),
        parts.Fact(_("ordered at"), words.moment(order.ordered_at)),
    ]
    if order.state != Order.State.CLEAR:
        found.append(parts.Fact(_("decision due"), words.until(order.due_at)))
    optional = (
        (_("indication"), order.indication),
        (_("number in the hospital's system"), order.external_number),
    )
    return found + [parts.Fact(name, value) for name, value in optional if value]


def _place(order: Order) -> str:
    return f"{order.institution.name} {order.department.name if order.department else ''}".strip()


def decision(order: Order) -> list[parts.Fact]:
    """What was decided, by whom, when, why; nothing while it waits."""
    if order.decided_by is None:
        return []
    found = [
        parts.Fact(_("what was decided"), str(order.get_state_display())),
        parts.Fact(_("decided by"), str(order.decided_by.user)),
        parts.Fact(_("decided at"), words.moment(order.decided_at)),
    ]
    why = " ".join(filter(None, (order.reason_words, order.reason_text)))
    if why:
        found.append(parts.Fact(_("reason for repeating"), why))
    if order.result is not None:
        told = f"{order.result.institution.name} {order.result.number}"
        found.append(parts.Fact(_("result recognised"), told))
    return found


def offers(order: Order, *, own: bool, now: datetime) -> list[dict[str, Any]]:
    """The results that were shown, the latest first, as they stand now."""
    rows = order.offers.select_related("result__institution", "result__item")
    return [
        {
            "result": offer.result, "chip": tables.validity_chip(offer.result, now),
            "conclusion": offer.result.conclusion if own else "",
            "reference": offer.result.reference if own else "",
            "link": own and is_address(offer.result.reference),
            "here": offer.result.institution_id == order.institution_id,
            "taken": offer.result_id == order.result_id, "gone": offer.result.withdrawn_at is not None,
        }
        for offer in rows
    ]  # fmt: skip


def is_address(text: str) -> bool:
    """Whether a reference is an address that a browser may open."""
    return text.startswith(("https://", "http://"))


def act_url(order: Order, step: str) -> str:
    """Where a step is posted, with the version the page was read at."""
    return f"{reverse('recognition-act', args=[order.pk, step])}?version={order.version}"


def actions(order: Order, steps: set[str]) -> list[parts.Action]:
    """Repeating and withdrawing; recognising stands at each result."""
    found = []
    if "repeat" in steps:
        form = forms.RepeatForm(auto_id="repeat-%s")
        label = _("Repeat the examination…")
        found.append(parts.Action(label, act_url(order, "repeat"), "refresh", form=form, id="act-repeat"))
    if "withdraw" in steps:
        form_ = forms.WithdrawForm(auto_id="withdraw-%s")
        label = _("Withdraw the order…")
        found.append(parts.Action(label, act_url(order, "withdraw"), "x", form=form_, id="act-withdraw"))
    return found


def step_form(order: Order, step: str, data: Any) -> Any:
    """The form of a step."""
    if step == "recognise":
        return forms.RecogniseForm(data, order=order)
    return {"repeat": forms.RepeatForm, "withdraw": forms.WithdrawForm}[step](data, auto_id=f"{step}-%s")


def result_page(result: Result, membership: Membership, now: datetime) -> dict[str, Any]:
    """One result of the own house."""
    may = (
        result.withdrawn_at is None
        and membership.institution_id == result.institution_id
        and membership.can("result.enter")
    )
    facts = [
        parts.Fact(_("examination made"), words.moment(result.taken_at)),
        parts.Fact(_("report issued"), words.moment(result.reported_at)),
        parts.Fact(_("may be recognised until"), words.until(result.valid_until)),
        parts.Fact(_("examining institution"), result.institution.name),
        parts.Fact(_("came by"), str(result.get_channel_display())),
        parts.Fact(_("result entered by"), f"{result.entered_by.user} {words.moment(result.entered_at)}"),
    ]
    if result.withdrawn_at is not None:
        facts.append(
            parts.Fact(_("why withdrawn"), f"{result.withdrawn_why} {words.moment(result.withdrawn_at)}")
        )
    return {
        "title": f"{result.item.name} {result.number}", "result": result,
        "chip": tables.validity_chip(result, now), "patient": patient(result.person, masked=False),
        "facts": facts, "link": is_address(result.reference),
        "form": forms.WithdrawResultForm() if may else None,
    }  # fmt: skip


def empty(membership: Membership, view: str) -> parts.Empty:
    """What an empty list of orders means, and the first step."""
    may = membership.institution_id is not None and membership.can("recognition.order")
    url = reverse("recognition-order-new") if may else ""
    sentences_ = {
        "open": (
            _("No examination waits for a decision"),
            _("Orders for which a result exists appear here."),
        ),
        "late": (_("Nothing is late"), _("Every order was decided within its limit.")),
        "all": (_("No orders yet"), _("Order an examination to see what the alliance already holds.")),
    }
    first, text = sentences_[view]
    return parts.Empty(first, text, url, _("Order an examination") if url else "", "check")
