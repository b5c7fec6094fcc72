"""How a referral moves: its states, who may take which step, which time a step stamps (definitions 4).

The database repeats the steps (alliance.tenancy.states): no `.update()` leads where none of these leads.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.models import step


class State(models.TextChoices):
    """Where a referral stands; the words the sender reads."""

    SUBMITTED = "submitted", _("waiting for an answer")
    RETURNED = "returned", _("returned for information")
    ACCEPTED = "accepted", _("accepted")
    SCHEDULED = "scheduled", _("appointment given")
    DECLINED = "declined", _("declined")
    ARRIVED = "arrived", _("arrived")
    IN_TREATMENT = "in_treatment", _("in treatment")
    NO_SHOW = "no_show", _("did not come")
    COMPLETED = "completed", _("completed")
    FOLLOWUP_DUE = "followup_due", _("follow-up due")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    DIVERTED = "diverted", _("diverted")


OPEN = (State.SUBMITTED, State.RETURNED)
EXPECTED = (State.ACCEPTED, State.SCHEDULED)
HERE = (State.ARRIVED, State.IN_TREATMENT)
# The patient has come, whatever happened since.
CAME = (*HERE, State.COMPLETED, State.FOLLOWUP_DUE, State.CLOSED)
# A yes that still holds or led to something: what readmission calls an accepted referral.
AGREED = (*EXPECTED, *CAME)
# Ended without the patient: nothing is to be filed with the insurer.
NOT_GOING = (State.DECLINED, State.CANCELLED, State.EXPIRED, State.DIVERTED, State.NO_SHOW)
# Neither finished nor given up: at most one of these a person and direction.
LIVE = (*OPEN, *EXPECTED, *HERE)

ORIGIN, TARGET, COMMUNITY, CLOCK = "origin", "target", "community", "clock"


# Side `community` is who looks after the patient at home: the receiver of a down-referral, the sender of an
# up-referral. Side `clock` is nobody's button.
ACCEPT = step(1, TARGET, "referral.accept", _("Accept"), "check", "answered_at")
SCHEDULE = step(2, TARGET, "referral.accept", _("Give an appointment…"), "cal", "scheduled_at")
ASK = step(3, TARGET, "referral.decline", _("Ask for information…"), "msg", "returned_at")
DECLINE = step(4, TARGET, "referral.decline", _("Decline…"), "ban", "answered_at")
DIVERT = step(4, TARGET, "referral.accept", _("Divert…"), "arrow", "closed_at")
ARRIVE = step(5, TARGET, "referral.arrive", _("The patient is here"), "check", "arrived_at")
TREAT = step(6, TARGET, "referral.arrive", _("Treatment begins"), "check", "treated_at")
NO_SHOW = step(7, TARGET, "referral.arrive", _("Did not come…"), "x", "closed_at")
COMPLETE = step(8, TARGET, "referral.complete", _("Complete with a reply…"), "ok", "completed_at")
FOLLOW_UP = step(9, COMMUNITY, "referral.follow_up", _("Record the follow-up…"), "ok", "followed_up_at")
RESUBMIT = step(10, ORIGIN, "referral.log", _("Send again…"), "send", "resubmitted_at")
CLOSE = step(11, ORIGIN, "referral.log", _("Reply read, close"), "check", "closed_at")
CANCEL = step(12, ORIGIN, "referral.cancel", _("Cancel the referral…"), "undo", "closed_at")
AWAIT = step(13, CLOCK, "", _("Follow-up due"), "clock", "")
EXPIRE = step(14, CLOCK, "", _("Expired"), "clock", "closed_at")


def not_emergency(referral: Any) -> bool:
    """An emergency is accepted, never declined, returned or left to expire (practice section 8)."""
    return bool(referral.urgency != "critical")


def emergency(referral: Any) -> bool:
    """Only an emergency is passed on to another hospital (practice section 8)."""
    return bool(referral.urgency == "critical")


def goes_up(referral: Any) -> bool:
    """Only an up-referral ends with its reply; a down-referral ends with the first follow-up (S0-06)."""
    return bool(referral.direction == "up")


def may_follow_up(referral: Any) -> bool:
    """Down: as soon as the patient is here. Up: once the reply is back and a follow-up is due."""
    return bool(referral.direction == "down" or referral.state == State.FOLLOWUP_DUE)


class Moves:
    """The steps of a referral, mixed into the model."""

    @transition("state", State.SUBMITTED, State.ACCEPTED, custom=ACCEPT)
    def accept(self) -> None:
        """The receiver takes the patient."""

    @transition("state", [*EXPECTED], State.SCHEDULED, custom=SCHEDULE)
    def schedule(self) -> None:
        """The receiver says when and where the patient is expected; a second time moves the appointment."""

    @transition("state", State.SUBMITTED, State.RETURNED, conditions=[not_emergency], custom=ASK)
    def ask(self) -> None:
        """The receiver says what is missing; the clock stops until the sender sends again."""

    @transition("state", State.RETURNED, State.SUBMITTED, custom=RESUBMIT)
    def resubmit(self) -> None:
        """The sender has added what was missing; the clock starts anew."""

    @transition("state", State.SUBMITTED, State.DECLINED, conditions=[not_emergency], custom=DECLINE)
    def decline(self) -> None:
        """The receiver says no, and why."""

    @transition("state", State.SUBMITTED, State.DIVERTED, conditions=[emergency], custom=DIVERT)
    def divert(self) -> None:
        """The receiver cannot take the emergency: another hospital that has said yes takes it."""

    @transition("state", [*EXPECTED], State.ARRIVED, custom=ARRIVE)
    def arrive(self) -> None:
        """The patient is at the receiver's."""

    @transition("state", State.ARRIVED, State.IN_TREATMENT, custom=TREAT)
    def treat(self) -> None:
        """The patient is admitted or treated."""

    @transition("state", [*EXPECTED], State.NO_SHOW, custom=NO_SHOW)
    def no_show(self) -> None:
        """The patient did not come."""

    @transition("state", [*HERE], State.COMPLETED, custom=COMPLETE)
    def complete(self) -> None:
        """Treatment has ended; the receiver replies to the sender."""

    @transition("state", State.COMPLETED, State.FOLLOWUP_DUE, custom=AWAIT)
    def await_follow_up(self) -> None:
        """The reply is back, the community's turn: taken with the reply, by nobody's button."""

    @transition(
        "state", [*HERE, State.FOLLOWUP_DUE], State.CLOSED, conditions=[may_follow_up], custom=FOLLOW_UP
    )
    def follow_up(self) -> None:
        """The community has seen the patient: the first follow-up ends the referral."""

    @transition("state", State.COMPLETED, State.CLOSED, conditions=[goes_up], custom=CLOSE)
    def close(self) -> None:
        """The sender has read the reply."""

    @transition("state", [*OPEN, *EXPECTED], State.CANCELLED, custom=CANCEL)
    def cancel(self) -> None:
        """The sender takes the referral back."""

    @transition("state", [*OPEN, *EXPECTED], State.EXPIRED, conditions=[not_emergency], custom=EXPIRE)
    def expire(self) -> None:
        """Nobody did anything for so long that it counts as ended."""
