"""Case conferences: planned and held by the host; others enter their doctors and cases (S3-45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.joint.models import Conference, ConferencePaper, Discussed, Participant
from alliance.joint.services.moving import local_day, move, own_institution, require, words, works_at
from alliance.joint.services.refusals import JointRefused
from alliance.models import Attachment, Membership, Person, Staff
from alliance.models.base import Stale
from alliance.services import files, journal
from alliance.services.files import Upload

LEAST_PLACES = 2  # a conference of one institution is its own ward round


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a conference is about; `starts_at` with zone."""

    topic: str
    starts_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One case to discuss: a person or a record number of the own institution, and what is asked."""

    question: str
    person: Person | None = None
    record_no: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """When it took place and what was said."""

    held_on: date
    minutes: str


@transaction.atomic
def plan_conference(*, by: Membership, meeting: Meeting) -> Conference:
    """Plan a conference of the own institution. Raises PermissionDenied, JointRefused (no_institution)."""
    require(by, "joint.host")
    row: Conference = Conference.objects.create(
        host=own_institution(by), topic=meeting.topic.strip(), starts_at=meeting.starts_at,
        place=meeting.place.strip(), entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="joint.conference_planned", about=row)
    return row


@transaction.atomic
def take_part(*, by: Membership, conference: Conference, staff: Staff) -> Participant:
    """Enter one of the own staff. Raises JointRefused (no_institution, conference_over, staff, there)."""
    require(by, "joint.attend")
    here = own_institution(by)
    _planned(conference)
    if not works_at(staff, here.pk):
        raise JointRefused("staff")
    try:
        with transaction.atomic():
            row: Participant = Participant.objects.create(
                conference=conference, staff=staff, institution=here, entered_by=by
            )
    except IntegrityError as error:
        if "participant_once" not in str(error):
            raise
        raise JointRefused("there", name=staff.name) from None
    return row


@transaction.atomic
def bring_case(*, by: Membership, conference: Conference, question: Question) -> Discussed:
    """Bring a case of the own institution. Raises JointRefused (no_institution, conference_over, whom)."""
    require(by, "joint.attend")
    here = own_institution(by)
    _planned(conference)
    if question.person is None and not question.record_no.strip():
        raise JointRefused("whom")
    row: Discussed = Discussed.objects.create(
        conference=conference, institution=here, person=question.person,
        record_no=question.record_no.strip(), question=question.question.strip(), entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="joint.case_brought", about=row)
    return row


@transaction.atomic
def void_line(*, by: Membership, line: Participant | Discussed, why: str, now: datetime) -> Any:
    """Take a wrong line of the own institution off. Raises JointRefused (why, conference_over), Stale."""
    require(by, "joint.attend")
    if by.institution_id != line.institution_id:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    said = words(why)
    _planned(line.conference)
    if not type(line).objects.filter(pk=line.pk, voided_at=None).update(voided_at=now, why=said):
        raise Stale(line)
    journal.write(by=by, verb="joint.line_voided", about=line)
    line.refresh_from_db()
    return line


@transaction.atomic
def hold_conference(
    *, by: Membership, conference: Conference, held: Held, now: datetime, version: int | None = None
) -> Conference:
    """The host says that it took place, with its minutes.

    Raises PermissionDenied, JointRefused (held_on, minutes, few_places, no_case), Stale.
    """
    _require_host(by, conference)
    if held.held_on > local_day(now):
        raise JointRefused("held_on")
    if not held.minutes.strip():
        raise JointRefused("minutes")
    row: Conference = move(
        "hold", by=by, row=conference, version=version, held_on=held.held_on, minutes=held.minutes.strip()
    )
    # After the claim: nobody enters or voids a line any more.
    present = row.participants.filter(voided_at=None)
    if present.order_by().values("institution").distinct().count() < LEAST_PLACES:
        raise JointRefused("few_places", least=LEAST_PLACES)
    if not row.cases.filter(voided_at=None).exists():
        raise JointRefused("no_case")
    return row


@transaction.atomic
def cancel_conference(
    *, by: Membership, conference: Conference, why: str, version: int | None = None
) -> Conference:
    """It does not take place. Raises JointRefused (why), Stale."""
    _require_host(by, conference)
    said = words(why)
    row: Conference = move("cancel", by=by, row=conference, version=version, said=said, why=said)
    return row


@transaction.atomic
def add_paper(*, by: Membership, conference: Conference, scan: Upload) -> ConferencePaper:
    """Keep scanned minutes or slides with a conference; the host's to do. Raises files.TooLarge."""
    _require_host(by, conference)
    stored = files.store(
        by=by, name=scan.name, content=scan.content, purpose=Attachment.Purpose.EVIDENCE,
        content_type=scan.content_type, limit=scan.limit, institution=by.institution,
    )  # fmt: skip
    row: ConferencePaper = ConferencePaper.objects.create(conference=conference, file=stored, added_by=by)
    journal.write(by=by, verb="joint.paper_added", about=conference, file=stored.pk)
    return row


def _require_host(by: Membership, conference: Conference) -> None:
    require(by, "joint.host")
    if by.institution_id != conference.host_id:
        raise PermissionDenied(_("Only the host does this."))


def _planned(conference: Conference) -> None:
    # Locked: the host may be closing the list at this moment.
    row = Conference.objects.select_for_update().get(pk=conference.pk)
    if row.state != Conference.State.PLANNED:
        raise JointRefused("conference_over", state=row.get_state_display())
