"""Lots (发放批次): who is paid what out of which lines, once; what is held; the files that left.

A lot stores no state of its own: it is read from its payments. The database keeps that no part of a line is
paid twice and that parts and held money never exceed the line (performance.payout.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.models.declared import link


class LotState(models.TextChoices):
    """What a lot's payments say of it; never stored."""

    MADE = "made", pgettext_lazy("lot", "made")
    CHECKED = "checked", pgettext_lazy("lot", "checked")
    EXPORTED = "exported", pgettext_lazy("lot", "with the bank")
    RETURNED = "partly_returned", pgettext_lazy("lot", "partly returned")
    ALL_RETURNED = "returned", pgettext_lazy("lot", "all returned")
    PAID = "paid", pgettext_lazy("lot", "paid")
    WITHDRAWN = "withdrawn", pgettext_lazy("lot", "withdrawn")


def _of(state: str) -> Any:
    return Count("payments", filter=Q(payments__state=state))


class PayoutLotQuerySet(AllianceQuerySet):
    """Which lots a member sees, and what their payments say."""

    def seen_by(self, membership: Membership) -> Any:
        """All for the whole alliance; an institution those it pays (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "institution", "entity", "made_by__user", "checked_by__user"
        )  # fmt: skip

    def told(self) -> Any:
        """With people, money and the state that follows from the payments: one grouping."""
        counted = self.annotate(
            people=Count("payments"), n_made=_of("made"), n_exported=_of("exported"), n_paid=_of("paid"),
            n_returned=_of("returned"), n_withdrawn=_of("withdrawn"),
            fen=Coalesce(Sum("payments__fen", filter=~Q(payments__state="withdrawn")), 0,
                         output_field=models.BigIntegerField()),
            fen_paid=Coalesce(Sum("payments__fen", filter=Q(payments__state="paid")), 0,
                              output_field=models.BigIntegerField()),
        )  # fmt: skip
        state = Case(
            When(people=F("n_withdrawn"), then=Value(LotState.WITHDRAWN)),
            When(n_made__gt=0, checked_at__isnull=True, then=Value(LotState.MADE)),
            When(n_made__gt=0, then=Value(LotState.CHECKED)),
            When(n_returned__gt=0, n_returned=F("people") - F("n_withdrawn"),
                 then=Value(LotState.ALL_RETURNED)),
            When(n_returned__gt=0, then=Value(LotState.RETURNED)),
            When(n_exported__gt=0, then=Value(LotState.EXPORTED)),
            default=Value(LotState.PAID), output_field=models.CharField(),
        )  # fmt: skip
        return counted.annotate(state=state)


class PayoutLot(AllianceRow):
    """One payment run of an institution through one bank for a month; later ones bear the next number."""

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("checked_by_id", "checked_at")

    month = models.DateField(_("month"))
    institution = link(_("institution"), "alliance.Institution")
    bank = models.SlugField(_("bank"), max_length=20)
    number = models.PositiveSmallIntegerField(_("number"))
    entity = link(_("paying legal entity"), "performance.PayoutEntity")
    made_by = link(_("made by"), "alliance.Membership")
    made_at = models.DateTimeField(_("made"))
    checked_by = link(_("checked by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayoutLotQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("lot"), _("lots")
        ordering = ["-month", "institution__code", "bank", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "month", "institution", "bank", "number"], name="payoutlot_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="payoutlot_first_day"),
            models.CheckConstraint(condition=~Q(made_by=F("checked_by")), name="payoutlot_two_people"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="payoutlot_checked_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number of the lot as bank and books know it."""
        return f"{self.month:%Y%m}-{self.institution.code}-{self.bank.upper()}-{self.number}"

    @property
    def period(self) -> Month:
        """Its month."""
        return Month.of(self.month)


class PayoutPaymentQuerySet(AllianceQuerySet):
    """What of payments comes of corrections."""

    def corrected(self) -> Any:
        """With `corrected_fen`, and the months it belongs to (`corrected_of`, days); one grouping."""
        of = Q(parts__due__isnull=False)
        return self.annotate(
            corrected_fen=Coalesce(Sum("parts__fen", filter=of), 0, output_field=models.BigIntegerField()),
            corrected_of=ArrayAgg("parts__due__month", filter=of, distinct=True, default=Value([])),
        )


class PayoutPayment(AllianceRow):
    """What one person gets out of a lot, into the account that counted when the lot was made."""

    class State(models.TextChoices):
        MADE = "made", pgettext_lazy("payment", "made")
        EXPORTED = "exported", pgettext_lazy("payment", "with the bank")
        PAID = "paid", pgettext_lazy("payment", "paid")
        RETURNED = "returned", pgettext_lazy("payment", "returned by the bank")
        WITHDRAWN = "withdrawn", pgettext_lazy("payment", "withdrawn")

    lot = models.ForeignKey(PayoutLot, on_delete=models.PROTECT, related_name="payments")
    staff = link(_("staff member"), "alliance.Staff")
    account = link(_("bank account"), "performance.PayoutAccount")
    number = models.PositiveIntegerField(_("number"))
    fen = models.BigIntegerField(_("amount (fen)"))
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.MADE, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayoutPaymentQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        ordering = ["lot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "lot", "number"], name="payoutpayment_number"),
            models.UniqueConstraint(fields=["alliance", "lot", "staff"], name="payoutpayment_person"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payoutpayment_above_zero"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the bank's answer names it by; says nothing of the person."""
        return f"{self.lot.code}-{self.number:04d}"

    @transition(state, State.MADE, State.EXPORTED)
    def export(self) -> None:
        """The file has left."""

    @transition(state, State.MADE, State.WITHDRAWN)
    def withdraw(self) -> None:
        """The lot was thrown away before it left."""

    @transition(state, State.EXPORTED, State.PAID)
    def pay(self) -> None:
        """The bank says so, and a second person has looked."""

    @transition(state, [State.EXPORTED, State.PAID], State.RETURNED)
    def give_back(self) -> None:
        """退票: the money came back; its parts are free for a later lot."""


class PayoutPart(AllianceRow):
    """Which part of a person's line, or which amount of a correction, a payment pays.

    While it lives, nothing else pays that part or that amount.
    """

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("ended_at",)

    payment = models.ForeignKey(PayoutPayment, on_delete=models.PROTECT, related_name="parts")
    line = link(_("person's line"), "performance.PayLine", null=True)
    due = models.ForeignKey(
        "performance.PayDue", verbose_name=_("amount of a correction"), on_delete=models.PROTECT, null=True,
        related_name="parts",
    )  # fmt: skip
    part = models.PositiveSmallIntegerField(_("part"))
    fen = models.BigIntegerField(_("amount (fen)"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("paid part of a line"), _("paid parts of lines")
        ordering = ["payment", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "part"], name="payoutpart_once", condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(fields=["alliance", "payment", "line"], name="payoutpart_line"),
            models.UniqueConstraint(
                fields=["alliance", "due"], name="payoutpart_due_once",
                condition=Q(ended_at=None, due__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(line=None, due__isnull=False) | Q(line__isnull=False, due=None),
                name="payoutpart_of_one",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payoutpart_above_zero"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.line or self.due} / {self.part}"


class PayoutHold(AllianceRow):
    """Money of a line that waits: disputed, or held by hand with a reason; released once."""

    class Kind(models.TextChoices):
        DISPUTED = "disputed", pgettext_lazy("hold", "disputed")
        BY_HAND = "by_hand", pgettext_lazy("hold", "held by hand")

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("ended_at", "ended_by_id")

    line = link(_("person's line"), "performance.PayLine")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    fen = models.BigIntegerField(_("amount (fen)"))
    why = models.CharField(_("why"), max_length=200, blank=True)
    made_by = link(_("held by"), "alliance.Membership")
    made_at = models.DateTimeField(_("held since"))
    ended_by = link(_("released by"), "alliance.Membership", null=True)
    ended_at = models.DateTimeField(_("released"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("held money"), _("held money")
        ordering = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "kind"], name="payouthold_once", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payouthold_above_zero"),
            models.CheckConstraint(
                condition=~Q(kind="by_hand") | ~Q(why=""), name="payouthold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="payouthold_ended_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.line} {self.get_kind_display()}"
