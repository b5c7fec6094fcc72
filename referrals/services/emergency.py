"""The emergency referral 急危重: sent in seconds, never declined, its form within a day (practice 8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.identity import IdentityRefused
from alliance.models import Department, Institution, Membership, Person
from alliance.models.base import Stale
from alliance.services import journal, people, steps
from referrals import reasons
from referrals.models import Reception, Referral
from referrals.models.queries import form_open, unanswered_late
from referrals.services import clocks, moves, numbers, papers, stays
from referrals.services.log import Content, checked_content, goes, live_one, outside
from referrals.services.refusals import ReferralRefused

LONGEST_AGO = timedelta(days=7)
# Written once by the sender; the rest of an emergency's form comes later.
FORM = (
    "reason", "reason_text", "diagnosis_code", "diagnosis_name", "summary", "past_history", "treatment",
    "cautions", "ehr_number", "insurance", "insurance_no", "address", "expected_at", "target_doctor",
    "transport", "contact_phone", "consent", "consent_by", "green_channel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """What is known in the first seconds: no code, no consent, perhaps no name.

    `who` is what was typed: an ID number of a known patient, a name, "male, about 65", or ''. `onset_at` may
    be None; `telephoned` says that the receiver has been told by telephone. Without a `target` the patient
    goes to the hospital outside the alliance that `outside_name` says.
    """

    suspected: str
    target: Institution | None = None
    department: Department | None = None
    who: str = ""
    onset_at: datetime | None = None
    last_well: bool = False
    phone: str = ""
    telephoned: bool = False
    outside_name: str = ""


@transaction.atomic
def send(*, by: Membership, call: Call, now: datetime) -> Referral:
    """Send an emergency: the 5-minute clock begins, the form is due within the day.

    A live referral of the same patient does not stand in the way: it is linked. Raises PermissionDenied,
    ReferralRefused (no_institution, suspected, target, same_place, department, outside_name, onset).
    """
    if not by.can("referral.log"):
        raise PermissionDenied(_("Your role does not include this step."))
    if by.institution is None:
        raise ReferralRefused("no_institution")
    _check(call, by.institution, now)
    person, said = _who(by, call.who)
    word = reasons.words("suspected", call.suspected)
    row = Referral(
        number=numbers.take(now), direction=Referral.Direction.UP, urgency=Referral.Urgency.CRITICAL,
        person=person, said_to_be=said, origin_institution=by.institution, origin_department=by.department,
        logged_by=by, target_institution=call.target, target_department=call.department,
        outside=outside(call.target, call.outside_name), reason="critical",
        diagnosis_name=word, suspected=call.suspected, contact_phone=call.phone, green_channel=True,
        onset_at=call.onset_at, onset_kind=_onset(call), logged_at=now,
        telephoned_at=now if call.telephoned else None,
        previous=live_one(person=person, direction="up") if person else None,
        **clocks.answer("critical", now), **clocks.limit("form", "referral.emergency_form", now),
    )  # fmt: skip
    row.save(force_insert=True)
    journal.write(by=by, verb="referral.emergency_sent", about=row, suspected=call.suspected)
    journal.step(by=by, about=row, name="log", before="", after=row.state)
    return row


@transaction.atomic
def divert(
    *, by: Membership, referral: Referral, now: datetime, to: Institution | None = None, agreed_by: str,
    note: str = "", outside_name: str = "", version: int | None = None,
) -> Referral:  # fmt: skip
    """Pass an emergency on to a hospital that has said yes by telephone; returns the referral made there.

    One outside the alliance is named by `outside_name`: nobody there answers in the system, so that its yes
    on the telephone is the acceptance. The one diverted ends; everything known goes along, and so does the
    duty to complete the form. Raises PermissionDenied, Stale, ReferralRefused (agreed_by, divert_target).
    """
    if not agreed_by.strip():
        raise ReferralRefused("agreed_by")
    _check_divert(referral, to, outside_name)
    place = to.name if to else outside_name.strip()
    said = f"{place}: {agreed_by.strip()} {note.strip()}".strip()
    old = moves.take(
        "divert", by=by, referral=referral, now=now, note=said, version=version, answered_at=now,
        agreed_by=agreed_by.strip(),
    )  # fmt: skip
    new = Referral(**_carried(old))
    new.number, new.previous, new.target_institution = numbers.take(now), old, to
    new.outside = outside(to, outside_name)
    new.logged_at, new.agreed_by = now, agreed_by.strip()
    for name, value in clocks.answer("critical", now).items():
        setattr(new, name, value)
    new.save(force_insert=True)
    journal.write(by=by, verb="referral.emergency_sent", about=new, diverted_from=old.pk)
    journal.step(by=by, about=new, name="log", before="", after=new.state, note=said[: steps.NOTE_LENGTH])
    if to is not None:
        return new
    return moves.move(steps.from_here("accept", new), by=by, referral=new, now=now, note=said)


@transaction.atomic
def telephoned(*, by: Membership, referral: Referral, now: datetime) -> Referral:
    """Keep when the receiver was told by telephone, beside the time of the system; once."""
    if referral.side_of(by) == "" or not by.can("referral.view"):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    changed: Referral = Referral.objects.claim(
        referral.pk,
        expect={"telephoned_at": None, "urgency": Referral.Urgency.CRITICAL},
        change={"telephoned_at": now, "version": F("version") + 1},
    )
    journal.write(by=by, verb="referral.telephoned", about=changed)
    return changed


@transaction.atomic
def complete_form(
    *, by: Membership, referral: Referral, person: Person | None, content: Content, now: datetime,
    version: int | None = None,
) -> Referral:  # fmt: skip
    """The sender completes the form of an emergency; a patient identified meanwhile is named.

    Raises PermissionDenied, Stale, ReferralRefused (form_done, and those of an ordinary referral's content).
    """
    if referral.side_of(by) != "origin" or not by.can("referral.log"):
        raise PermissionDenied(_("Only the sender completes the form."))
    if version is not None and version != referral.version:
        raise Stale(referral)
    if not Referral.objects.filter(form_open(), pk=referral.pk).exists():
        raise ReferralRefused("form_done")
    # As complete as any other form; only a patient who cannot agree has not agreed.
    asked = replace(content, urgency=Referral.Urgency.URGENT, consent=True)
    origin, sent_at = referral.origin_institution, referral.logged_at
    checked = replace(checked_content(asked, origin=origin, sent_at=sent_at), consent=content.consent)
    change: dict[str, Any] = {name: getattr(checked, name) for name in FORM}
    changed: Referral = Referral.objects.claim(
        referral.pk, expect={"version": referral.version, "form_completed_at": None},
        change={
            **change, "person": person or referral.person, "form_completed_at": now,
            "filing": papers.needed(referral.direction, checked.insurance),
            "version": F("version") + 1,
        },
    )  # fmt: skip
    stays.follow(changed)
    journal.write(by=by, verb="referral.form_completed", about=changed)
    return changed


def escalate(now: datetime) -> int:
    """Mark the emergencies nobody answered within their minutes; the offices are shown them. How many."""
    open_ones = Referral.objects.filter(
        unanswered_late(now), urgency=Referral.Urgency.CRITICAL, escalated_at=None
    )
    count = 0
    for referral in open_ones[: clocks.BATCH]:
        marked = Referral.objects.filter(pk=referral.pk, escalated_at=None).update(escalated_at=now)
        if marked:
            journal.write(by=None, verb="referral.escalated", about=referral)
            count += 1
    return count


def centres(suspected: str, *, origin: Institution) -> list[Reception]:
    """The open centres for an emergency that may receive it, the lead hospital first. One query."""
    rows = Reception.objects.filter(is_open=True, emergencies__contains=[suspected])
    rows = rows.select_related("institution", "department").order_by("institution__role", "institution__code")
    return [row for row in rows if row.institution_id != origin.pk and row.institution.is_active]


def _check(call: Call, origin: Institution, now: datetime) -> None:
    if call.suspected not in reasons.lists()["suspected"]:
        raise ReferralRefused("suspected")
    if call.target is None:
        if not call.outside_name.strip():
            raise ReferralRefused("outside_name")
    elif call.target.pk == origin.pk:
        raise ReferralRefused("same_place")
    elif not call.target.is_active or not goes("up", origin=origin, target=call.target):
        raise ReferralRefused("target")
    elif call.department is not None and call.department.institution_id != call.target.pk:
        raise ReferralRefused("department")
    if call.onset_at is not None and not now - LONGEST_AGO <= call.onset_at <= now:
        raise ReferralRefused("onset")


def _who(by: Membership, typed: str) -> tuple[Person | None, str]:
    """The patient of a known ID number, and otherwise what was typed; never a reason to wait."""
    text = typed.strip()
    try:
        known = people.find(people.complete(people.Identity("?", 0, None, text)), alliance=by.alliance)
    except (IdentityRefused, people.PersonRefused):
        known = None
    return known, "" if known else text


def _onset(call: Call) -> str:
    if call.onset_at is None:
        return ""
    return str(Referral.Onset.LAST_WELL if call.last_well else Referral.Onset.ONSET)


def _check_divert(referral: Referral, to: Institution | None, outside_name: str) -> None:
    """Another hospital: one of the alliance, or one outside by its name, and not both."""
    if (to is None) != bool(outside_name.strip()):
        raise ReferralRefused("divert_target")
    here = (referral.origin_institution_id, referral.target_institution_id)
    if to is not None and (to.pk in here or not _hospital(to)):
        raise ReferralRefused("divert_target")


def _hospital(place: Institution) -> bool:
    return place.is_active and place.level != Institution.Level.PRIMARY


# What a diverted emergency leaves behind: its own steps, clocks and number.
OWN = frozenset({
    "id", "alliance", "number", "state", "version", "target_institution", "target_department", "previous",
    "logged_at", "answered_at", "closed_at", "answer_rule", "answer_due_at", "escalated_at", "agreed_by",
    "outside",
})  # fmt: skip


def _carried(old: Referral) -> dict[str, Any]:
    """The columns that go along with a diverted emergency."""
    fields = (field for field in old._meta.concrete_fields if field.name not in OWN)
    return {field.attname: getattr(old, field.attname) for field in fields}
