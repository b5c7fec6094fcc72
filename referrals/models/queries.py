"""Which referrals, in one word each, and how a limit is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from alliance.models import Institution, Membership
from alliance.models.base import AllianceQuerySet
from referrals.machine import EXPECTED, HERE, LIVE, State

# Long texts and sealed numbers, which no line of a list shows: reading and opening them costs time.
HEAVY = (
    "summary", "past_history", "findings", "treatment", "cautions", "next_plan", "medication",
    "discharge_summary", "reply", "insurance_no", "address", "said_to_be", "person__id_number",
    "person__phone",
)  # fmt: skip
NAMED_IN_LINES = ("person", "origin_institution", "target_institution", "target_department", "outside")
RANK = {Institution.Level.PRIMARY: 1, Institution.Level.SECONDARY: 2, Institution.Level.TERTIARY: 3}


def rank(institution: Institution) -> int:
    """Where an institution stands when patients go up or down: village rooms below the primary level."""
    return 0 if institution.kind == Institution.Kind.VILLAGE else RANK[Institution.Level(institution.level)]


def optional(to: str, label: Any) -> Any:
    """A link that may be absent."""
    return models.ForeignKey(
        to, verbose_name=label, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def in_time(at: Any, clock: str = "answer") -> Q:
    """Condition that the instant `at` (value or F) keeps the limit of a clock: answer, reply, followup.

    As in alliance.lib.workdays: a limit in minutes or hours includes its last instant, one in days ends
    before the midnight it names.
    """
    due, rule = f"{clock}_due_at", f"{clock}_rule"
    by_clock = Q(**{f"{rule}__startswith": "M"}) | Q(**{f"{rule}__startswith": "H"})
    return Q(**{f"{due}__gt": at}) | (Q(**{due: at}) & by_clock)


def accepted() -> Q:
    """A yes, whatever came after it."""
    return Q(answered_at__isnull=False) & ~Q(state__in=(State.DECLINED, State.DIVERTED))


def unanswered_late(now: datetime) -> Q:
    """The receiver's yes or no is overdue."""
    return Q(state=State.SUBMITTED) & ~in_time(now)


def undecided(now: datetime) -> Q:
    """Neither answered nor due, so no success and no failure; given back for information the clock stands."""
    return Q(state=State.RETURNED) | (Q(state=State.SUBMITTED) & in_time(now))


def reply_late(now: datetime) -> Q:
    """Treatment has ended and the reply is overdue, at the receiver's door."""
    return Q(state__in=HERE, reply_due_at__isnull=False) & ~in_time(now, "reply")


def followup_late(now: datetime) -> Q:
    """The first follow-up is overdue, at the community's door."""
    return Q(state__in=(*HERE, State.FOLLOWUP_DUE), followup_due_at__isnull=False) & ~in_time(now, "followup")


def form_open() -> Q:
    """The form of an emergency is still to be completed by its sender (practice section 8)."""
    given_up = (State.CANCELLED, State.DIVERTED)
    return Q(form_due_at__isnull=False, form_completed_at__isnull=True) & ~Q(state__in=given_up)


def form_late(now: datetime) -> Q:
    """The form of an emergency is overdue, at the sender's door."""
    return form_open() & ~in_time(now, "form")


def late(now: datetime) -> Q:
    """Overdue at anybody's door."""
    return unanswered_late(now) | reply_late(now) | followup_late(now) | form_late(now)


def received_by(institution: int) -> Q:
    """The receiver's steps are this institution's: those sent to it, and its own that went outside the
    alliance, of which it records what the place said.
    """
    return Q(target_institution=institution) | Q(
        target_institution__isnull=True, origin_institution=institution
    )


def in_hand(institution: int) -> Q:
    """The next step is this institution's: an answer, a patient to receive or treat, papers, a follow-up."""
    receiving = Q(state__in=(State.SUBMITTED, *EXPECTED, *HERE)) & received_by(institution)
    papers = Q(state=State.RETURNED, origin_institution=institution)
    forms = form_open() & Q(origin_institution=institution)
    return receiving | papers | forms | followup_of(institution)


def followup_of(institution: int) -> Q:
    """Follow-ups that are this institution's to make: down ones it received, up ones it sent."""
    down, up = Q(direction="down") & received_by(institution), Q(origin_institution=institution)
    return Q(state=State.FOLLOWUP_DUE) & (down | (up & Q(direction="up")))


class ReferralQuerySet(AllianceQuerySet):
    """Rows of `Referral`."""

    def visible_to(self, membership: Membership) -> ReferralQuerySet:
        """Sent or received by the member's institution; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(origin_institution=here) | Q(target_institution=here))

    def live(self) -> ReferralQuerySet:
        """Neither finished nor given up."""
        return self.filter(state__in=LIVE)

    def unfinished(self) -> ReferralQuerySet:
        """Live, or waiting for the community's follow-up or for the form of an emergency."""
        return self.filter(Q(state__in=(*LIVE, State.FOLLOWUP_DUE)) | form_open())

    def unanswered(self) -> ReferralQuerySet:
        """Waiting for the receiver's yes or no."""
        return self.filter(state=State.SUBMITTED)

    def late(self, now: datetime) -> ReferralQuerySet:
        """Overdue at the instant `now`, at anybody's door."""
        return self.filter(late(now))

    def with_lines(self) -> ReferralQuerySet:
        """Everything a line of a list names, without the long texts.

        Not more: with each table that is joined the planner weighs its orders anew, which soon takes longer
        than to read the rows.
        """
        return self.select_related(*NAMED_IN_LINES).defer(*HEAVY)

    def first_lines(self, most: int) -> list[Any]:
        """The first rows for a list that is not paged, in their order; two queries.

        First their keys: row security hides from the planner how few there are, and it would join them all.
        """
        return self.lines_of(list(self.values_list("pk", flat=True)[:most]))

    def lines_of(self, keys: Sequence[int]) -> list[Any]:
        """The lines of these rows, in their order; one query."""
        rows = self.model.objects.filter(pk__in=list(keys)).with_lines() if keys else []
        found = {row.pk: row for row in rows}
        return [found[key] for key in keys if key in found]

    def with_names(self) -> ReferralQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(*NAMED_IN_LINES, "origin_department", "logged_by__user")
