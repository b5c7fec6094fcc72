"""Cross-check of declared values: sample, what was found, notices, the one-vote veto (S3-36)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.models.declared import link


class DeclaredSample(AllianceRow):
    """One draw from the confirmed values that count in a month; seed and list make it repeatable."""

    append_only = True

    month = models.DateField(_("month"))
    number = models.PositiveSmallIntegerField(_("sample"))
    seed = models.CharField(_("seed"), max_length=64)
    rule = models.CharField(_("rule"), max_length=80)
    share = models.DecimalField(_("share in percent"), max_digits=5, decimal_places=2)
    least = models.PositiveSmallIntegerField(_("at least"))
    population = models.PositiveIntegerField(_("values that could be drawn"))
    population_digest = models.CharField(_("digest of the list"), max_length=64)
    drawn_by = link(_("drawn by"), "alliance.Membership")
    drawn_at = models.DateTimeField(_("drawn"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("cross-check sample"), _("cross-check samples")
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "number"], name="declared_sample_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="declared_sample_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} #{self.number}"


class DeclaredCheck(AllianceRow):
    """One value of a sample: what the checker found in the evidence; no value where none could be found."""

    append_only = True
    fill_once = ("found", "found_by_id", "found_at", "remark")

    sample = models.ForeignKey(DeclaredSample, on_delete=models.PROTECT, related_name="checks")
    value = models.ForeignKey("performance.DeclaredValue", on_delete=models.PROTECT, related_name="checks")
    place = models.PositiveIntegerField(_("place in the draw"))
    found = models.DecimalField(_("found"), max_digits=24, decimal_places=4, null=True)
    found_by = link(_("checked by"), "alliance.Membership", null=True)
    found_at = models.DateTimeField(_("checked"), null=True)
    remark = models.CharField(_("remark"), max_length=300, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("check of a value"), _("checks of values")
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "sample", "value"], name="declared_check_once"),
            models.CheckConstraint(
                condition=Q(found_at=None, found_by=None, found=None)
                | Q(found_at__isnull=False, found_by__isnull=False),
                name="declared_check_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.place}"


class DeclaredNotice(AllianceRow):
    """An institution's error rate lies above the limit: a notice with a deadline, answered and closed."""

    class State(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("notice", "issued")
        ANSWERED = "answered", pgettext_lazy("notice", "answered")
        CLOSED = "closed", pgettext_lazy("notice", "closed")

    sample = models.ForeignKey(DeclaredSample, on_delete=models.PROTECT, related_name="notices")
    institution = link(_("institution"), "alliance.Institution")
    checked = models.PositiveIntegerField(_("values checked"))
    wrong = models.PositiveIntegerField(_("values wrong"))
    limit = models.DecimalField(_("limit in percent"), max_digits=5, decimal_places=2)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.ISSUED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    issued_at = models.DateTimeField(_("issued"))
    due_at = models.DateTimeField(_("due by"))
    answer = models.CharField(_("what was put right"), max_length=1000, blank=True)
    answered_by = link(_("answered by"), "alliance.Membership", null=True)
    closed_by = link(_("closed by"), "alliance.Membership", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("data-quality notice"), _("data-quality notices")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "sample", "institution"], name="declared_notice_once"
            ),
            models.CheckConstraint(
                condition=Q(wrong__gt=0, wrong__lte=F("checked")), name="declared_notice_n"
            ),
            models.CheckConstraint(
                condition=Q(state="issued") | Q(answer__gt="", answered_by__isnull=False),
                name="declared_notice_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.sample}"

    @transition(state, State.ISSUED, State.ANSWERED)
    def reply(self) -> None:
        """The institution says what it put right."""

    @transition(state, State.ANSWERED, State.CLOSED)
    def close(self) -> None:
        """The office has seen that it is so."""


class DeclaredVeto(AllianceRow):
    """A one-vote veto (一票否决) for proved falsification, decided by a body (S3-35, S3-36).

    Proposed from what proves it: a notice of the cross-check, a signed visit on site, or a confirmed clue.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("veto", "waits for the decision")
        IN_FORCE = "in_force", pgettext_lazy("veto", "in force")
        DECLINED = "declined", pgettext_lazy("veto", "declined")

    notice = models.ForeignKey(DeclaredNotice, on_delete=models.PROTECT, related_name="vetoes", null=True)
    visit = link(_("on-site visit"), "performance.OnsiteVisit", null=True)
    clue = link(_("clue"), "performance.Clue", null=True)
    institution = link(_("institution"), "alliance.Institution")
    month = models.DateField(_("month"))
    reason = models.CharField(_("what was falsified and how it is proved"), max_length=1000)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PROPOSED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    proposed_by = link(_("proposed by"), "alliance.Membership")
    proposed_at = models.DateTimeField(_("proposed"))
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("one-vote veto"), _("one-vote vetoes")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "month"],
                condition=Q(state__in=["proposed", "in_force"]), name="declared_veto_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1) & ~Q(reason=""), name="declared_veto_why"),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, visit=None, clue=None)
                | Q(notice=None, visit__isnull=False, clue=None)
                | Q(notice=None, visit=None, clue__isnull=False),
                name="declared_veto_proof",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(approval__isnull=False), name="declared_veto_decided"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.institution} {self.month:%Y-%m}"

    @transition(state, State.PROPOSED, State.IN_FORCE)
    def enforce(self) -> None:
        """The body has agreed."""

    @transition(state, State.PROPOSED, State.DECLINED)
    def decline(self) -> None:
        """The body has not agreed, or the office took it back."""
