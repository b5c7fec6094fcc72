"""The community's follow-up of a referred patient: who saw the patient when, three task items (S0-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.models import Membership
from referrals.models import FollowUp, Referral
from referrals.models.followup import TASKS
from referrals.services.refusals import ReferralRefused

PROBLEMS = (FollowUp.Task.PROBLEM, FollowUp.Condition.WORSE)


@dataclass(frozen=True, slots=True)
class Visit:
    """One follow-up: `seen_at` an instant with zone, `way` of FollowUp.Way, each task of FollowUp.Task."""

    seen_at: datetime
    seen_by: str
    way: str
    rehabilitation: str
    medication: str
    complications: str
    condition: str
    note: str = ""


def check(visit: Visit, *, referral: Referral, now: datetime) -> None:
    """Raise ReferralRefused (seen_at, seen_by, way, task, condition, visit_note) for the first fault."""
    if visit.seen_at > now or visit.seen_at < referral.logged_at:
        raise ReferralRefused("seen_at")
    if not visit.seen_by.strip():
        raise ReferralRefused("seen_by")
    if visit.way not in FollowUp.Way.values:
        raise ReferralRefused("way")
    if any(getattr(visit, name) not in FollowUp.Task.values for name in TASKS):
        raise ReferralRefused("task")
    if visit.condition not in FollowUp.Condition.values:
        raise ReferralRefused("condition")
    said = (visit.condition, *(getattr(visit, name) for name in TASKS))
    if any(one in PROBLEMS for one in said) and not visit.note.strip():
        raise ReferralRefused("visit_note")


def store(visit: Visit, *, by: Membership, referral: Referral, now: datetime) -> FollowUp:
    """Keep a checked visit; it is written once."""
    row: FollowUp = FollowUp.objects.create(
        referral=referral, recorded_by=by, recorded_at=now, seen_at=visit.seen_at,
        seen_by=visit.seen_by.strip(), way=visit.way, rehabilitation=visit.rehabilitation,
        medication=visit.medication, complications=visit.complications, condition=visit.condition,
        note=visit.note.strip(),
    )  # fmt: skip
    return row
