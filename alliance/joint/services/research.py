"""Joint research projects: a simple register kept by the leading institution (S3-18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.joint.models import Research, ResearchPartner
from alliance.joint.services.moving import local_day, move, own_institution, require, works_at
from alliance.joint.services.refusals import JointRefused
from alliance.models import Institution, Membership, Staff
from alliance.services import journal


@dataclass(frozen=True, slots=True)
class Study:
    """A research project: leader of the own institution, the partners beside it."""

    title: str
    number: str
    leader: Staff
    partners: Sequence[Institution]
    first_day: date
    last_day: date
    funded_by: str = ""


@transaction.atomic
def register_research(*, by: Membership, study: Study) -> Research:
    """Register a project. Raises PermissionDenied, JointRefused (leader, partners, last_day, number)."""
    require(by, "joint.host")
    here = own_institution(by)
    if not works_at(study.leader, here.pk):
        raise JointRefused("leader")
    if not study.partners or here in study.partners:
        raise JointRefused("partners")
    if study.last_day < study.first_day:
        raise JointRefused("last_day")
    try:
        with transaction.atomic():
            row: Research = Research.objects.create(
                title=study.title.strip(), number=study.number.strip(), funded_by=study.funded_by.strip(),
                leader=study.leader, institution=here, first_day=study.first_day, last_day=study.last_day,
                entered_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "research_number" not in str(error):
            raise
        raise JointRefused("number", number=study.number.strip()) from None
    ResearchPartner.objects.bulk_create(
        [ResearchPartner(research=row, institution=one) for one in study.partners]
    )
    journal.write(by=by, verb="joint.research_registered", about=row)
    return row


@transaction.atomic
def end_research(
    *,
    by: Membership,
    research: Research,
    finished: bool,
    ended_on: date,
    result: str,
    now: datetime,
    version: int | None = None,
) -> Research:
    """It has its result, or goes no further. Raises JointRefused (ended_on, result), Stale."""
    require(by, "joint.host")
    if by.institution_id != research.institution_id:
        raise PermissionDenied(_("Only the leading institution does this."))
    if not research.first_day <= ended_on <= local_day(now):
        raise JointRefused("ended_on", first=research.first_day)
    if not (said := result.strip()):
        raise JointRefused("result")
    name = "finish" if finished else "stop"
    row: Research = move(
        name, by=by, row=research, version=version, said=said, ended_on=ended_on, result=said
    )
    return row
