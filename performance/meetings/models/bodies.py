"""Bodies of the alliance and of its institutions, and who sits in them, from which day to which (X2).

What was entered stays: a term ends by its last day, a new term is a new row.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, Least
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.meetings.models.base import link

TERM = Func(
    F("from_date"), Least(F("until"), F("ended_on")), Value("[]"), function="DATERANGE",
    output_field=DateRangeField(),
)  # fmt: skip
WHO = Coalesce(Cast("user", CharField()), F("name"))


class BodyQuerySet(AllianceQuerySet):
    """Which bodies a member may know."""

    def seen_by(self, membership: Membership) -> Any:
        """Those of the alliance everybody; those of an institution its own members and the alliance's."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(Q(institution=here) | Q(institution=None))


class Body(AllianceRow):
    """A council, committee, office, team or group that meets and decides. `due_day`: of the month after."""

    class Kind(models.TextChoices):
        COUNCIL = "council", pgettext_lazy("body", "council")
        MANAGEMENT = "management", pgettext_lazy("body", "management committee")
        BUDGET = "budget", pgettext_lazy("body", "budget committee")
        QUALITY = "quality", pgettext_lazy("body", "quality-control committee")
        OFFICE = "office", pgettext_lazy("body", "collaborative performance office")
        TECHNICAL = "technical", pgettext_lazy("body", "technical evaluation team")
        WORKING = "working", pgettext_lazy("body", "joint working group")
        FUND = "fund", pgettext_lazy("body", "fund management committee")
        FUND_REVIEW = "fund_review", pgettext_lazy("body", "fund quality review committee")

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", pgettext_lazy("body", "every month")
        QUARTERLY = "quarterly", pgettext_lazy("body", "every quarter")
        NEED = "need", pgettext_lazy("body", "when needed")

    code = models.SlugField(_("code"), max_length=24)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # Empty: called by its kind; a management committee by the alliance's own word for its deciding body.
    name = models.CharField(_("name"), max_length=60, blank=True)
    institution = link(_("institution"), "alliance.Institution", null=True)
    rhythm = models.CharField(pgettext_lazy("body", "meets"), max_length=10, choices=Rhythm)
    due_day = models.PositiveSmallIntegerField(pgettext_lazy("body", "day it is due"), null=True)
    document = models.CharField(pgettext_lazy("body", "founded by"), max_length=120)
    made_by = link(_("entered by"), "alliance.Membership")
    made_at = models.DateTimeField(_("entered"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(BodyQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("body"), _("bodies")
        ordering = ["institution__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="body_code"),
            models.CheckConstraint(condition=~Q(document=""), name="body_founded"),
            models.CheckConstraint(
                condition=Q(rhythm="need", due_day=None) | (~Q(rhythm="need") & Q(due_day__range=(1, 28))),
                name="body_due_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name of the body in the language of the page."""
        if self.name:
            return self.name
        if self.kind == self.Kind.MANAGEMENT:
            return capfirst(str(self.alliance.get_body_display()))
        return capfirst(str(self.get_kind_display()))


class SeatQuerySet(AllianceQuerySet):
    """Who sits when."""

    def on(self, day: date) -> Any:
        """Seats whose term holds on a day."""
        ended = Q(ended_on=None) | Q(ended_on__gte=day)
        return self.filter(ended, Q(until=None) | Q(until__gte=day), from_date__lte=day)


class Seat(AllianceRow):
    """A person's term in a body: in which function, for what she was chosen; from outside by name alone."""

    append_only = True
    fill_once = ("ended_on", "ended_why", "ended_by_id")

    class Function(models.TextChoices):
        CHAIR = "chair", pgettext_lazy("seat", "chair")
        DEPUTY = "deputy", pgettext_lazy("seat", "deputy chair")
        SECRETARY = "secretary", pgettext_lazy("seat", "secretary")
        MEMBER = "member", pgettext_lazy("seat", "member")

    class Post(models.TextChoices):
        HEAD = "head", pgettext_lazy("post", "head of institution")
        DEPUTY_HEAD = "deputy_head", pgettext_lazy("post", "deputy head in charge")
        MEMBER_HEAD = "member_head", pgettext_lazy("post", "head of a member institution")
        INSURANCE = "insurance", pgettext_lazy("post", "head of the insurance office")
        MEDICAL = "medical", pgettext_lazy("post", "head of medical affairs")
        FINANCE = "finance", pgettext_lazy("post", "head of finance, or finance expert")
        QUALITY = "quality", pgettext_lazy("post", "head of quality, or quality expert")
        INFORMATION = "information", pgettext_lazy("post", "head of information")
        ANALYST = "analyst", pgettext_lazy("post", "full-time data analyst")
        CLINICAL = "clinical", pgettext_lazy("post", "head of a clinical department, or clinical expert")
        INSURANCE_EXPERT = "insurance_expert", pgettext_lazy("post", "insurance expert")
        MANAGEMENT_EXPERT = "management_expert", pgettext_lazy("post", "management expert")
        STATISTICS = "statistics", pgettext_lazy("post", "statistics expert")
        INSURER = "insurer", pgettext_lazy("post", "insurer")
        HEALTH = "health", pgettext_lazy("post", "health authority")
        FISC = "fisc", pgettext_lazy("post", "finance authority")
        OTHER = "other", pgettext_lazy("post", "other")

    body = models.ForeignKey(Body, verbose_name=_("body"), on_delete=models.PROTECT, related_name="seats")
    membership = link(_("member"), "alliance.Membership", null=True)
    user = link(_("user"), "alliance.User", null=True)
    name = models.CharField(_("name"), max_length=60)
    # Where somebody from outside comes from.
    organisation = models.CharField(pgettext_lazy("seat", "organisation"), max_length=80, blank=True)
    function = models.CharField(pgettext_lazy("seat", "function"), max_length=10, choices=Function)
    post = models.CharField(pgettext_lazy("seat", "chosen as"), max_length=20, choices=Post)
    from_date = models.DateField(pgettext_lazy("seat", "from"))
    until = models.DateField(pgettext_lazy("seat", "last day"), null=True)
    document = models.CharField(pgettext_lazy("seat", "appointed by"), max_length=120)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    ended_on = models.DateField(pgettext_lazy("seat", "ended early on"), null=True)
    ended_why = models.CharField(pgettext_lazy("seat", "why it ended"), max_length=200, null=True)  # noqa: DJ001 (filled once)
    ended_by = link(pgettext_lazy("seat", "ended by"), "alliance.Membership", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(SeatQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("seat"), _("seats")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("from_date")), name="seat_days"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why=None, ended_by=None)
                | Q(ended_on__gte=F("from_date"), ended_why__gt="", ended_by__isnull=False),
                name="seat_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, user__isnull=False)
                | (Q(membership=None, user=None) & ~Q(organisation="")),
                name="seat_of_somebody",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(document=""), name="seat_named"),
            ExclusionConstraint(
                name="seat_once_at_a_time",
                expressions=[
                    ("alliance", RangeOperators.EQUAL), ("body", RangeOperators.EQUAL),
                    (WHO, RangeOperators.EQUAL), (TERM, RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="seat_one_chair", condition=Q(function="chair"),
                expressions=[
                    ("alliance", RangeOperators.EQUAL), ("body", RangeOperators.EQUAL),
                    (TERM, RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "user"], name="seat_user")]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date | None:
        """The last day of the term as it is now; None while it is open."""
        known = [day for day in (self.until, self.ended_on) if day is not None]
        return min(known, default=None)
