"""Techniques with a subsidy for each case: register, subsidy of a day, institutions, cases by two persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.joint.models import Licence, Source, Subsidy, Technique, TechniqueCase
from alliance.joint.services.moving import local_day, move, own_institution, require, words, works_at
from alliance.joint.services.refusals import JointRefused
from alliance.models import Institution, Membership, Person, Staff
from alliance.models.base import Stale
from alliance.services import journal


@dataclass(frozen=True, slots=True)
class NewTechnique:
    """What a technique is, who pays, and its first subsidy in fen for a case."""

    code: str
    name: str
    source: str
    payer: Institution | None
    from_day: date
    fen: int
    decided_by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Performed:
    """One case: whom (a person, or a record number), by whom, on which day."""

    operator: Staff
    day: date
    person: Person | None = None
    record_no: str = ""
    note: str = ""


@transaction.atomic
def register_technique(*, by: Membership, new: NewTechnique) -> Technique:
    """Register a technique. Raises PermissionDenied, JointRefused (code, payer, fen, decided_by)."""
    require(by, "joint.plan")
    if (new.source == Source.INSTITUTION) == (new.payer is None) or new.source not in Source.values:
        raise JointRefused("payer")
    try:
        with transaction.atomic():
            row: Technique = Technique.objects.create(
                code=new.code.strip(), name=new.name.strip(), source=new.source, payer=new.payer,
                note=new.note.strip(), entered_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "technique_code" not in str(error):
            raise
        raise JointRefused("code", code=new.code.strip()) from None
    journal.write(by=by, verb="joint.technique_registered", about=row)
    decide_subsidy(by=by, technique=row, from_day=new.from_day, fen=new.fen, decided_by=new.decided_by)
    return row


@transaction.atomic
def decide_subsidy(
    *, by: Membership, technique: Technique, from_day: date, fen: int, decided_by: str
) -> Subsidy:
    """Let another subsidy hold from a day on; no case already entered changes.

    Raises PermissionDenied, JointRefused (fen, decided_by, subsidy_day, cases_there).
    """
    require(by, "joint.plan")
    if fen <= 0:
        raise JointRefused("fen")
    if not decided_by.strip():
        raise JointRefused("decided_by")
    # Locked: a case entered at this moment takes the old subsidy or is seen here.
    technique = Technique.objects.select_for_update().get(pk=technique.pk)
    latest = technique.subsidies.order_by("-from_day").first()
    if latest is not None and from_day <= latest.from_day:
        raise JointRefused("subsidy_day", day=latest.from_day)
    if technique.cases.exclude(state=TechniqueCase.State.REJECTED).filter(day__gte=from_day).exists():
        raise JointRefused("cases_there", day=from_day)
    row: Subsidy = Subsidy.objects.create(
        technique=technique, from_day=from_day, fen=fen, decided_by=decided_by.strip(), entered_by=by
    )
    journal.write(by=by, verb="joint.subsidy_decided", about=technique, fen=fen, from_day=str(from_day))
    return row


@transaction.atomic
def allow(*, by: Membership, technique: Technique, institution: Institution, from_day: date) -> Licence:
    """Let an institution do the technique from a day on. Raises JointRefused (own_payer, allowed)."""
    require(by, "joint.plan")
    if technique.payer_id == institution.pk:
        raise JointRefused("own_payer")
    try:
        with transaction.atomic():
            row: Licence = Licence.objects.create(
                technique=technique, institution=institution, from_day=from_day, entered_by=by
            )
    except IntegrityError as error:
        if "licence_once" not in str(error):
            raise
        raise JointRefused("allowed", place=institution.short_name) from None
    journal.write(by=by, verb="joint.technique_allowed", about=technique, institution=institution.pk)
    return row


@transaction.atomic
def disallow(*, by: Membership, licence: Licence, day: date) -> Licence:
    """The institution stops after a day. Raises JointRefused (licence_day), Stale."""
    require(by, "joint.plan")
    later = TechniqueCase.objects.filter(
        technique=licence.technique_id, institution=licence.institution_id, day__gt=day
    )
    if day < licence.from_day or later.exclude(state=TechniqueCase.State.REJECTED).exists():
        raise JointRefused("licence_day", day=licence.from_day)
    if not Licence.objects.filter(pk=licence.pk, ended_on=None).update(ended_on=day):
        raise Stale(licence)
    journal.write(
        by=by, verb="joint.technique_disallowed", about=licence.technique, institution=licence.institution_id
    )
    licence.refresh_from_db()
    return licence


@transaction.atomic
def end_technique(*, by: Membership, technique: Technique, why: str, version: int | None = None) -> Technique:
    """No new cases. Raises JointRefused (why), Stale."""
    require(by, "joint.plan")
    said = words(why)
    ended: Technique = move("end", by=by, row=technique, version=version, said=said, why=said)
    return ended


@transaction.atomic
def perform(*, by: Membership, technique: Technique, case: Performed, now: datetime) -> TechniqueCase:
    """Enter a case of the own institution; the subsidy is the one of its day.

    Raises PermissionDenied, JointRefused (no_institution, whom, operator, day, not_allowed, no_subsidy,
    technique_ended, case_twice).
    """
    require(by, "joint.perform")
    here = own_institution(by)
    # Locked: the office may be deciding another subsidy at this moment.
    technique = Technique.objects.select_for_update().get(pk=technique.pk)
    fen = _checked(technique, case, here, local_day(now))
    try:
        with transaction.atomic():
            row: TechniqueCase = TechniqueCase.objects.create(
                technique=technique, institution=here, department=case.operator.department,
                operator=case.operator, person=case.person, record_no=case.record_no.strip(), day=case.day,
                note=case.note.strip(), fen=fen, source=technique.source, payer=technique.payer,
                entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "_once" not in str(error):
            raise
        raise JointRefused("case_twice") from None
    journal.write(by=by, verb="joint.case_entered", about=row, fen=fen)
    return row


def _checked(technique: Technique, case: Performed, here: Institution, today: date) -> int:
    """The subsidy of the day, fen."""
    if technique.state != Technique.State.OPEN:
        raise JointRefused("technique_ended")
    if case.person is None and not case.record_no.strip():
        raise JointRefused("whom")
    if not works_at(case.operator, here.pk):
        raise JointRefused("operator")
    if case.day > today:
        raise JointRefused("day")
    licences = technique.licences.filter(institution=here, from_day__lte=case.day)
    if not any(one.ended_on is None or case.day <= one.ended_on for one in licences):
        raise JointRefused("not_allowed", place=here.short_name, day=case.day)
    subsidy = technique.subsidies.filter(from_day__lte=case.day).order_by("-from_day").first()
    if subsidy is None:
        raise JointRefused("no_subsidy", day=case.day)
    return int(subsidy.fen)


@transaction.atomic
def confirm_case(*, by: Membership, case: TechniqueCase, version: int | None = None) -> TechniqueCase:
    """A second person, or the paying side, says that it was so. Raises JointRefused (same_person), Stale."""
    confirmed: TechniqueCase = _decide("confirm", by, case, version)
    return confirmed


@transaction.atomic
def reject_case(
    *, by: Membership, case: TechniqueCase, why: str, version: int | None = None
) -> TechniqueCase:
    """It was not so, and why. Raises JointRefused (why, same_person), Stale."""
    rejected: TechniqueCase = _decide("reject", by, case, version, why=words(why))
    return rejected


def _decide(name: str, by: Membership, case: TechniqueCase, version: int | None, **change: Any) -> Any:
    if not (by.can("joint.confirm") and by.institution_id in (None, case.institution_id, case.payer_id)):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if by.user_id == case.entered_by.user_id:
        raise JointRefused("same_person")
    return move(name, by=by, row=case, version=version, said=change.get("why", ""), decided_by=by, **change)
