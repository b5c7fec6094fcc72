"""Asking for a consultation, and changing the question while nobody has taken it on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership, Person, Staff
from alliance.models.base import Stale
from alliance.services import calendar, journal, parameters
from referrals.consultations import machine, sql
from referrals.consultations.models import BY_CENTRES, Centre, Consultation, Kind, Urgency
from referrals.consultations.services.refusals import ConsultationRefused

EARLIEST, LATEST = 1900, 2200  # years an examination can bear
DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Za-z+*†.]{1,16})?")


@dataclass(frozen=True, slots=True)
class Question:
    """What the asking doctor writes; texts may be ''. `target_department` is one of the target's, or None."""

    kind: str
    target_institution: Institution
    question: str
    diagnosis_name: str
    diagnosis_code: str = ""
    urgency: str = Urgency.ORDINARY
    target_department: Department | None = None
    summary: str = ""
    examination: str = ""
    examined_at: datetime | None = None
    reference: str = ""
    impression: str = ""
    contact_phone: str = ""
    consent: bool = False

    def columns(self) -> dict[str, object]:
        """The values by column of `Consultation`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# What may be changed later: not who, whither, what kind, nor how urgent: the clock and the fee run by these.
AMENDABLE = (
    "question", "summary", "diagnosis_code", "diagnosis_name", "examination", "examined_at", "reference",
    "impression", "contact_phone",
)  # fmt: skip


@transaction.atomic
def ask(*, by: Membership, person: Person, question: Question, now: datetime) -> Consultation:
    """Ask another institution: the answer limit is set by the rule in force for the kind and urgency.

    Raises PermissionDenied and ConsultationRefused. Source: S0-28, S2-30, S2-58.
    """
    require(by, machine.ASK)
    origin = own_place(by)
    question = _checked(question, origin=origin)
    rule, due = answer_limit(question.kind, question.urgency, now)
    made: Consultation = Consultation.objects.create(
        number=number_of(now), person=person, origin_institution=origin, origin_department=by.department,
        asked_by=by, asked_doctor=staff_of(by), asked_at=now, answer_rule=rule, answer_due_at=due,
        **question.columns(),
    )  # fmt: skip
    journal.write(by=by, verb="consultation.asked", about=made, kind=question.kind, urgency=question.urgency)
    journal.step(by=by, about=made, name="ask", before="", after=made.state)
    return made


@transaction.atomic
def amend(
    *, by: Membership, consultation: Consultation, question: Question, version: int, now: datetime
) -> Consultation:
    """Change the question while nobody has taken it on; one that was returned is sent again by it.

    Sending again sets the limit anew from `now`, because the wait for the missing part is the asker's own.
    Raises PermissionDenied, ConsultationRefused, and Stale with the row as it is now (N34).
    """
    require(by, machine.ASK)
    if consultation.side_of(by) != "origin":
        raise PermissionDenied(_("Only the asking institution changes the question."))
    if consultation.version != version:
        raise Stale(consultation)
    if consultation.state not in (Consultation.State.REQUESTED, Consultation.State.RETURNED):
        raise ConsultationRefused("finished", state=consultation.get_state_display())
    question = _checked(_only_amendable(consultation, question), origin=consultation.origin_institution)
    written = {name: getattr(question, name) for name in AMENDABLE}
    fields = [name for name, value in written.items() if getattr(consultation, name) != value]
    before = consultation.state
    changed: Consultation = Consultation.objects.claim(
        consultation.pk,
        expect={"version": version, "state": before},
        change=written | _sent_again(consultation, now) | {"version": F("version") + 1},
    )
    journal.write(by=by, verb="consultation.amended", about=changed, fields=fields)
    if before != changed.state:
        journal.step(by=by, about=changed, name="resend", before=before, after=changed.state)
    return changed


def _sent_again(consultation: Consultation, now: datetime) -> dict[str, object]:
    """What sending a returned consultation again writes beside the question; nothing for one that waits."""
    if consultation.state != Consultation.State.RETURNED:
        return {}
    if consultation.returned_at and now < consultation.returned_at:
        raise ConsultationRefused("too_early")
    rule, due = answer_limit(consultation.kind, consultation.urgency, now)
    state = Consultation.State.REQUESTED
    return {"state": state, "resent_at": now, "answer_rule": rule, "answer_due_at": due}


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless the member's role includes the action."""
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))


def own_place(by: Membership) -> Institution:
    """The member's institution. Raises ConsultationRefused for who stands for the whole alliance."""
    if by.institution is None:
        raise ConsultationRefused("no_institution")
    return by.institution


def staff_of(by: Membership) -> Staff | None:
    """The staff record of a member at the own institution; None when nobody linked one."""
    rows = Staff.objects.filter(user=by.user_id, institution=by.institution_id, is_active=True)
    found: Staff | None = rows.order_by("code").first()
    return found


def number_of(now: datetime) -> str:
    """The next number of the local day, as in HZ261112-0001 (会诊)."""
    day = now.astimezone(SHANGHAI).date()
    return f"HZ{day:%y%m%d}-{sql.next_number(day):04d}"


def answer_limit(kind: str, urgency: str, now: datetime) -> tuple[str, datetime]:
    """The rule for the answer in force on the local day of `now`, and the instant it gives."""
    rule = rule_of(kind, urgency, now.astimezone(SHANGHAI).date())
    return rule, calendar.deadline(now, rule).due_at


def rule_of(kind: str, urgency: str, on: date) -> str:
    """The answer limit of a kind and urgency in force on a day, as in "H24"."""
    table: Any = parameters.in_force(f"consult.answer.{kind}", on=on)
    return str(table[urgency])


def serving(kind: str) -> list[Centre]:
    """The active centres that serve a kind, by institution and department."""
    rows = Centre.objects.filter(
        kinds__contains=[kind], is_active=True, department__is_active=True,
        department__institution__is_active=True,
    )  # fmt: skip
    return list(
        rows.select_related("department__institution").order_by(
            "department__institution__code", "department__code"
        )
    )


def _only_amendable(consultation: Consultation, question: Question) -> Question:
    kept = {
        name: getattr(consultation, name) for name in question.__dataclass_fields__ if name not in AMENDABLE
    }
    return replace(question, **kept)


def _checked(question: Question, *, origin: Institution) -> Question:
    """The question with its code in one form. Raises ConsultationRefused for the first thing wrong."""
    for fault in faults(question, origin=origin):
        raise fault
    return replace(question, diagnosis_code=_code(question), question=question.question.strip())


def faults(question: Question, *, origin: Institution) -> Iterator[ConsultationRefused]:
    """Everything that is wrong with a question, so that a form can say all of it at once."""
    critical = question.urgency == Urgency.CRITICAL
    if question.urgency not in Urgency.values:
        yield ConsultationRefused("urgency")
    if question.kind not in Kind.values:
        yield ConsultationRefused("kind")
    else:
        yield from _wrong_target(question, origin)
        if question.kind in BY_CENTRES and not question.examination.strip():
            yield ConsultationRefused("examination")
    if question.examined_at is not None and not EARLIEST <= question.examined_at.year <= LATEST:
        yield ConsultationRefused("examined_at")
    if not question.question.strip():
        yield ConsultationRefused("question")
    if not question.diagnosis_name.strip():
        yield ConsultationRefused("diagnosis_name")
    if (code := _code(question)) and not DIAGNOSIS_CODE.fullmatch(code):
        yield ConsultationRefused("diagnosis_code")
    if not critical and not question.consent:
        yield ConsultationRefused("consent")


def _code(question: Question) -> str:
    code = question.diagnosis_code.strip()
    return code[:1].upper() + code[1:]


def _wrong_target(question: Question, origin: Institution) -> Iterator[ConsultationRefused]:
    target, department = question.target_institution, question.target_department
    if target.pk == origin.pk:
        yield ConsultationRefused("same_place")
    elif not target.is_active:
        yield ConsultationRefused("target")
    elif department is not None and department.institution_id != target.pk:
        yield ConsultationRefused("department")
    elif question.kind in BY_CENTRES:
        if department is None or department.pk not in {row.department_id for row in serving(question.kind)}:
            yield ConsultationRefused("centre")
    elif target.kind == Institution.Kind.VILLAGE:
        yield ConsultationRefused("target")
