"""What was found on a visit: answers, photos, signatures; results, statements, rectification (practice 5).

Everything that a device sends bears a key of its own (`uid`): sent twice it is one row. Answers are never
overwritten: each names those it replaces; where neither replaces the other, the lead decides.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.engine.checklist import Answer, Content
from performance.engine.restore import restore
from performance.models.declared import link
from performance.models.onsite import OnsiteVisit


class Sent(AllianceRow):
    """What an inspector's device sends while the visit is under way; the database takes nothing later."""

    append_only = True

    visit = models.ForeignKey(OnsiteVisit, on_delete=models.PROTECT, related_name="%(class)ss")
    uid = models.UUIDField(_("key"))
    by = link(_("by"), "alliance.Membership")
    made_at = models.DateTimeField(_("time on the device"))
    received_at = models.DateTimeField(_("received"))

    class Meta(AllianceRow.Meta):
        abstract = True
        ordering = ["visit", "pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "uid"], name="%(class)s_uid")]


class OnsiteAnswer(Sent):
    """One answer to an item; `content` is the engine's Content as plain data."""

    item = models.CharField(_("item"), max_length=12)
    content = models.JSONField(_("content"))
    replaces = ArrayField(models.UUIDField(), verbose_name=_("replaces"), default=list)

    class Meta(Sent.Meta):
        verbose_name, verbose_name_plural = _("answer of a visit"), _("answers of visits")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.item}"

    @property
    def answer(self) -> Answer:
        """As the engine takes it."""
        replaced = tuple(str(one) for one in self.replaces)
        return Answer(str(self.uid), self.item, restore(Content, self.content), replaced)


class OnsitePhoto(Sent):
    """A photo of an item, without the place and time cameras write into it.

    Withdrawn it stays as a row with the reason; its file is shown to nobody any more.
    """

    fill_once = ("withdrawn_by_id", "withdrawn_at", "withdrawn_why")

    item = models.CharField(_("item"), max_length=12)
    file = link(_("file"), "alliance.Attachment")
    withdrawn_by = link(pgettext_lazy("photo", "withdrawn by"), "alliance.Membership", null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_why = models.CharField(pgettext_lazy("photo", "why withdrawn"), max_length=300, null=True)  # noqa: DJ001

    class Meta(Sent.Meta):
        verbose_name, verbose_name_plural = _("photo of a visit"), _("photos of visits")
        constraints = [
            *Sent.Meta.constraints,
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None, withdrawn_why=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, withdrawn_why__gt=""),
                name="onsite_photo_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.item}"


class OnsiteSignature(Sent):
    """Who stands by which answers: an inspector, or somebody for the inspected; or the refusal, witnessed.

    `answers` are the keys of those the signer had before the eyes; `statement` what the inspected says.
    """

    class Side(models.TextChoices):
        INSPECTOR = "inspector", pgettext_lazy("signature", "inspector")
        INSPECTED = "inspected", pgettext_lazy("signature", "inspected")

    side = models.CharField(_("side"), max_length=10, choices=Side)
    name = models.CharField(_("name"), max_length=60)
    duty = models.CharField(_("duty"), max_length=60, blank=True)
    file = link(_("file"), "alliance.Attachment", null=True)
    answers = ArrayField(models.UUIDField(), verbose_name=_("answers"))
    refused = models.BooleanField(_("refused to sign"), default=False)
    reason = models.CharField(_("why it was refused"), max_length=300, blank=True)
    witness = models.CharField(_("witness"), max_length=60, blank=True)
    statement = models.CharField(_("statement of the inspected"), max_length=1000, blank=True)

    class Meta(Sent.Meta):
        verbose_name, verbose_name_plural = _("signature of a visit"), _("signatures of visits")
        constraints = [
            *Sent.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refused=False, file__isnull=False)
                | Q(refused=True, side="inspected", file=None) & ~Q(witness="") & ~Q(reason=""),
                name="onsite_signed_or_witnessed",
            ),
            models.CheckConstraint(condition=~Q(name="") | Q(refused=True), name="onsite_signer_named"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.name}"


class OnsiteResult(AllianceRow):
    """An item as it was signed: points of full points, None where it does not apply.

    `restored` are points given back after a statement of the inspected was found right. `repeated`: the same
    item cost points at the visit before.
    """

    append_only = True
    fill_once = ("restored", "restored_by_id")

    visit = models.ForeignKey(OnsiteVisit, on_delete=models.PROTECT, related_name="results")
    answer = models.ForeignKey(OnsiteAnswer, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("item"), max_length=12)
    place = models.PositiveSmallIntegerField(_("place"))
    outcome = models.CharField(_("outcome"), max_length=10)
    full = models.DecimalField(_("full points"), max_digits=8, decimal_places=4)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=4, null=True)
    units = models.PositiveSmallIntegerField(_("looked at"))
    failed = models.PositiveSmallIntegerField(_("with findings"))
    measures = ArrayField(models.CharField(max_length=16), verbose_name=_("measures"), default=list)
    repeated = models.BooleanField(_("found again"), default=False)
    restored = models.DecimalField(_("points given back"), max_digits=8, decimal_places=4, null=True)
    restored_by = link(_("decided by"), "alliance.Membership", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result of an item"), _("results of items")
        ordering = ["visit", "place"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "visit", "item"], name="onsite_result_once"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0, points__lte=F("full")),
                name="onsite_result_bounds",
            ),
            models.CheckConstraint(
                condition=Q(restored=None)
                | Q(restored__gt=0, restored__lte=F("full") - Coalesce(F("points"), F("full")),
                    restored_by__isnull=False),
                name="onsite_result_restored",
            ),
            models.CheckConstraint(condition=Q(failed__lte=F("units")), name="onsite_result_failed"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.visit_id} {self.item}"

    @property
    def now(self) -> Any:
        """The points after what was given back."""
        return self.points if self.restored is None else self.points + self.restored


class OnsiteStatement(AllianceRow):
    """What the inspected says to an item (陈述), and what the office answers."""

    append_only = True
    fill_once = ("answer", "answered_by_id", "answered_at")

    result = models.ForeignKey(OnsiteResult, on_delete=models.PROTECT, related_name="statements")
    text = models.CharField(_("statement"), max_length=1000)
    by = link(_("by"), "alliance.Membership")
    at = models.DateTimeField(_("time"))
    answer = models.CharField(_("answer"), max_length=1000, null=True)  # noqa: DJ001 (filled once)
    answered_by = link(_("answered by"), "alliance.Membership", null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("statement of the inspected"), _("statements of the inspected")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="onsite_statement_text"),
            models.CheckConstraint(
                condition=Q(answer=None, answered_by=None, answered_at=None)
                | Q(answer__gt="", answered_by__isnull=False, answered_at__isnull=False),
                name="onsite_statement_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class OnsiteRectification(AllianceRow):
    """An item to put right until a day (整改); what the institution says, what the re-check found."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("rectification", "to put right")
        ANSWERED = "answered", pgettext_lazy("rectification", "waits for the re-check")
        CLOSED = "closed", pgettext_lazy("rectification", "put right")
        FAILED = "failed", pgettext_lazy("rectification", "not put right")
        DROPPED = "dropped", pgettext_lazy("rectification", "dropped: the statement was right")

    WITH_INSTITUTION = (State.OPEN, State.FAILED)

    result = models.ForeignKey(OnsiteResult, on_delete=models.PROTECT, related_name="rectifications")
    institution = link(_("institution"), "alliance.Institution")
    due_at = models.DateTimeField(_("due by"))
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    done = models.CharField(_("what was put right"), max_length=1000, blank=True)
    answered_by = link(_("answered by"), "alliance.Membership", null=True)
    found = models.CharField(_("what the re-check found"), max_length=1000, blank=True)
    checked_by = link(_("checked by"), "alliance.Membership", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rectification"), _("rectifications")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "result"], name="onsite_rectification_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dropped"]) | Q(done__gt="", answered_by__isnull=False),
                name="onsite_rectification_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "failed"]) | Q(found__gt="", checked_by__isnull=False),
                name="onsite_rectification_checked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.result)

    @transition(state, State.OPEN, State.ANSWERED)
    def reply(self) -> None:
        """The institution says what it put right, with evidence."""

    @transition(state, State.FAILED, State.ANSWERED)
    def reply_again(self) -> None:
        """Once more."""

    @transition(state, State.ANSWERED, State.CLOSED)
    def close(self) -> None:
        """The re-check holds."""

    @transition(state, State.ANSWERED, State.FAILED)
    def fail(self) -> None:
        """The re-check found it still so; a new day is set."""

    @transition(state, [State.OPEN, State.ANSWERED, State.FAILED], State.DROPPED)
    def drop(self) -> None:
        """A statement of the inspected was found right: all its points are given back."""


class OnsiteProof(AllianceRow):
    """A file with which the institution shows that something was put right."""

    append_only = True

    rectification = models.ForeignKey(OnsiteRectification, on_delete=models.PROTECT, related_name="proofs")
    file = link(_("file"), "alliance.Attachment")
    by = link(_("by"), "alliance.Membership")
    at = models.DateTimeField(_("time"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("proof of a rectification"), _("proofs of rectifications")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)
