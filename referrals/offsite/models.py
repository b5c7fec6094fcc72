"""Filings of care elsewhere: who, where, until when; each time it is asked, an hour runs (S1-48).

What a person sent stays as it was sent; the rounds hold the clock, and what ended a round is never changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.fields import SealedField
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from referrals.models import Referral

VIEW, ENTER, ANSWER, OVERSEE = "offsite.view", "offsite.enter", "offsite.answer", "offsite.oversee"


def link(to: str, label: Any, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Kind(models.TextChoices):
    """Why somebody is treated elsewhere; the insurers' own four kinds."""

    TRANSFER = "transfer", pgettext_lazy("offsite", "referred to a hospital elsewhere")
    EMERGENCY = "emergency", pgettext_lazy("offsite", "emergency elsewhere")
    RESIDENCE = "residence", pgettext_lazy("offsite", "living elsewhere for long")
    TEMPORARY = "temporary", pgettext_lazy("offsite", "elsewhere for a time")


class Verdict(models.TextChoices):
    """How a round ends."""

    FILED = "filed", pgettext_lazy("offsite", "filed")
    MORE = "more", pgettext_lazy("offsite", "more papers needed")
    REFUSED = "refused", pgettext_lazy("offsite", "refused")


class FilingQuerySet(AllianceQuerySet):
    """Which filings a member sees."""

    def visible_to(self, membership: Membership) -> Any:
        """Those of the member's institution; all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("institution", "referral", "entered_by__user")


class Filing(Stepped, AllianceRow):
    """One filing. Name, ID number and telephone are sealed; the private link is kept only as a hash."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("offsite", "waiting for the desk")
        MORE = "more", pgettext_lazy("offsite", "more papers needed")
        FILED = "filed", pgettext_lazy("offsite", "filed")
        REFUSED = "refused", pgettext_lazy("offsite", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("offsite", "withdrawn")

    class Channel(models.TextChoices):
        LINK = "link", pgettext_lazy("offsite", "by the person")
        DESK = "desk", pgettext_lazy("offsite", "by staff on behalf")

    number = models.CharField(pgettext_lazy("offsite", "number"), max_length=24, editable=False)
    channel = models.CharField(pgettext_lazy("offsite", "came"), max_length=8, choices=Channel)
    institution = link("alliance.Institution", _("institution"))
    kind = models.CharField(pgettext_lazy("offsite", "kind of filing"), max_length=12, choices=Kind)
    name = SealedField(_("name"))
    id_number = SealedField(_("ID number"))
    phone = SealedField(_("phone"))
    insurance = models.CharField(_("insurance"), max_length=12, choices=Referral.Insurance)
    city = models.CharField(pgettext_lazy("offsite", "place of care"), max_length=60)
    hospital = models.CharField(pgettext_lazy("offsite", "hospital there"), max_length=80, blank=True)
    from_on = models.DateField(pgettext_lazy("offsite", "from"))
    until_on = models.DateField(pgettext_lazy("offsite", "until"), null=True)
    reason = models.CharField(pgettext_lazy("offsite", "reason"), max_length=500, blank=True)
    referral = models.ForeignKey(
        Referral, verbose_name=_("referral"), on_delete=models.PROTECT, related_name="+", null=True
    )
    entered_by = link("alliance.Membership", _("entered by"), null=True)
    received_at = models.DateTimeField(_("received at"))
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    link_hash = models.CharField(max_length=64, editable=False)
    mark = models.CharField(max_length=64, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(FilingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("off-site care filing"), _("off-site care filings")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="offsite_number"),
            models.UniqueConstraint(fields=["alliance", "mark"], name="offsite_sent_once"),
            models.UniqueConstraint(fields=["alliance", "link_hash"], name="offsite_link"),
            models.CheckConstraint(condition=~Q(city="") & ~Q(mark=""), name="offsite_said"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="offsite_days"
            ),
            models.CheckConstraint(
                condition=Q(channel="link", entered_by=None) | Q(channel="desk", entered_by__isnull=False),
                name="offsite_entered",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "institution", "-received_at"], name="offsite_of_place"),
            models.Index(fields=["alliance", "state"], name="offsite_state"),
        ]

    def __str__(self) -> str:
        return self.number

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The desk of the institution, or of the whole alliance."""
        return frozenset({"desk"} if membership.sees(self.institution_id) else ())

    @transition(state, State.WAITING, State.FILED, custom=step(
        1, "desk", ANSWER, pgettext_lazy("offsite", "Filed with the insurer"), "check"))  # fmt: skip
    def file(self) -> None:
        """The insurer has it; the person may be settled there directly."""

    @transition(state, State.WAITING, State.MORE, custom=step(
        2, "desk", ANSWER, pgettext_lazy("offsite", "Ask for more papers"), "msg"))  # fmt: skip
    def more(self) -> None:
        """Something is missing; the clock stops until it comes."""

    @transition(state, State.WAITING, State.REFUSED, custom=step(
        3, "desk", ANSWER, pgettext_lazy("offsite", "Refuse with a reason"), "x"))  # fmt: skip
    def refuse(self) -> None:
        """It cannot be filed."""

    @transition(state, State.MORE, State.WAITING, custom=step(
        4, "desk", ENTER, pgettext_lazy("offsite", "Papers have come"), "plus"))  # fmt: skip
    def supply(self) -> None:
        """What was missing has come: a new hour begins."""

    @transition(state, [State.WAITING, State.MORE], State.WITHDRAWN, custom=step(
        5, "", ENTER, pgettext_lazy("offsite", "Withdraw"), "undo"))  # fmt: skip
    def withdraw(self) -> None:
        """The person takes it back."""


class Round(AllianceRow):
    """One time the desk is asked: the limit that then held, and how it answered. Answered once, for good."""

    append_only = True
    fill_once = ("answered_at", "verdict", "text", "filing_no", "answered_by_id")

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(pgettext_lazy("offsite", "round"))
    note = models.CharField(pgettext_lazy("offsite", "what was added"), max_length=500, blank=True)
    asked_at = models.DateTimeField(pgettext_lazy("offsite", "asked"))
    rule = models.CharField(max_length=8)
    due_at = models.DateTimeField(pgettext_lazy("offsite", "answer due"))
    answered_at = models.DateTimeField(pgettext_lazy("offsite", "answered"), null=True)
    verdict = models.CharField(  # noqa: DJ001 (filled once)
        pgettext_lazy("offsite", "answer"), max_length=8, choices=Verdict, null=True
    )
    text = models.CharField(  # noqa: DJ001 (filled once)
        pgettext_lazy("offsite", "what the person reads"), max_length=500, null=True
    )
    filing_no = models.CharField(  # noqa: DJ001 (filled once)
        pgettext_lazy("offsite", "number of the filing"), max_length=40, null=True
    )
    answered_by = link("alliance.Membership", pgettext_lazy("offsite", "answered by"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("round of a filing"), _("rounds of filings")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "filing", "number"], name="offsite_round_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, verdict=None, text=None, filing_no=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_at__gte=F("asked_at"), answered_by__isnull=False)
                & Q(verdict__isnull=False)
                & (
                    Q(verdict="filed", filing_no__isnull=False, filing_no__gt="")
                    | Q(verdict__in=["more", "refused"], text__isnull=False, text__gt="", filing_no=None)
                ),
                name="offsite_answered",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="offsite_due"),
        ]
        indexes = [models.Index(fields=["alliance", "due_at"], name="offsite_round_due")]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.number}"

    def in_time(self, now: datetime) -> bool | None:
        """Whether the hour was kept; None while it still runs. The last instant counts: a wall clock."""
        if self.answered_at is not None:
            return bool(self.answered_at <= self.due_at)
        return None if now <= self.due_at else False


class FilingFile(AllianceRow):
    """A photo or PDF beside a filing."""

    append_only = True

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="files")
    attachment = link("alliance.Attachment", _("file"))
    at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a filing"), _("files of filings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.attachment)


class FilingNumber(AllianceRow):
    """The last number of a filing given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="offsite_number_day")]
