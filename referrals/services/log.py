"""Logging a referral, and changing its content while the receiver has not answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership, Person
from alliance.models.base import Stale
from alliance.services import journal, parameters
from referrals import reasons
from referrals.machine import OPEN
from referrals.models import OutsidePlace, Referral, rank
from referrals.services import clocks, numbers, papers
from referrals.services.refusals import ReferralRefused

DIAGNOSIS_CODE = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Za-z+*†.]{1,16})?")


@dataclass(frozen=True, slots=True)
class Content:
    """What the sender writes; texts may be ''. `target_department` is one of the target's, or None.

    A destination outside the alliance has no `target_institution` and a name.
    """

    direction: str
    target_institution: Institution | None
    reason: str
    diagnosis_name: str
    diagnosis_code: str = ""
    urgency: str = Referral.Urgency.ORDINARY
    target_department: Department | None = None
    outside_name: str = ""
    reason_text: str = ""
    summary: str = ""
    past_history: str = ""
    findings: str = ""
    treatment: str = ""
    cautions: str = ""
    next_plan: str = ""
    medication: str = ""
    discharge_summary: str = ""
    follow_up_plan: str = ""
    record_no: str = ""
    ehr_number: str = ""
    insurance: str = ""
    insurance_no: str = ""
    address: str = ""
    expected_at: datetime | None = None
    target_doctor: str = ""
    transport: str = ""
    contact_phone: str = ""
    consent: bool = False
    consent_by: str = ""
    green_channel: bool = False
    high_risk: bool = False
    previous: Referral | None = None

    def columns(self) -> dict[str, object]:
        """The values by column of `Referral`."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "outside_name"}


# What an amendment may change: not who, whence, whither, which way, nor how urgent: the clock runs by these.
AMENDABLE = (
    "reason", "reason_text", "diagnosis_code", "diagnosis_name", "summary", "past_history", "findings",
    "treatment", "cautions", "next_plan", "medication", "discharge_summary", "follow_up_plan", "record_no",
    "ehr_number", "insurance", "insurance_no", "address", "expected_at", "target_doctor", "transport",
    "contact_phone", "target_department", "consent_by", "green_channel", "high_risk",
)  # fmt: skip


@transaction.atomic
def log_referral(*, by: Membership, person: Person, content: Content, now: datetime) -> Referral:
    """Send a patient: a new referral of the member's institution, its answer limit set by the rule in force.

    An emergency ignores the rule of one live referral and names the live one as `previous` (practice 8).
    Raises PermissionDenied and ReferralRefused.
    """
    _require_right(by, "referral.log")
    origin = _origin(by)
    content = checked_content(content, origin=origin, sent_at=now)
    live = live_one(person=person, direction=content.direction)
    if live and content.urgency != Referral.Urgency.CRITICAL:
        raise already_live(live)
    referral = _insert(by, person, replace(content, previous=content.previous or live), origin, now)
    journal.write(
        by=by, verb="referral.logged", about=referral, direction=content.direction, urgency=content.urgency
    )
    journal.step(by=by, about=referral, name="log", before="", after=referral.state)
    return referral


@transaction.atomic
def amend(*, by: Membership, referral: Referral, content: Content, version: int) -> Referral:
    """Change what the sender wrote, while nobody has answered and nobody changed it since `version`.

    Raises PermissionDenied, ReferralRefused, and Stale with the row as it is now (N34).
    """
    _require_right(by, "referral.log")
    if referral.side_of(by) != "origin":
        raise PermissionDenied(_("Only the sender changes a referral."))
    if referral.version != version:
        raise Stale(referral)
    if referral.state not in OPEN:
        raise ReferralRefused("finished", state=referral.get_state_display())
    content = checked_content(
        _only_amendable(referral, content), origin=referral.origin_institution, sent_at=referral.logged_at
    )
    change = {name: getattr(content, name) for name in AMENDABLE}
    fields = [name for name, value in change.items() if (getattr(referral, name) or "") != (value or "")]
    expect = {"version": version, "state": referral.state}
    changed: Referral = Referral.objects.claim(
        referral.pk, expect=expect, change=change | {"version": F("version") + 1}
    )
    journal.write(by=by, verb="referral.amended", about=changed, fields=fields)
    return changed


def live_one(*, person: Person, direction: str) -> Referral | None:
    """The latest unfinished referral of a patient in a direction, whoever sent it; None without one."""
    found = Referral.objects.live().filter(person=person, direction=direction)
    referral: Referral | None = (
        found.select_related("origin_institution").order_by("-logged_at", "-pk").first()
    )
    return referral


def already_live(live: Referral) -> ReferralRefused:
    """The refusal that names the live referral."""
    return ReferralRefused("live", number=live.number, institution=live.origin_institution.short_name)


def _insert(by: Membership, person: Person, content: Content, origin: Institution, now: datetime) -> Referral:
    later = clocks.limit("form", "referral.emergency_form", now) if content.urgency == "critical" else {}
    row = Referral(
        person=person, origin_institution=origin, origin_department=by.department, logged_by=by,
        logged_at=now, number=numbers.take(now),
        outside=outside(content.target_institution, content.outside_name),
        filing=papers.needed(content.direction, content.insurance),
        **clocks.answer(content.urgency, now), **later, **content.columns(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        # Two desks logged at the same moment: the index let one through.
        live = live_one(person=person, direction=content.direction)
        if live is None or "referral_live_once" not in str(error):
            raise
        raise already_live(live) from None
    return row


def outside(target: Institution | None, name: str) -> OutsidePlace | None:
    """The place outside the alliance by its name, kept for the next time; None where the target is inside."""
    if target is not None:
        return None
    place: OutsidePlace = OutsidePlace.objects.get_or_create(name=name.strip())[0]
    return place


def _origin(by: Membership) -> Institution:
    if by.institution is None:
        raise ReferralRefused("no_institution")
    return by.institution


def _require_right(by: Membership, action: str) -> None:
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))


def _only_amendable(referral: Referral, content: Content) -> Content:
    fixed = set(content.__dataclass_fields__) - set(AMENDABLE) - {"outside_name"}
    kept: dict[str, Any] = {name: getattr(referral, name) for name in fixed}
    return replace(content, outside_name=referral.outside.name if referral.outside else "", **kept)


def checked_content(content: Content, *, origin: Institution, sent_at: datetime) -> Content:
    """The content with its code in one form. Raises ReferralRefused for the first thing that is wrong."""
    for fault in faults(content, origin=origin, sent_at=sent_at):
        raise fault
    return replace(content, diagnosis_code=_written(content.diagnosis_code))


def faults(content: Content, *, origin: Institution, sent_at: datetime) -> Iterator[ReferralRefused]:
    """Everything that is wrong with a content of a referral sent at an instant, for a form to say at once."""
    critical = content.urgency == Referral.Urgency.CRITICAL
    yield from _wrong_choices(content)
    yield from _wrong_target(content, origin)
    if not (is_code(content.diagnosis_code) if content.diagnosis_code.strip() else critical):
        yield ReferralRefused("diagnosis_code")
    if not content.diagnosis_name.strip():
        yield ReferralRefused("diagnosis_name")
    if not critical and not content.summary.strip():
        yield ReferralRefused("summary")
    if not critical and not content.consent:
        yield ReferralRefused("consent")
    if content.expected_at is not None:
        first, last = datetime.combine(day_of(sent_at), time(), SHANGHAI), farthest(sent_at)
        if not first <= content.expected_at <= last:
            yield ReferralRefused("expected_at", first=day_of(sent_at), last=day_of(last))


def is_code(text: str) -> bool:
    """Whether a text has the shape of a diagnosis code."""
    return DIAGNOSIS_CODE.fullmatch(_written(text)) is not None


def _written(text: str) -> str:
    """A code as it is kept: its letter large."""
    code = text.strip()
    return code[:1].upper() + code[1:]


def _wrong_choices(content: Content) -> Iterator[ReferralRefused]:
    if content.urgency not in Referral.Urgency.values:
        yield ReferralRefused("urgency")
    for name, known in (("insurance", Referral.Insurance), ("consent_by", Referral.Consent)):
        if getattr(content, name) and getattr(content, name) not in known.values:
            yield ReferralRefused(name)
    if content.transport and content.transport not in Referral.Transport.values:
        yield ReferralRefused("transport")
    if content.direction not in Referral.Direction.values:
        yield ReferralRefused("direction")
        return
    reason = reasons.lists()[content.direction].get(content.reason)
    if reason is None:
        yield ReferralRefused("reason")
    elif reason.needs_text and not content.reason_text.strip():
        yield ReferralRefused("reason_text")


def _wrong_target(content: Content, origin: Institution) -> Iterator[ReferralRefused]:
    target, department = content.target_institution, content.target_department
    if target is None:
        if not content.outside_name.strip():
            yield ReferralRefused("outside_name")
        return
    if target.pk == origin.pk:
        yield ReferralRefused("same_place")
    elif not target.is_active or not goes(content.direction, origin=origin, target=target):
        yield ReferralRefused("target")
    elif department is not None and department.institution_id != target.pk:
        yield ReferralRefused("department")


def farthest(at: datetime) -> datetime:
    """The last moment a patient may be expected at, counted from an instant: beyond it a slip of the hand
    (2062 for 2026). The days are the parameter `referral.farthest`.
    """
    return at + timedelta(days=int(str(parameters.in_force("referral.farthest", on=day_of(at)))))


def day_of(at: datetime) -> date:
    """The day of a moment by the clock on the wall."""
    return at.astimezone(SHANGHAI).date()


def goes(direction: str, *, origin: Institution, target: Institution) -> bool:
    """Whether a patient can go that way: never up to a lower rank, never down to a higher one."""
    if direction == Referral.Direction.UP:
        return rank(target) >= rank(origin)
    return rank(target) <= rank(origin)
