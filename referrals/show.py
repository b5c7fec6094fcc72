"""What the pages of referrals show: facts, buttons, history, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.lib.refusal import Refused
from alliance.models import Membership, Transition
from alliance.services import journal
from alliance.web import parts, words
from referrals import forms, services, tables
from referrals.machine import OPEN
from referrals.models import FollowUp, Referral
from referrals.models.followup import TASKS

PERSON = ["id_number", "name", "sex", "birth_date", "phone"]
WHY = [
    "urgency", "diagnosis_name", "diagnosis_code", "reason", "reason_text", "summary", "treatment",
    "next_plan", "medication", "high_risk",
]  # fmt: skip
# The column that bears the time of a step.
STAMPS = {
    "log": "logged_at", "accept": "answered_at", "decline": "answered_at", "arrive": "arrived_at",
    "complete": "completed_at", "no_show": "closed_at", "cancel": "closed_at",
}  # fmt: skip
WHERE = ["target", "transport", "contact_phone", "consent"]


def page(referral: Referral, membership: Membership) -> dict[str, Any]:
    """Everything of the referral page: full names only for the two sides, numbers always masked."""
    side = referral.side_of(membership)
    return {
        "title": title(referral), "referral": referral, "chip": tables.state_chip(referral, timezone.now()),
        "patient": patient(referral, masked=not side),
        "facts_why": why(referral), "facts_where": where(referral),
        "texts": texts(referral), "actions": actions(referral, membership), "history": history(referral),
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
        parts.Fact(_("patient"), mask_name(person.name) if masked else person.name),
        parts.Fact(_("sex and age"), tables.who(referral)),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person.phone else words.DASH),
        parts.Fact(_("consent"), _("agreed") if referral.consent else _("not yet asked")),
    ]


def why(referral: Referral) -> list[parts.Fact]:
    """Diagnosis, reason, urgency."""
    reason = " · ".join(filter(None, (referral.reason_words, referral.reason_text)))
    return [
        parts.Fact(
            _("preliminary diagnosis"), f"{referral.diagnosis_code} {referral.diagnosis_name}".strip()
        ),
        parts.Fact(_("reason"), reason),
        parts.Fact(_("urgency"), str(referral.get_urgency_display())),
    ]


def where(referral: Referral) -> list[parts.Fact]:
    """From whom, to whom, how, when."""
    doctor = " ".join(filter(None, (str(referral.logged_by.user), referral.contact_phone)))
    found = [
        parts.Fact(_("sent from"), _place(referral.origin_institution, referral.origin_department)),
        parts.Fact(_("sending doctor"), doctor),
        parts.Fact(_("sent to"), _place(referral.target_institution, referral.target_department)),
        parts.Fact(_("transport"), str(referral.get_transport_display() or words.DASH)),
        parts.Fact(_("logged"), words.moment(referral.logged_at)),
        parts.Fact(_("answer due"), words.moment(referral.answer_due_at)),
    ]
    if referral.planned_at:
        found.append(parts.Fact(_("appointment"), words.moment(referral.planned_at)))
    if referral.followup_due_at:
        found.append(parts.Fact(_("follow-up due"), words.moment(referral.followup_due_at)))
    if referral.previous_id:
        found.append(
            parts.Fact(_("earlier referral"), _("Open it"), reverse("referral", args=[referral.previous_id]))
        )
    return found


def _place(institution: Any, department: Any) -> str:
    return f"{institution.name} {department.name if department else ''}".strip()


def texts(referral: Referral) -> list[parts.Fact]:
    """The long texts that were written."""
    named = ("summary", "treatment", "next_plan", "medication", "reply")
    label = {name: str(Referral._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    return [parts.Fact(label[name], getattr(referral, name)) for name in named if getattr(referral, name)]


def actions(referral: Referral, membership: Membership) -> list[parts.Action]:
    """A button for each step this member may take now, the first one in front (conventions 7)."""
    steps = list(referral.steps_for(membership))
    return [
        parts.Action(
            str(step.custom["label"]), _act_url(referral, step.name), step.custom["icon"],
            "primary" if place == 0 and step.name not in forms.STEP_FORMS else "",
            form=_step_form(step.name), id=f"act-{step.name}",
        )
        for place, step in enumerate(steps)
    ]  # fmt: skip


def _act_url(referral: Referral, step: str) -> str:
    return f"{reverse('referral-act', args=[referral.pk, step])}?version={referral.version}"


def _step_form(step: str) -> Form | None:
    form = forms.STEP_FORMS.get(step)
    return form(auto_id=f"{step}-%s") if form else None


def history(referral: Referral) -> list[parts.Step]:
    """The kept steps at the times the referral bears, oldest first; a refusal with its reason."""
    return [_line(referral, step) for step in journal.steps_of(referral)]


def _line(referral: Referral, step: Transition) -> parts.Step:
    title = _titles(referral).get(step.name) or str(Referral.State(step.to_state).label)
    at = getattr(referral, STAMPS.get(step.name, ""), None) or step.at
    return parts.Step("yes", title, detail=step.note, at=at, by=str(step.by.user) if step.by else "")


def _titles(referral: Referral) -> dict[str, str]:
    """Steps whose line says more than the state they lead to."""
    return {
        "log": _("Logged"),
        "resubmit": _("Sent again"),
        "decline": _("Declined: %(reason)s") % {"reason": referral.decline_words},
        "follow_up": _("First follow-up: closed"),
        "close": _("Reply read: closed"),
        "expire": _("Expired: nobody acted for too long"),
    }


def clock(referral: Referral) -> dict[str, Any] | None:
    """The limit that runs now and whose it is; None when none runs."""
    running = referral.clock
    if running is None:
        return None
    labels = {
        "answer": _("Time for the answer"), "reply": _("Time for the reply"),
        "followup": _("Time for the first follow-up"),
    }  # fmt: skip
    return {"label": labels[running[0]], "deadline": running[1]}


def visits(referral: Referral) -> list[dict[str, Any]]:
    """The follow-ups kept, oldest first."""
    return [{"title": _visit_title(one), "facts": _visit(one)} for one in referral.follow_ups.all()]


def _visit_title(visit: FollowUp) -> str:
    return f"{words.moment(visit.seen_at)} {visit.seen_by}, {visit.get_way_display()}"


def _visit(visit: FollowUp) -> list[parts.Fact]:
    named = [*TASKS, "condition", "note"]
    label = {name: str(FollowUp._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    shown = [(name, getattr(visit, f"get_{name}_display", lambda name=name: visit.note)()) for name in named]
    return [parts.Fact(label[name], str(value)) for name, value in shown if value]


def due(referral: Referral) -> dict[str, str]:
    """Number and limit, for a sentence."""
    return {"number": referral.number, "due": words.moment(referral.answer_due_at)}


def done(referral: Referral) -> str:
    """The sentence after a step."""
    return _("%(number)s: %(state)s.") % {"number": referral.number, "state": referral.get_state_display()}


def log_page(form: forms.LogForm, direction: str) -> dict[str, Any]:
    """The form of a new referral, in three parts."""
    groups = [
        (_("Patient"), PERSON),
        (_("Why this referral"), [n for n in WHY if n in form.fields]),
        (_("Where to"), WHERE),
    ]
    tabs = [
        parts.Tab(str(Referral.Direction(each).label), f"?direction={each}", each == direction)
        for each in Referral.Direction.values
    ]
    return {"title": str(Referral.Direction(direction).label), "form": form, "groups": groups, "tabs": tabs}


def amend_page(form: forms.AmendForm) -> dict[str, Any]:
    """The medical part to change."""
    return {"title": _("Change %(number)s") % {"number": form.referral.number}, "form": form}


def both(form: forms.AmendForm, stored: Any) -> dict[str, Any]:
    """Two versions side by side where they differ, and the form to send again over the newer one (N34)."""
    newer = Referral.objects.with_names().get(pk=stored.pk)
    rows = [
        (form.fields[name].label, getattr(newer, name), form.cleaned_data.get(name))
        for name in form.fields
        if name != "version" and getattr(newer, name) != form.cleaned_data.get(name)
    ]
    again = forms.AmendForm(referral=newer, data={**dict(form.data.items()), "version": str(newer.version)})
    return {"title": _("Changed by somebody else meanwhile"), "rows": rows, "form": again, "referral": newer}


def act_page(
    referral: Referral, step: str, form: Form | None, error: Refused | None = None
) -> dict[str, Any]:
    """A step that was refused: its form again, without anything of the patient."""
    sentence = _(error.template) % error.params if error else ""
    if error and form is not None:
        forms.add_refusal(form, error, getattr(error, "field", ""))
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
