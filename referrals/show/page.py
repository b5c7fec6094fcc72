"""What the page of one referral shows: facts, buttons, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_phone
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.refused import add_refusal, worded
from referrals import forms, services, tables
from referrals.machine import OPEN
from referrals.models import Referral
from referrals.show.emergency import extra
from referrals.show.history import clock, history, visits
from referrals.show.papers import papers_of

NUMBERS = ("record_no", "ehr_number")


def page(referral: Referral, membership: Membership) -> dict[str, Any]:
    """Everything of the referral page: full names only for the two sides, numbers always masked."""
    side = referral.side_of(membership)
    return {
        "title": title(referral), "referral": referral, "side": side,
        "chip": tables.state_chip(referral, timezone.now()),
        "patient": patient(referral, masked=not side),
        "facts_why": [*why(referral), *(numbers(referral) if side else [])],
        "facts_where": where(referral, membership),
        "texts": texts(referral), **papers_of(referral, membership), **extra(referral, membership),
        "actions": actions(referral, membership), "history": history(referral),
        "clock": clock(referral), "visits": visits(referral),
        "question": referral.question if referral.state == referral.State.RETURNED else "",
        "may_amend": side == "origin" and membership.can("referral.log") and is_open(referral),
    }  # fmt: skip


def title(referral: Referral) -> str:
    """Direction and number."""
    return f"{referral.get_direction_display()} {referral.number}"


def is_open(referral: Referral) -> bool:
    """Still waiting for its answer, or given back for information."""
    return bool(referral.state in OPEN)


def patient(referral: Referral, *, masked: bool) -> list[parts.Fact]:
    """Who the patient is."""
    person = referral.person
    return [
        parts.Fact(_("patient"), referral.patient_masked if masked else referral.patient_name),
        parts.Fact(_("sex and age"), tables.who(referral) or words.DASH),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person and person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person and person.phone else words.DASH),
        parts.Fact(_("address"), words.DASH if masked else referral.address or words.DASH),
        parts.Fact(_("insurance"), str(referral.get_insurance_display() or words.DASH)),
        parts.Fact(_("consent"), _consent(referral)),
    ]


def _consent(referral: Referral) -> str:
    if not referral.consent:
        return _("not yet asked")
    return " · ".join(filter(None, (_("agreed"), str(referral.get_consent_by_display()))))


def why(referral: Referral) -> list[parts.Fact]:
    """Diagnosis, reason, urgency."""
    reason = " · ".join(filter(None, (referral.reason_words, referral.reason_text)))
    return [
        parts.Fact(_("preliminary diagnosis"), referral.diagnosis_words),
        parts.Fact(_("reason"), reason),
        parts.Fact(_("urgency"), urgency(referral)),
    ]


def urgency(referral: Referral) -> str:
    """How urgent, and what else the receiver has to know before anything else."""
    marks = (
        _("green channel: treated first, papers after") if referral.green_channel else "",
        _("high risk: seen at home within the shorter limit") if referral.high_risk else "",
    )  # fmt: skip
    return " · ".join(filter(None, (str(referral.get_urgency_display()), *marks)))


def where(referral: Referral, membership: Membership | None = None) -> list[parts.Fact]:
    """From whom, to whom, how, when; links to the referrals before and after for who may open them."""
    doctor = " ".join(filter(None, (str(referral.logged_by.user), referral.contact_phone)))
    found = [
        parts.Fact(_("sent from"), _place(referral.origin_institution.name, referral.origin_department)),
        parts.Fact(_("sending doctor"), doctor),
        parts.Fact(_("sent to"), _place(referral.target_name, referral.target_department)),
        parts.Fact(_("receiving doctor"), referral.target_doctor or words.DASH),
        parts.Fact(_("transport"), str(referral.get_transport_display() or words.DASH)),
        parts.Fact(_("logged"), words.moment(referral.logged_at)),
        parts.Fact(_("answer due"), words.until(referral.answer_due_at)),
    ]
    if referral.expected_at:
        found.append(parts.Fact(_("expected arrival"), words.moment(referral.expected_at)))
    if referral.planned_at:
        found.append(parts.Fact(_("appointment"), words.moment(referral.planned_at)))
    if referral.followup_due_at:
        found.append(parts.Fact(_("follow-up due"), words.until(referral.followup_due_at)))
    return found + _beside(referral, membership)


def _beside(referral: Referral, membership: Membership | None) -> list[parts.Fact]:
    """The referral before this one, and the one an emergency was passed on as."""
    if membership is None or not (referral.previous_id or referral.state == referral.State.DIVERTED):
        return []
    near = Referral.objects.visible_to(membership).filter(
        Q(pk=referral.previous_id) | Q(previous=referral.pk)
    )
    return [
        parts.Fact(
            _("earlier referral") if pk == referral.previous_id else _("passed on as"), number,
            reverse("referral", args=[pk]),
        )
        for pk, number in near.order_by("pk").values_list("pk", "number")
    ]  # fmt: skip


def _place(institution: str, department: Any) -> str:
    return f"{institution} {department.name if department else ''}".strip()


def texts(referral: Referral) -> list[parts.Fact]:
    """The long texts that were written."""
    named = (
        "summary", "past_history", "findings", "treatment", "cautions", "next_plan", "medication",
        "discharge_summary", "follow_up_plan", "reply",
    )  # fmt: skip
    label = {name: str(Referral._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    return [parts.Fact(label[name], getattr(referral, name)) for name in named if getattr(referral, name)]


def numbers(referral: Referral) -> list[parts.Fact]:
    """The numbers by which the other side finds the patient's papers."""
    label = {name: str(Referral._meta.get_field(name).verbose_name) for name in NUMBERS}  # type: ignore[union-attr]
    return [
        parts.Fact(label[name], str(getattr(referral, name))) for name in NUMBERS if getattr(referral, name)
    ]


def actions(referral: Referral, membership: Membership) -> list[parts.Action]:
    """A button for each step this member may take now, the first one in front (conventions 7)."""
    steps = list(referral.steps_for(membership))
    return [
        parts.Action(
            str(step.custom["label"]), _act_url(referral, step.name), step.custom["icon"],
            "primary" if place == 0 and step.name not in forms.STEP_FORMS else "",
            form=_step_form(referral, step.name), id=f"act-{step.name}",
        )
        for place, step in enumerate(steps)
    ]  # fmt: skip


def _act_url(referral: Referral, step: str) -> str:
    return f"{reverse('referral-act', args=[referral.pk, step])}?version={referral.version}"


def _step_form(referral: Referral, step: str) -> Form | None:
    return forms.step_form(referral, step, auto_id=f"{step}-%s")


def due(referral: Referral) -> dict[str, str]:
    """Number and limit, for a sentence."""
    return {"number": referral.number, "due": words.until(referral.answer_due_at)}


def done(referral: Referral) -> str:
    """The sentence after a step."""
    return _("%(number)s: %(state)s.") % {"number": referral.number, "state": referral.get_state_display()}


def act_page(
    referral: Referral, step: str, form: Form | None, error: Refused | None = None
) -> dict[str, Any]:
    """A step that was refused: its form again, without anything of the patient."""
    sentence = worded(error) if error else ""
    if error and form is not None:
        add_refusal(form, error)
    return {
        "title": referral.number, "form": form, "sentence": sentence, "action": _act_url(referral, step),
        "referral": referral,
    }  # fmt: skip


def arguments(step: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a step's form as arguments of its service."""
    if step == "decline":
        return {"reason": data["decline_reason"], "text": data["decline_text"]}
    if step == "follow_up":
        return {"visit": services.Visit(**data)}
    if step == "complete":
        return {"reply": data["reply"], "ended_on": data["ended_on"], "treated": not data["untreated"]}
    return dict(data)


def empty(membership: Membership, view: str) -> parts.Empty:
    """What an empty list means, and the first step."""
    may = membership.institution_id is not None and membership.can("referral.log")
    url = reverse("referral-log") if may else ""
    sentences = {
        "waiting": (_("Nothing waits"), _("New referrals appear here with their clock.")),
        "sent": (_("Nothing sent yet"), _("A referral is logged in under a minute.")),
        "late": (_("Nothing is late"), _("Every referral was answered within its limit.")),
        "all": (_("No referrals yet"), _("Here stand referrals sent and received.")),
    }
    first, text = sentences[view]
    return parts.Empty(first, text, url, _("Log a referral") if url else "", "updown")
