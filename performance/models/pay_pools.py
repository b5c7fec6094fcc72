"""A pool of pay of a month: from its source to institutions, or between them; written once (issue of money).

The database keeps the red lines of practice.md 6 and that every level adds up (performance.pay.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.models.declared import link
from performance.models.pay import LOOK, RUN, PayKind, PaySource


class Share(AllianceRow):
    """What one received of a level above: whole fen, factors of its weight, exact quota, rounding."""

    fen = models.BigIntegerField(_("amount (fen)"))
    factors = models.JSONField(_("factors of the weight"), default=list)
    weight_sum = models.DecimalField(_("sum of the weights"), max_digits=40, decimal_places=12)
    quota = models.DecimalField(_("exact share (fen)"), max_digits=30, decimal_places=4)
    remainder_rank = models.PositiveIntegerField(_("rank of the remainder"))
    got_extra_fen = models.BooleanField(_("one fen more by largest remainder"), default=False)

    class Meta(AllianceRow.Meta):
        abstract = True


class PayPoolQuerySet(AllianceQuerySet):
    """Which pools a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """All for who looks over the whole alliance (LOOK); an institution posted ones that pay it or take of
        it (second wall). Somebody of no institution who only has a slip of their own sees no pool.
        """
        here = membership.institution_id
        if here is None:
            return self.all() if membership.can(LOOK) else self.none()
        return self.filter(state="posted").filter(
            Q(pk__in=PayShare.objects.filter(institution=here).values("pool"))
            | Q(pk__in=PayTransfer.objects.filter(Q(payer=here) | Q(payee=here)).values("pool"))
        )

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "fund",
            "run__settlement__pool",
            "rule",
            "entitlement",
            "approval",
            "journal",
            "reversal",
            "made_by__user",
        )


class PayPool(AllianceRow, Stepped):
    """Money of a month for one purpose. `persons` is the switch that lets it end at persons; it is off where
    the basis contains what is prescribed or ordered (`charges`), and between institutions.

    A bonus pool starts at the shares of the month's run, any other at a source account or at facts of
    collaboration. Once posted nothing of it changes.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("pool", "draft")
        PROPOSED = "proposed", pgettext_lazy("pool", "waits for approval")
        POSTED = "posted", pgettext_lazy("pool", "in the books")
        REVERSED = "reversed", pgettext_lazy("pool", "reversed")

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind of pool"), max_length=16, choices=PayKind)
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    name = models.CharField(_("name"), max_length=80, blank=True)
    source = models.CharField(_("kind of source"), max_length=12, choices=PaySource)
    document = models.CharField(_("decision number"), max_length=80, blank=True)
    persons = models.BooleanField(_("ends at persons"), default=True)
    charges = ArrayField(
        models.CharField(max_length=16), verbose_name=_("charges in the basis"), default=list
    )
    fund = link(_("source account"), "performance.PayFund", null=True)
    run = link(_("run of the month"), "performance.MonthRun", null=True)
    rule = link(_("rule"), "performance.PayRule", null=True)
    # Who is due what by a rule of its own; a pool made of it pays exactly that, and it is paid by one pool.
    entitlement = link(_("entitlement sheet"), "performance.Entitlement", null=True)
    fen = models.BigIntegerField(_("amount (fen)"))
    digest = models.CharField(_("digest"), max_length=64)
    # Digest of the rows its pots were computed from: while they are the same, so are the pots.
    read = models.CharField(max_length=64, blank=True, editable=False)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = link(_("made by"), "alliance.Membership")
    made_at = models.DateTimeField(_("made"))
    approval = link(_("approval"), "approvals.Approval", null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)
    reversal = link(_("reversed by"), "ledger.LedgerJournal", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayPoolQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("pool of pay"), _("pools of pay")
        ordering = ["-month", "kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "kind", "number"], name="paypool_number"),
            models.UniqueConstraint(
                fields=["alliance", "month", "kind"], name="paypool_once",
                condition=Q(kind="bonus") & ~Q(state="reversed"),
            ),
            # Between institutions a later pool holds what was found later; one at a time is under way.
            models.UniqueConstraint(
                fields=["alliance", "month", "kind"], name="paypool_one_under_way",
                condition=Q(
                    kind__in=["down_transfer", "fee_return", "service"], state__in=["draft", "proposed"]
                ),
            ),
            models.UniqueConstraint(
                fields=["alliance", "entitlement"], name="paypool_entitlement_once",
                condition=~Q(state="reversed"),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="paypool_first_day"),
            # What is booked after a month's pool between institutions may take more back than it gives.
            models.CheckConstraint(
                condition=Q(fen__gt=0) | Q(source="between", number__gt=1), name="paypool_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["pay_total", "fiscal", "retained", "between"]), name="paypool_lawful"
            ),
            models.CheckConstraint(
                condition=~Q(source="retained") | ~Q(document=""), name="paypool_document"
            ),
            models.CheckConstraint(
                condition=Q(persons=False) | ~Q(source="between"), name="paypool_between_never_persons"
            ),
            models.CheckConstraint(
                condition=Q(persons=False)
                | ~Q(charges__overlap=["drug", "consumable", "examination", "test"]),
                name="paypool_ordered_never_persons",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["down_transfer", "fee_return", "service"], source="between", fund=None,
                            run=None, rule=None)
                | Q(kind="bonus", run__isnull=False, fund=None, rule__isnull=False) & ~Q(source="between")
                | Q(kind__in=["reward", "surplus", "prevention", "award"], run=None, fund__isnull=False,
                    rule__isnull=False) & ~Q(source="between"),
                name="paypool_where_from",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "posted", "reversed"]) | Q(approval__isnull=False),
                name="paypool_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "reversed"]) | Q(journal__isnull=False),
                name="paypool_in_the_books",
            ),
            models.CheckConstraint(
                condition=Q(state="reversed", reversal__isnull=False)
                | ~Q(state="reversed") & Q(reversal=None),
                name="paypool_reversed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} {self.month:%Y-%m}"

    @property
    def title(self) -> str:
        """Its name; of a pool that every month has once, the name of its kind, and which supplement it is."""
        kind = str(self.name or self.get_kind_display())
        if self.source != PaySource.BETWEEN or self.number == 1:
            return kind
        return gettext("%(pool)s, supplement %(n)d") % {"pool": kind, "n": self.number - 1}

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: who acts for the alliance."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(
        state, State.DRAFT, State.PROPOSED, custom=step(1, "office", RUN, _("Propose for approval"), "up")
    )
    def propose(self) -> None:
        """The office puts it before a second person."""

    @transition(state, State.PROPOSED, State.DRAFT, custom=step(9, "", RUN, "", ""))
    def give_back(self) -> None:
        """Declined or withdrawn."""

    @transition(state, State.PROPOSED, State.POSTED, custom=step(9, "", RUN, "", ""))
    def post(self) -> None:
        """Agreed: the money has left its source; the pots are open."""

    @transition(state, State.POSTED, State.REVERSED, custom=step(9, "", RUN, "", ""))
    def reverse(self) -> None:
        """Two people took it back whole: the money is where it came from."""


class PayShare(Share):
    """An institution's share of a pool that flows on inside it, less what is taken of it (PayTaken)."""

    append_only = True
    discardable = True

    pool = models.ForeignKey(PayPool, on_delete=models.CASCADE, related_name="shares")
    institution = link(_("institution"), "alliance.Institution")
    line = link(_("share of a month"), "performance.Line", null=True)
    taken_fen = models.BigIntegerField(_("taken (fen)"), default=0)
    # Time of each group with its coefficient: what the groups' pots were weighed by.
    groups = models.JSONField(default=list)

    class Meta(Share.Meta):
        verbose_name, verbose_name_plural = _("institution's share"), _("institutions' shares")
        ordering = ["institution__code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "pool", "institution"], name="payshare_once"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="payshare_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.pool}"

    @property
    def net_fen(self) -> int:
        """What flows on inside the institution."""
        return self.fen - self.taken_fen


class PayTransfer(AllianceRow):
    """What one institution owes another for one fact of collaboration, each fact in a row of its own.

    The evidence is the referral or consultation; it owes `base_fen` x `percent`, rounded once half-up, under
    one rule. `fen` is what this row moves: what the evidence owes less `paid_fen`, which its row before has
    left in the books; below zero where it owes less by now. The database lets a row go on only from there
    (performance.pay.sql), so that nothing is paid twice.
    """

    append_only = True
    discardable = True

    pool = models.ForeignKey(PayPool, on_delete=models.CASCADE, related_name="transfers")
    payer = link(_("payer"), "alliance.Institution")
    payee = link(_("payee"), "alliance.Institution")
    fen = models.BigIntegerField(_("amount (fen)"))
    base_fen = models.BigIntegerField(_("base (fen)"))
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=2, null=True)
    evidence_kind = models.CharField(max_length=20)
    evidence_id = models.BigIntegerField()
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    paid_fen = models.BigIntegerField(_("in the books before (fen)"), default=0)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("transfer between institutions"), _("transfers")
        ordering = ["payer__code", "payee__code", "evidence_id", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "evidence_kind", "evidence_id", "revision"], name="paytransfer_fact_once"
            ),
            models.CheckConstraint(
                condition=~Q(fen=0) & Q(paid_fen__gte=0, base_fen__gte=0, fen__gte=-F("paid_fen")),
                name="paytransfer_owes_something",
            ),
            models.CheckConstraint(
                condition=Q(base_fen__gt=0) | Q(fen=-F("paid_fen")), name="paytransfer_of_a_base"
            ),
            models.CheckConstraint(condition=~Q(payer=F("payee")), name="paytransfer_two_sides"),
        ]

    def __str__(self) -> str:
        return f"{self.payer} → {self.payee}"

    @property
    def owed_fen(self) -> int:
        """What the evidence owes in all once this row is in the books."""
        return int(self.paid_fen + self.fen)
