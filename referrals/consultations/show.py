"""What the pages of consultations show: facts, buttons, history, sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.lib.refusal import Refused
from alliance.models import Membership, Transition
from alliance.services import journal
from alliance.web import parts, words
from alliance.web.refused import add_refusal
from referrals.consultations import forms, tables
from referrals.consultations.models import (
    BY_CENTRES,
    Concordance,
    Consultation,
    Episode,
    EpisodeLink,
    Kind,
)

PERSON = ["id_number", "name", "sex", "birth_date", "phone"]
WHAT = [
    "question", "diagnosis_name", "diagnosis_code", "examination", "examined_at", "reference", "summary",
    "impression", "file",
]  # fmt: skip
WHERE = ["target", "urgency", "contact_phone", "consent"]
# The column that bears the time of reaching a state.
STAMPS = {
    "accepted": "accepted_at",
    "answered": "answered_at",
    "returned": "returned_at",
    "declined": "closed_at",
    "closed": "closed_at",
    "cancelled": "closed_at",
}


def page(row: Consultation, membership: Membership, now: datetime) -> dict[str, Any]:
    """Everything of the page of one consultation: full names only for the two sides, numbers masked."""
    side = row.side_of(membership)
    return {
        "title": f"{row.get_kind_display()} {row.number}", "consultation": row,
        "chip": tables.state_chip(row, now), "patient": patient(row, masked=not side),
        "facts_what": what(row), "facts_where": where(row), "answer": answer(row), "texts": texts(row),
        "actions": actions(row, membership), "history": history(row), "concordances": concordances(row),
        "files": files(row) if side else [],
        "may_amend": may_amend(row, membership),
        "file_form": forms.FileForm() if may_add_file(row, membership) else None,
        "fee": fee(row, membership), "episode": episode_of(row, membership),
        "may_open_line": may_open_line(row, membership),
        "declined": " ".join(filter(None, (row.decline_words, row.decline_text))),
    }  # fmt: skip


def may_amend(row: Consultation, membership: Membership) -> bool:
    """Only the asking side, while nobody has taken it on."""
    able = row.side_of(membership) == "origin" and membership.can("consultation.ask")
    return able and row.state in (Consultation.State.REQUESTED, Consultation.State.RETURNED)


def may_add_file(row: Consultation, membership: Membership) -> bool:
    """Either side, while it is live or answered."""
    right = {"origin": "consultation.ask", "target": "consultation.answer"}.get(row.side_of(membership), "")
    ended = row.state in (Consultation.State.DECLINED, Consultation.State.CANCELLED)
    return bool(right) and membership.can(right) and not ended


def fee(row: Consultation, membership: Membership) -> list[parts.Fact]:
    """The fee with its two parts, for who may see money; nothing while it is not charged."""
    if not membership.can("consultation.fees"):
        return []
    found: list[parts.Fact] = []
    for one in row.fees.all():
        found += [
            parts.Fact(_("fee (yuan)"), words.yuan(one.fen)),
            parts.Fact(
                _("kept by the asking side"), f"{words.yuan(one.asker_fen)} ({one.reason['percent']} %)"
            ),
            parts.Fact(_("owed to the answering side"), words.yuan(one.answerer_fen)),
        ]
    return found


def episode_of(row: Consultation, membership: Membership) -> Any:
    """The line this consultation belongs to, if the member sees it."""
    link = EpisodeLink.objects.filter(consultation=row).first()
    return Episode.objects.visible_to(membership).filter(pk=link.episode_id).first() if link else None


def may_open_line(row: Consultation, membership: Membership) -> bool:
    """Either side, for a consultation that belongs to no line."""
    able = any(membership.can(right) for right in ("consultation.ask", "consultation.answer"))
    given_up = row.state in (Consultation.State.DECLINED, Consultation.State.CANCELLED)
    free = not EpisodeLink.objects.filter(consultation=row).exists()
    return bool(row.side_of(membership)) and able and not given_up and free


def patient(row: Consultation, *, masked: bool) -> list[parts.Fact]:
    """Who the patient is."""
    person = row.person
    return [
        parts.Fact(_("patient"), mask_name(person.name) if masked else person.name),
        parts.Fact(_("sex and age"), tables.who(row)),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person.phone else words.DASH),
        parts.Fact(_("consent"), _("agreed") if row.consent else _("not yet asked")),
    ]


def what(row: Consultation) -> list[parts.Fact]:
    """Diagnosis, examination, urgency."""
    found = [
        parts.Fact(_("preliminary diagnosis"), f"{row.diagnosis_code} {row.diagnosis_name}".strip()),
        parts.Fact(_("urgency"), str(row.get_urgency_display())),
    ]
    if row.examination:
        at = words.moment(row.examined_at) if row.examined_at else ""
        found.append(parts.Fact(_("examination or test"), f"{row.examination} {at}".strip()))
    if row.reference:
        found.append(parts.Fact(_("image or specimen number"), row.reference))
    return found


def where(row: Consultation) -> list[parts.Fact]:
    """Who asks, who answers, until when."""
    doctor = " ".join(filter(None, (str(row.asked_by.user), row.contact_phone)))
    by_hand = str(row.answered_by.user) if row.answered_by else words.DASH
    answering = row.assigned_to.name if row.assigned_to else by_hand
    waited = words.span(row.answered_at - row.asked_at) if row.answered_at else ""
    found = [
        parts.Fact(_("asking side"), _place(row.origin_institution, row.origin_department)),
        parts.Fact(_("asking doctor"), doctor),
        parts.Fact(_("who answers"), _place(row.target_institution, row.target_department)),
        parts.Fact(_("answering doctor"), answering),
        parts.Fact(_("asked at"), words.moment(row.asked_at)),
        parts.Fact(_("answer due"), words.moment(row.answer_due_at)),
    ]
    return [*found, parts.Fact(_("patient waited"), waited)] if waited else found


def _place(institution: Any, department: Any) -> str:
    return f"{institution.name} {department.name if department else ''}".strip()


def texts(row: Consultation) -> list[parts.Fact]:
    """What the asker wrote at length."""
    return _written(row, ("summary", "impression"))


def answer(row: Consultation) -> list[parts.Fact]:
    """What was answered, the conclusion first."""
    found = _written(row, ("conclusion", "findings", "advice"))
    said = " ".join(filter(None, (row.outcome_words, row.outcome_text)))
    return [*found, parts.Fact(_("what became of the patient"), said)] if said else found


def _written(row: Consultation, names: tuple[str, ...]) -> list[parts.Fact]:
    meta: Any = Consultation._meta
    return [
        parts.Fact(str(meta.get_field(name).verbose_name), getattr(row, name))
        for name in names
        if getattr(row, name)
    ]


def concordances(row: Consultation) -> list[parts.Fact]:
    """What was compared so far."""
    return [
        parts.Fact(
            str(one.get_basis_display()), " ".join(filter(None, (str(one.get_verdict_display()), one.text)))
        )
        for one in row.concordances.all()
    ]


def files(row: Consultation) -> list[parts.Fact]:
    """The files of both sides, with who added them."""
    return [
        parts.Fact(
            one.attachment.shown_name,
            f"{one.added_by.user} {words.moment(one.added_at)}",
            reverse("consultation-file", args=[row.pk, one.pk]),
        )
        for one in row.files.select_related("attachment", "added_by__user")
        if one.attachment.deleted_at is None
    ]


def actions(row: Consultation, membership: Membership) -> list[parts.Action]:
    """A button for each step this member may take now, then those that change no state (conventions 7)."""
    found = [
        parts.Action(
            str(step.custom["label"]), act_url(row, step.name), step.custom["icon"],
            form=step_form(row, step.name), id=f"act-{step.name}",
        )
        for step in row.steps_for(membership)
    ]  # fmt: skip
    return [*found, *_others(row, membership)]


def _others(row: Consultation, membership: Membership) -> list[parts.Action]:
    side, answers = row.side_of(membership), membership.can("consultation.answer")
    found = []
    if row.state == Consultation.State.ACCEPTED and side == "target" and answers:
        url = f"{reverse('consultation-assign', args=[row.pk])}?version={row.version}"
        form = forms.AcceptForm(consultation=row, auto_id="assign-%s")
        found.append(parts.Action(_("Give to another doctor…"), url, "users", form=form, id="act-assign"))
    proven = any(one.basis == Concordance.Basis.GOLD for one in row.concordances.all())
    may = answers if side == "target" else side == "origin" and membership.can("consultation.ask")
    if may and row.answered_at and not proven:
        url = reverse("consultation-proof", args=[row.pk])
        form_ = forms.ProofForm(auto_id="proof-%s")
        found.append(parts.Action(_("Enter the final proof…"), url, "scale", form=form_, id="act-proof"))
    return found


def act_url(row: Consultation, step: str) -> str:
    """Where a step is posted, with the version the page was read at."""
    return f"{reverse('consultation-act', args=[row.pk, step])}?version={row.version}"


def step_form(row: Consultation, step: str, data: Any = None) -> Any:
    """The form of a step."""
    return forms.STEP_FORMS[step](data, consultation=row, auto_id=f"{step}-%s")


def history(row: Consultation) -> list[parts.Step]:
    """The kept steps at the times the row bears, oldest first."""
    return [_line(row, step) for step in journal.steps_of(row)]


def _line(row: Consultation, step: Transition) -> parts.Step:
    title = str(Consultation.State(step.to_state).label)
    if step.name in ("ask", "resend"):
        title = _("Asked for") if step.name == "ask" else _("Sent again")
    elif step.to_state == Consultation.State.DECLINED:
        title = _("Said no: %(reason)s") % {"reason": row.decline_words}
    column = {"ask": "asked_at", "resend": "resent_at"}.get(step.name) or STAMPS.get(step.to_state, "")
    at = getattr(row, column, None) or step.at
    return parts.Step("yes", title, detail=step.note, at=at, by=str(step.by.user) if step.by else "")


def ask_page(form: forms.AskForm) -> dict[str, Any]:
    """The form of a new consultation, in three parts; the kinds are tabs."""
    groups = [(_("Patient"), PERSON), (_("What you ask"), WHAT), (_("Who answers"), WHERE)]
    tabs = [parts.Tab(str(kind.label), f"?kind={kind}", kind == form.kind) for kind in Kind]
    none = form.kind in BY_CENTRES and len(form.fields["target"].choices) < 2  # type: ignore[attr-defined]
    return {
        "title": str(Kind(form.kind).label),
        "form": form,
        "groups": groups,
        "tabs": tabs,
        "no_centre": none,
    }


def both(form: forms.AmendForm, stored: Any) -> dict[str, Any]:
    """Two versions side by side where they differ, and the form to send again over the newer one (N34)."""
    newer = Consultation.objects.with_names().get(pk=stored.pk)
    rows = [
        (form.fields[name].label, _shown(getattr(newer, name)), _shown(form.cleaned_data.get(name)))
        for name in form.fields
        if name != "version" and getattr(newer, name) != form.cleaned_data.get(name)
    ]
    again = forms.AmendForm(
        consultation=newer, data={**dict(form.data.items()), "version": str(newer.version)}
    )
    return {
        "title": _("Changed by somebody else meanwhile"), "rows": rows, "form": again, "consultation": newer,
        "open": newer.state in (Consultation.State.REQUESTED, Consultation.State.RETURNED),
    }  # fmt: skip


def _shown(value: Any) -> str:
    return words.moment(value) if isinstance(value, datetime) else str(value or "")


def act_page(row: Consultation, url: str, form: Form | None, error: Refused | None = None) -> dict[str, Any]:
    """A step that was refused: its form again, without anything of the patient."""
    if error and form is not None:
        add_refusal(form, error)
    return {"title": row.number, "form": form, "action": url, "consultation": row}


def due(row: Consultation) -> dict[str, str]:
    """Number and limit, for a sentence."""
    return {"number": row.number, "due": words.moment(row.answer_due_at)}


def done(row: Consultation) -> str:
    """The sentence after a step."""
    return _("%(number)s: %(state)s.") % {"number": row.number, "state": row.get_state_display()}


def empty(membership: Membership, view: str) -> parts.Empty:
    """What an empty list means, and the first step."""
    may = membership.institution_id is not None and membership.can("consultation.ask")
    url = reverse("consultation-ask") if may else ""
    sentences = {
        "waiting": (_("No question waits"), _("New questions appear here with their clock.")),
        "asked": (_("Nothing asked yet"), _("Ask a specialist or a reading centre of the alliance.")),
        "late": (_("Nothing is late"), _("Every question was answered within its limit.")),
        "all": (_("No consultations yet"), _("Here stand questions asked and answered.")),
    }
    first, text = sentences[view]
    return parts.Empty(first, text, url, _("Ask for a consultation") if url else "", "msg")
