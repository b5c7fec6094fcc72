"""The complaint: what was said, about whom, its clocks, the steps it takes (practice.md section 9, S1-67)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.fields import SealedField
from alliance.models.state import StateField
from complaints import machine
from complaints.models.words import (
    BY_ONESELF,
    ORDERS,
    TAKEN_DOWN,
    Channel,
    Filer,
    Level,
    Reached,
    Severity,
    Verdict,
    Way,
    Word,
    link,
    optional,
)


class ComplaintQuerySet(AllianceQuerySet):
    """Which complaints."""

    def visible_to(self, membership: Membership) -> ComplaintQuerySet:
        """All for who stands for the alliance; an institution's own and those of its village rooms for its
        complaint office; for everybody else there those of the own department.
        """
        here = membership.institution_id
        if here is None:
            return self
        ours = self.filter(Q(institution=here) | Q(institution__parent=here))
        if membership.can(machine.HANDLE):
            return ours
        from complaints.models.parts import Concerned

        mine = Concerned.objects.filter(complaint=OuterRef("pk"), department=membership.department_id or 0)
        return ours.filter(Exists(mine))

    def live(self) -> ComplaintQuerySet:
        """Somebody of the house still has to do something."""
        return self.filter(state__in=Complaint.LIVE)

    def late(self, now: datetime) -> ComplaintQuerySet:
        """Past the limit of the clock that runs at the instant `now`."""
        return self.live().filter(Complaint.late_at(now))

    def counted(self) -> ComplaintQuerySet:
        """One a matter: a duplicate merged into another is not counted again; withdrawn ones are."""
        return self.exclude(state=Complaint.State.MERGED)

    def with_names(self) -> ComplaintQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "institution", "department", "entered_by__user", "merged_into", "word_by__user",
            "word_by__institution",
        )  # fmt: skip


def _answered(row: Complaint) -> bool:
    return row.first_answered_at is not None


def _unanswered(row: Complaint) -> bool:
    return row.first_answered_at is None


def _past(due: datetime, rule: str, days: str, at: datetime) -> bool:
    """Whether `at` is past a limit: a day ends before the midnight it names, a clock with its instant."""
    return at >= due if rule[:1] and rule[:1] in days else at > due


_NO_NOTE = Q(
    word_by__isnull=True, word_who="", word_how="", word_at__isnull=True, word_note=""
)  # fmt: skip
_NOTE = Q(word_by__isnull=False, word_at__isnull=False) & ~Q(word_who="") & ~Q(word_how="") & ~Q(word_note="")


class Complaint(Stepped, AllianceRow):
    """One complaint. Steps are declared once below and repeated by the database (alliance.tenancy.states).

    Times are instants with zone. `*_rule` is the limit in force when its clock began ("H24", "WD5"), '' where
    an imported order brought its own. The private link is kept only as a hash; so is the mark of the form
    it came by. An anonymous one has no name and no telephone, and nothing of who sent it is kept anywhere.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("complaint received")
        ASSIGNED = "assigned", _("with the department")
        ANSWERED = "answered", _("first answer given")
        RESOLVED = "resolved", _("result given")
        CLOSED = "closed", _("complaint closed")
        REOPENED = "reopened", _("opened again")
        WITHDRAWN = "withdrawn", _("complaint withdrawn")
        MERGED = "merged", _("merged into another")

    FIRST = (State.RECEIVED, State.ASSIGNED)  # the first answer is still owed
    RESULT = (State.ANSWERED, State.REOPENED)  # the result is owed
    LIVE = (*FIRST, *RESULT)
    GIVEN = (State.RESOLVED, State.CLOSED)
    ENDED = (State.CLOSED, State.WITHDRAWN, State.MERGED)

    number = models.CharField(_("complaint number"), max_length=24, editable=False)
    channel = models.CharField(_("how it came"), max_length=8, choices=Channel)
    filer = models.CharField(_("who speaks"), max_length=8, choices=Filer, default=Filer.SELF)
    institution = link("alliance.Institution", _("institution complained of"))
    # The department that answers; all that are concerned stand in Concerned.
    department = optional("alliance.Department", _("department in charge"))
    category = models.CharField(_("kind of complaint"), max_length=24)
    severity = models.CharField(_("gravity"), max_length=12, choices=Severity, default=Severity.ORDINARY)
    subject = models.CharField(_("in short"), max_length=60, blank=True)
    text = models.TextField(_("what happened"))
    anonymous = models.BooleanField(_("anonymous"), default=True)
    name = SealedField(_("name"), null=True, blank=True)
    phone = SealedField(_("phone"), null=True, blank=True)
    # What it is about elsewhere in the house (a line of a bill): kind and id as evidence, words to show.
    about_kind = models.CharField(max_length=60, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)
    about_text = models.CharField(_("about"), max_length=200, blank=True, editable=False)
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    entered_by = optional("alliance.Membership", _("entered by"), editable=False)

    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.RECEIVED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    round = models.PositiveSmallIntegerField(default=1, editable=False)  # one more with each reopening
    level = models.CharField(
        _("stands with"), max_length=12, choices=Level, default=Level.INSTITUTION, editable=False
    )

    received_at = models.DateTimeField(_("received at"))
    first_rule = models.CharField(max_length=8, blank=True, editable=False)
    first_due_at = models.DateTimeField(_("first answer due"), editable=False)
    result_from = models.DateTimeField(editable=False)  # the clock of the result runs from here
    result_rule = models.CharField(max_length=8, blank=True, editable=False)
    result_due_at = models.DateTimeField(_("result due"), editable=False)
    # The instant said at first: a provisional calendar may move the limit later (definitions 9).
    result_stated_at = models.DateTimeField(editable=False)
    provisional = models.BooleanField(default=False, editable=False)
    assigned_at = models.DateTimeField(_("given to a department at"), null=True, editable=False)
    first_answered_at = models.DateTimeField(_("first answer at"), null=True, editable=False)
    resolved_at = models.DateTimeField(_("result at"), null=True, editable=False)
    reopened_at = models.DateTimeField(_("opened again at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    verdict = models.CharField(_("finding"), max_length=8, choices=Verdict, blank=True, editable=False)
    solved = models.BooleanField(_("really solved"), null=True, editable=False)
    # By which way the person said that it is solved, or withdrew it. Who is complained of cannot say it for
    # the person: what staff note bears who told it, how and when, and stands apart in every figure.
    word = models.CharField(
        _("way of the person's word"), max_length=8, choices=Word, blank=True, db_default="", editable=False
    )
    word_by = optional("alliance.Membership", _("noted by"), editable=False)
    word_who = models.CharField(max_length=8, choices=Reached, blank=True, db_default="", editable=False)
    word_how = models.CharField(max_length=8, choices=Way, blank=True, db_default="", editable=False)
    word_at = models.DateTimeField(null=True, editable=False)
    word_note = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    merged_into = optional("complaints.Complaint", _("merged into"), editable=False)
    merged_by = optional("alliance.Membership", _("merged by"), editable=False)

    # Taken apart as a matter of its own: it is not merged again. And: the answer of the one it was merged
    # into solved it, as its person said by the private link.
    parted_at = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    link_hash = models.CharField(max_length=64, editable=False)
    mark = models.CharField(max_length=64, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ComplaintQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("complaint"), _("complaints")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="complaint_number"),
            models.UniqueConstraint(fields=["alliance", "mark"], name="complaint_sent_once"),
            models.UniqueConstraint(fields=["alliance", "link_hash"], name="complaint_link"),
            models.UniqueConstraint(
                fields=["alliance", "channel", "order_number"], condition=~Q(order_number=""),
                name="complaint_order_once",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(mark="") & ~Q(link_hash=""), name="complaint_said"
            ),
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(name__isnull=True, phone__isnull=True),
                name="complaint_anonymous",
            ),
            # Who sends it by oneself has no member of the house beside it; whatever else came was taken down.
            models.CheckConstraint(
                condition=Q(channel__in=BY_ONESELF) | Q(entered_by__isnull=False), name="complaint_entered"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=ORDERS) ^ Q(order_number=""), name="complaint_order"
            ),
            models.CheckConstraint(
                condition=Q(about_id__isnull=True, about_kind="")
                | (Q(about_id__isnull=False) & ~Q(about_kind="")),
                name="complaint_about",
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(department__isnull=False, assigned_at__isnull=False),
                name="complaint_assigned",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "resolved", "closed", "reopened"])
                | Q(first_answered_at__isnull=False),
                name="complaint_answered",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["resolved", "closed"], resolved_at__isnull=False) & ~Q(verdict=""))
                | (Q(state="withdrawn", resolved_at__isnull=False) & ~Q(verdict=""))
                | (~Q(state__in=["resolved", "closed"]) & Q(resolved_at__isnull=True, verdict="")),
                name="complaint_resolved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "withdrawn", "merged"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "withdrawn", "merged"]) & Q(closed_at__isnull=True)),
                name="complaint_closed",
            ),
            models.CheckConstraint(
                condition=Q(solved__isnull=True)
                | Q(state="closed", solved=True)
                | Q(round__gt=1, solved=False),
                name="complaint_solved",
            ),
            models.CheckConstraint(
                condition=(Q(state="withdrawn") | Q(state="closed", solved=True))
                & (_NO_NOTE & Q(word="link") | _NOTE & Q(word="staff"))
                | (~Q(state="withdrawn") & (~Q(state="closed") | Q(solved__isnull=True)))
                & _NO_NOTE
                & Q(word=""),
                name="complaint_word",
            ),
            models.CheckConstraint(
                condition=~Q(word="staff")
                | Q(channel__in=TAKEN_DOWN, anonymous=False)
                | Q(channel__in=ORDERS, anonymous=False, state="closed")
                | Q(channel__in=ORDERS, state="withdrawn", word_who="hotline"),
                name="complaint_word_staff",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="complaint_merged",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(state="merged"), name="complaint_settled"
            ),
            models.CheckConstraint(
                condition=Q(first_due_at__gte=F("received_at"), result_due_at__gte=F("received_at")),
                name="complaint_limits",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["alliance", "institution", "-received_at"], name="complaint_of_place"),
            models.Index(fields=["alliance", "state", "first_due_at"], name="complaint_first"),
            models.Index(fields=["alliance", "state", "result_due_at"], name="complaint_result"),
            models.Index(fields=["alliance", "received_at"], name="complaint_when"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def short(self) -> str:
        """What it is about in a line: the words of the complaint office, else how it begins."""
        if self.subject:
            return self.subject
        line = " ".join(self.text.split())
        return line if len(line) <= 40 else f"{line[:39]}…"

    @staticmethod
    def first_in_time(at: Any) -> Q:
        """Condition that the instant `at` (value or F) keeps the limit of the first answer: a wall clock
        includes its last instant, a day ends before the midnight it names (alliance.lib.workdays).
        """
        return Q(first_due_at__gt=at) | (Q(first_due_at=at) & ~Q(first_rule__startswith="W"))

    @staticmethod
    def result_in_time(at: Any) -> Q:
        """The same of the result."""
        by_day = Q(result_rule__startswith="W") | Q(result_rule__startswith="D")
        return Q(result_due_at__gt=at) | (Q(result_due_at=at) & ~by_day)

    @staticmethod
    def late_at(now: datetime) -> Q:
        """Condition that the clock that runs is past its limit at `now`."""
        first = Q(state__in=Complaint.FIRST) & ~Complaint.first_in_time(now)
        return first | (Q(state__in=Complaint.LIVE) & ~Complaint.result_in_time(now))

    @property
    def clock(self) -> tuple[str, datetime] | None:
        """The clock that runs now and when it ends; None where nothing is owed."""
        if self.state in self.FIRST:
            return "first", self.first_due_at
        return ("result", self.result_due_at) if self.state in self.RESULT else None

    def is_late(self, now: datetime) -> bool:
        """Whether something owed is past its limit at `now`."""
        late = _past(self.result_due_at, self.result_rule, "WD", now)
        if self.state in self.FIRST:
            return late or _past(self.first_due_at, self.first_rule, "W", now)
        return self.state in self.RESULT and late

    @property
    def ended_late(self) -> tuple[bool, bool]:
        """Whether first answer and result were still owed past their limits when it ended: an end that comes
        after a limit takes no lateness away.
        """
        at = self.closed_at
        if at is None:
            return False, False
        first = self.first_answered_at is None and _past(self.first_due_at, self.first_rule, "W", at)
        result = self.resolved_at is None and _past(self.result_due_at, self.result_rule, "WD", at)
        return first, result

    def staff_may_say(self, step: str) -> bool:
        """Whether the house may note the person's word of a step ("close", "withdraw"): never of an anonymous
        complaint nor of one the person filed alone; a hotline's order is taken back by the hotline.
        """
        if self.channel in ORDERS:
            return step == "withdraw" or not self.anonymous
        return self.channel in TAKEN_DOWN and not self.anonymous

    def admits(self, membership: Membership, custom: dict[str, Any]) -> bool:
        """Besides side and right: who is complained of does not speak for the person."""
        spoken = {machine.CLOSING["order"]: "close", machine.WITHDRAWING["order"]: "withdraw"}
        step = spoken.get(custom["order"])
        if step is not None and not self.staff_may_say(step):
            return False
        if step == "withdraw" and self.channel in ORDERS and membership.institution_id is not None:
            return False
        return super().admits(membership, custom)

    @property
    def first_was_in_time(self) -> bool:
        """Whether the first answer was given within its limit; False while there is none."""
        at, due = self.first_answered_at, self.first_due_at
        if at is None:
            return False
        return at < due if self.first_rule[:1] == "W" else at <= due

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """ "alliance", "institution" (its complaint office or that of its township) or "department"."""
        here = membership.institution_id
        if here is None:
            return frozenset({"alliance"})
        if here not in (self.institution_id, self.institution.parent_id):
            return frozenset()
        if membership.can(machine.HANDLE):
            return frozenset({"institution"})
        mine = membership.department_id
        concerned = mine and any(one.department_id == mine for one in self.concerned.all())
        return frozenset({"department"}) if concerned else frozenset()

    @transition(state, State.RECEIVED, State.ASSIGNED, custom=machine.ASSIGNING)
    def assign(self) -> None:
        """The complaint office says which department answers."""

    @transition(state, FIRST, State.ANSWERED, custom=machine.ANSWERING)
    def answer(self) -> None:
        """The first answer goes to the person."""

    @transition(state, RESULT, State.RESOLVED, custom=machine.RESOLVING)
    def resolve(self) -> None:
        """The result goes to the person, who is asked whether it is really solved."""

    @transition(state, State.RESOLVED, State.CLOSED, custom=machine.CLOSING)
    def close(self) -> None:
        """The person says it is solved, or says nothing for the days of `complaint.confirm`."""

    @transition(state, State.WITHDRAWN, State.REOPENED, conditions=[_answered], custom=machine.REOPENING)
    @transition(state, GIVEN, State.REOPENED, custom=machine.REOPENING)
    def reopen(self) -> None:
        """It is not solved: the clock of the result begins anew."""

    @transition(state, State.WITHDRAWN, State.RECEIVED, conditions=[_unanswered], custom=machine.RESTORING)
    def restore(self) -> None:
        """The person did not withdraw it: the first answer is still owed."""

    @transition(state, LIVE, State.MERGED, custom=machine.MERGING)
    def merge(self) -> None:
        """It says what another one says already."""

    @transition(state, State.MERGED, State.RECEIVED, conditions=[_unanswered], custom=machine.SEPARATING)
    def part(self) -> None:
        """It goes its own way again; the first answer is still owed."""

    @transition(state, State.MERGED, State.REOPENED, conditions=[_answered], custom=machine.SEPARATING)
    def separate(self) -> None:
        """It goes its own way again; the result is owed."""

    @transition(state, (*LIVE, State.RESOLVED, State.MERGED), State.WITHDRAWN, custom=machine.WITHDRAWING)
    def withdraw(self) -> None:
        """The person takes it back."""
