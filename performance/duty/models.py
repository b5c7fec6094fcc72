"""Responsibility letters 医保基金使用责任书 (S1-62): versions of the text, rounds, signatures, reminders.

Nothing here is rewritten: another text is the next version, a signature stands as it was given, and the
database holds that it is the person's own, of the text in force, once at a time (performance.duty.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet

VIEW, SIGN, LIST, OVERSEE, RUN = "duty.view", "duty.sign", "duty.list", "duty.oversee", "duty.run"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class LetterVersion(AllianceRow):
    """One text: `canonical` is its canonical JSON, `digest` the SHA-256 of it; who signs it, for how long.

    Entered by one person, put in force by another; from then on it is the text from its first day until a
    later version's first day.
    """

    append_only = True
    fill_once = ("enforced_by_id", "enforced_at")

    number = models.PositiveSmallIntegerField(pgettext_lazy("duty", "version"))
    title = models.CharField(pgettext_lazy("duty", "title"), max_length=80)
    paragraphs = models.JSONField(pgettext_lazy("duty", "text"))
    clauses = models.JSONField(pgettext_lazy("duty", "zero-tolerance clauses"))
    roles = ArrayField(models.CharField(max_length=32), verbose_name=pgettext_lazy("duty", "roles that sign"))
    kinds = ArrayField(
        models.CharField(max_length=12), verbose_name=pgettext_lazy("duty", "kinds of institutions")
    )
    months = models.PositiveSmallIntegerField(pgettext_lazy("duty", "months a signature holds"))
    from_date = models.DateField(pgettext_lazy("duty", "first day"))
    decided_by = models.CharField(_("decided by"), max_length=100)
    document = models.CharField(_("document number"), max_length=80)
    canonical = models.TextField(editable=False)
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    enforced_by = link(pgettext_lazy("duty", "put in force by"), "alliance.Membership", null=True)
    enforced_at = models.DateTimeField(pgettext_lazy("duty", "put in force"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("responsibility letter"), _("responsibility letters")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="duty_version_number"),
            models.UniqueConstraint(
                fields=["alliance", "from_date"], condition=Q(enforced_at__isnull=False),
                name="duty_version_first_day",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(decided_by="") & ~Q(document="") & ~Q(roles=[]) & ~Q(kinds=[]),
                name="duty_version_written",
            ),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=60), name="duty_version_months"),
            models.CheckConstraint(
                condition=Q(enforced_by=None, enforced_at=None)
                | Q(enforced_by__isnull=False, enforced_at__isnull=False) & ~Q(enforced_by=F("entered_by")),
                name="duty_version_two_persons",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class SigningRound(AllianceRow):
    """A signing round 签署批次 of a version and year: until when it is signed. One is open."""

    append_only = True
    fill_once = ("ended_by_id", "ended_at")

    version = link(pgettext_lazy("duty", "version"), LetterVersion)
    year = models.PositiveSmallIntegerField(_("year"))
    due_on = models.DateField(pgettext_lazy("duty", "to be signed until"))
    opened_by = link(pgettext_lazy("duty", "opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(pgettext_lazy("duty", "opened"))
    ended_by = link(pgettext_lazy("duty", "ended by"), "alliance.Membership", null=True)
    ended_at = models.DateTimeField(pgettext_lazy("duty", "ended"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("signing round"), _("signing rounds")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "version", "year"], name="duty_round_once"),
            models.UniqueConstraint(fields=["alliance"], condition=Q(ended_at=None), name="duty_round_open"),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None) | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="duty_round_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version_id}"


class SignatureQuerySet(AllianceQuerySet):
    """Whose signatures a member reads."""

    def seen_by(self, membership: Membership) -> Any:
        """The own; a head of department the department's; the institution's for who oversees it, or all."""
        here = membership.institution_id
        if membership.can(OVERSEE):
            return self.all() if here is None else self.filter(institution=here)
        own = Q(membership=membership)
        if membership.can(LIST) and membership.department_id is not None:
            own |= Q(department=membership.department_id)
        return self.filter(own)

    def named(self) -> Any:
        """With what a page names."""
        return self.select_related("version", "institution", "department", "membership__user")

    def on(self, day: Any) -> Any:
        """Those that hold on a day."""
        return self.filter(valid_from__lte=day, valid_to__gte=day)


class Signature(AllianceRow):
    """One person's signature of one version: name, place, roles as they were; `signed_by` is the signer."""

    append_only = True

    version = link(pgettext_lazy("duty", "version"), LetterVersion)
    membership = link(pgettext_lazy("duty", "person"), "alliance.Membership")
    signed_by = link(pgettext_lazy("duty", "signed by"), "alliance.Membership")
    name = models.CharField(_("name"), max_length=60)
    institution = link(_("institution"), "alliance.Institution")
    institution_name = models.CharField(_("institution"), max_length=100)
    department = link(_("department"), "alliance.Department", null=True)
    department_name = models.CharField(_("department"), max_length=60, blank=True)
    roles = ArrayField(models.CharField(max_length=32), verbose_name=_("roles"))
    read = ArrayField(models.CharField(max_length=20), verbose_name=pgettext_lazy("duty", "clauses read"))
    digest = models.CharField(_("digest"), max_length=64)
    signed_at = models.DateTimeField(pgettext_lazy("duty", "signed"))
    valid_from = models.DateField(pgettext_lazy("duty", "holds from"))
    valid_to = models.DateField(pgettext_lazy("duty", "holds until"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(SignatureQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("signature of a letter"), _("signatures of letters")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=F("membership")), name="duty_signed_by_the_person_alone"
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="duty_signature_days"),
            ExclusionConstraint(
                name="duty_signed_once_at_a_time",
                expressions=[
                    ("alliance", RangeOperators.EQUAL), ("membership", RangeOperators.EQUAL),
                    ("version", RangeOperators.EQUAL),
                    (Func(F("valid_from"), F("valid_to"), Value("[]"), function="DATERANGE",
                          output_field=DateRangeField()), RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "institution"], name="duty_signature_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from:%Y-%m-%d}"


class Reminder(AllianceRow):
    """A numbered reminder to those of one institution who have not signed; nobody gets two in a round."""

    append_only = True

    number = models.CharField(pgettext_lazy("duty", "number"), max_length=20)
    round = models.ForeignKey(SigningRound, on_delete=models.PROTECT, related_name="reminders")
    institution = link(_("institution"), "alliance.Institution")
    sent_by = link(pgettext_lazy("duty", "sent by"), "alliance.Membership")
    sent_at = models.DateTimeField(pgettext_lazy("duty", "sent"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reminder to sign"), _("reminders to sign")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "number"], name="duty_reminder_number")]

    def __str__(self) -> str:
        return self.number


class Reminded(AllianceRow):
    """One person a reminder went to."""

    append_only = True

    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="lines")
    round = link(_("signing round"), SigningRound)
    membership = link(pgettext_lazy("duty", "person"), "alliance.Membership")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("person reminded"), _("persons reminded")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "round", "membership"], name="duty_reminded_once")
        ]

    def __str__(self) -> str:
        return str(self.membership_id)
