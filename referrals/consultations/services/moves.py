"""Steps of a consultation: each side makes its own moves, and the other side always sees why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Membership, Staff
from alliance.models.base import Stale
from alliance.services import journal, steps
from referrals.consultations import reasons
from referrals.consultations.models import Concordance, Consultation
from referrals.consultations.services import fees, judging
from referrals.consultations.services.asking import staff_of
from referrals.consultations.services.refusals import ConsultationRefused

PAST = {
    "accept": "consultation.accepted",
    "answer": "consultation.answered",
    "send_back": "consultation.returned",
    "decline": "consultation.declined",
    "close": "consultation.closed",
    "cancel": "consultation.cancelled",
}


def accept(
    *,
    by: Membership,
    consultation: Consultation,
    now: datetime,
    doctor: Staff | None = None,
    version: int | None = None,
) -> Consultation:
    """The answering side takes it on, for `doctor` or the member. Raises Stale when somebody was faster."""
    return _move("accept", by, consultation, now, version, assigned_to=_doctor(by, consultation, doctor))


@transaction.atomic
def answer(
    *,
    by: Membership,
    consultation: Consultation,
    now: datetime,
    conclusion: str,
    findings: str = "",
    advice: str = "",
    version: int | None = None,
) -> Consultation:
    """Findings, conclusion and advice go back. Raises ConsultationRefused (conclusion) without one.

    A reading may be answered at once, without being taken on first: who answers then counts as assigned.
    """
    if not conclusion.strip():
        raise ConsultationRefused("conclusion")
    change: dict[str, Any] = {
        "conclusion": conclusion.strip(), "findings": findings.strip(), "advice": advice.strip(),
        "answered_by": by, "assigned_to": consultation.assigned_to or staff_of(by),
        "accepted_at": consultation.accepted_at or now,
    }  # fmt: skip
    moved = _move("answer", by, consultation, now, version, **change)
    fees.charge(moved, now=now)
    return moved


def send_back(
    *, by: Membership, consultation: Consultation, now: datetime, missing: str, version: int | None = None
) -> Consultation:
    """Ask for what is missing; the clock stands until the asker has sent it again."""
    if not missing.strip():
        raise ConsultationRefused("missing")
    return _move(
        "send_back", by, consultation, now, version, note=missing, missing=missing.strip(), accepted_at=None
    )


def decline(
    *,
    by: Membership,
    consultation: Consultation,
    now: datetime,
    reason: str,
    text: str = "",
    version: int | None = None,
) -> Consultation:
    """The answering side says no, coded. Raises ConsultationRefused (decline_reason, decline_text)."""
    known = reasons.of("decline").get(reason)
    if known is None:
        raise ConsultationRefused("decline_reason")
    if known.needs_text and not text.strip():
        raise ConsultationRefused("decline_text")
    change = {"decline_reason": reason, "decline_text": text.strip()}
    return _move("decline", by, consultation, now, version, note=text, **change)


def cancel(
    *, by: Membership, consultation: Consultation, now: datetime, note: str, version: int | None = None
) -> Consultation:
    """The asker takes the request back and says why, as long as it is not answered."""
    if not note.strip():
        raise ConsultationRefused("note")
    return _move("cancel", by, consultation, now, version, note=note)


@transaction.atomic
def close(
    *,
    by: Membership,
    consultation: Consultation,
    now: datetime,
    outcome: str,
    text: str = "",
    verdict: str = "",
    verdict_text: str = "",
    version: int | None = None,
) -> Consultation:
    """The asker says what became of the patient and, where an own impression was written, whether it agrees.

    Raises ConsultationRefused (outcome, outcome_text, verdict, no_impression, verdict_text).
    """
    known = reasons.of("outcome").get(outcome)
    if known is None:
        raise ConsultationRefused("outcome")
    if known.needs_text and not text.strip():
        raise ConsultationRefused("outcome_text")
    if bool(consultation.impression) != bool(verdict):
        raise ConsultationRefused("verdict" if consultation.impression else "no_impression")
    change = {"outcome": outcome, "outcome_text": text.strip()}
    moved = _move("close", by, consultation, now, version, note=text, **change)
    if verdict:
        judging.record(
            by=by, consultation=moved, basis=Concordance.Basis.ANSWER, verdict=verdict, text=verdict_text,
            now=now,
        )  # fmt: skip
    return moved


# By the name of the step, for pages and API that take it from the address.
STEPS: dict[str, Callable[..., Consultation]] = {
    "accept": accept,
    "answer": answer,
    "send_back": send_back,
    "decline": decline,
    "close": close,
    "cancel": cancel,
}


@transaction.atomic
def assign(
    *, by: Membership, consultation: Consultation, doctor: Staff, version: int | None = None
) -> Consultation:
    """Give an open consultation to another doctor of the answering side; the clock goes on."""
    if consultation.side_of(by) != "target" or not by.can("consultation.answer"):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if not consultation.is_open or version not in (None, consultation.version):
        raise Stale(consultation)
    given: Consultation = Consultation.objects.claim(
        consultation.pk,
        expect={"state__in": Consultation.OPEN, "version": consultation.version},
        change={"assigned_to": _doctor(by, consultation, doctor), "version": F("version") + 1},
    )
    journal.write(by=by, verb="consultation.assigned", about=given, doctor=doctor.pk)
    return given


def _doctor(by: Membership, consultation: Consultation, doctor: Staff | None) -> Staff | None:
    """Who answers: the doctor named, of the answering institution, else the member's own record."""
    if doctor is None:
        return staff_of(by)
    if doctor.institution_id != consultation.target_institution_id or not doctor.is_active:
        raise ConsultationRefused("doctor")
    return doctor


@transaction.atomic
def _move(
    name: str,
    by: Membership,
    consultation: Consultation,
    now: datetime,
    version: int | None,
    *,
    note: str = "",
    **change: Any,
) -> Consultation:
    """One step. Raises PermissionDenied (wrong side), Stale, ConsultationRefused (too_early)."""
    step = steps.admitted(name, by=by, row=consultation, version=version)
    last = consultation.answered_at or consultation.accepted_at or consultation.resent_at
    if now < (last or consultation.asked_at):
        raise ConsultationRefused("too_early")
    moved: Consultation = steps.take(
        step, by=by, row=consultation, verb=PAST[name], now=now, remark=note, **change
    )
    return moved
