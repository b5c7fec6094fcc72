"""A consultation in facts: patient, question, both sides, answer, fee, files."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Membership
from alliance.web import parts, words
from referrals.consultations import tables
from referrals.consultations.models import Consultation


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
        parts.Fact(_("answer due"), words.until(row.answer_due_at)),
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
