"""The page of one consultation: facts, buttons, history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership, Transition
from alliance.services import journal
from alliance.web import parts
from referrals.consultations import forms, tables
from referrals.consultations.models import Concordance, Consultation, Episode, EpisodeLink
from referrals.consultations.show.facts import (
    answer,
    concordances,
    fee,
    files,
    patient,
    texts,
    what,
    where,
)  # fmt: skip

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
