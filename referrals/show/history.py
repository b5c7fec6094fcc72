"""What happened to a referral: its steps, the clock that runs, the follow-ups."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Transition
from alliance.services import journal
from alliance.web import parts, words
from referrals.models import FollowUp, Referral
from referrals.models.followup import TASKS

# The column that bears the time of a step.
STAMPS = {
    "log": "logged_at", "accept": "answered_at", "decline": "answered_at", "arrive": "arrived_at",
    "complete": "completed_at", "no_show": "closed_at", "cancel": "closed_at",
}  # fmt: skip


def history(referral: Referral) -> list[parts.Step]:
    """The kept steps at the times the referral bears, oldest first; a refusal with its reason."""
    return [_line(referral, step) for step in journal.steps_of(referral)]


def _line(referral: Referral, step: Transition) -> parts.Step:
    title = _titles(referral).get(step.name) or str(Referral.State(step.to_state).label)
    at = getattr(referral, STAMPS.get(step.name, ""), None) or step.at
    return parts.Step("yes", title, detail=step.note, at=at, by=str(step.by.user) if step.by else "")


def _titles(referral: Referral) -> dict[str, str]:
    """Steps whose line says more than the state they lead to."""
    return {
        "log": _("Logged"),
        "resubmit": _("Sent again"),
        "decline": _("Declined: %(reason)s") % {"reason": referral.decline_words},
        "follow_up": _("First follow-up: closed"),
        "close": _("Reply read: closed"),
        "expire": _("Expired: nobody acted for too long"),
    }


def clock(referral: Referral) -> dict[str, Any] | None:
    """The limit that runs now and whose it is; None when none runs."""
    running = referral.clock
    if running is None:
        return None
    labels = {
        "answer": _("Time for the answer"), "reply": _("Time for the reply"),
        "followup": _("Time for the first follow-up"),
    }  # fmt: skip
    return {"label": labels[running[0]], "deadline": running[1]}


def visits(referral: Referral) -> list[dict[str, Any]]:
    """The follow-ups kept, oldest first."""
    if referral.followed_up_at is None:
        return []
    return [{"title": _visit_title(one), "facts": _visit(one)} for one in referral.follow_ups.all()]


def _visit_title(visit: FollowUp) -> str:
    return f"{words.moment(visit.seen_at)} {visit.seen_by}, {visit.get_way_display()}"


def _visit(visit: FollowUp) -> list[parts.Fact]:
    named = [*TASKS, "condition", "note"]
    label = {name: str(FollowUp._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    shown = [(name, getattr(visit, f"get_{name}_display", lambda name=name: visit.note)()) for name in named]
    return [parts.Fact(label[name], str(value)) for name, value in shown if value]
