"""How a pot is divided: a group's plan, its lines of persons, what the people say of it (practice.md 4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.declared import link


class PayPlan(AllianceRow):
    """A revision of a pot's plan: who agreed on it and when, with the minutes of the group."""

    append_only = True

    pot = models.ForeignKey("performance.PayPot", on_delete=models.PROTECT, related_name="plans")
    revision = models.PositiveSmallIntegerField(_("revision"))
    agreed_on = models.DateField(_("agreed on"))
    minutes = models.CharField(_("minutes"), max_length=2000)
    zero_why = models.CharField(_("why without points"), max_length=500, blank=True, default="")
    made_by = link(_("written by"), "alliance.Membership")
    made_at = models.DateTimeField(_("written"))
    # An earlier month's plan whose points were the proposal this group agreed on unchanged (practice.md 4).
    as_in = link(_("points as in the plan"), "self", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("plan of a pot"), _("plans of pots")
        ordering = ["pot", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "pot", "revision"], name="payplan_once"),
            models.CheckConstraint(condition=~Q(minutes=""), name="payplan_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.pot} {self.revision}"


class PayMember(AllianceRow):
    """One member of the group that agreed on a plan."""

    append_only = True

    plan = models.ForeignKey(PayPlan, on_delete=models.PROTECT, related_name="group")
    staff = link(_("staff member"), "alliance.Staff")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("member of a group"), _("members of a group")
        constraints = [models.UniqueConstraint(fields=["alliance", "plan", "staff"], name="paymember_once")]

    def __str__(self) -> str:
        return str(self.staff)


class PayLine(AllianceRow):
    """A person's part of a pot under a plan: points, whole fen, exact quota, rounding."""

    append_only = True

    plan = models.ForeignKey(PayPlan, on_delete=models.PROTECT, related_name="lines")
    pot = models.ForeignKey("performance.PayPot", on_delete=models.PROTECT, related_name="lines")
    staff = link(_("staff member"), "alliance.Staff")
    points = models.DecimalField(_("points"), max_digits=12, decimal_places=4)
    fen = models.BigIntegerField(_("amount (fen)"))
    quota = models.DecimalField(_("exact share (fen)"), max_digits=30, decimal_places=4)
    remainder_rank = models.PositiveIntegerField(_("rank of the remainder"))
    got_extra_fen = models.BooleanField(_("one fen more by largest remainder"), default=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("person's line"), _("persons' lines")
        ordering = ["staff__code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "plan", "staff"], name="payline_once"),
            models.CheckConstraint(condition=Q(fen__gte=0, points__gte=0), name="payline_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.pot}"


class PayReply(AllianceRow):
    """What a person says of the plan shown: agrees, or objects with a reason, which somebody answers."""

    append_only = True
    fill_once = ("upheld", "answer", "answered_by_id", "answered_at")

    plan = models.ForeignKey(PayPlan, on_delete=models.PROTECT, related_name="replies")
    staff = link(_("staff member"), "alliance.Staff")
    agrees = models.BooleanField(_("agrees"))
    text = models.CharField(_("objection"), max_length=1000, blank=True)
    given_at = models.DateTimeField(_("given"))
    upheld = models.BooleanField(_("upheld"), null=True)
    answer = models.CharField(_("answer"), max_length=1000, null=True)  # noqa: DJ001 (filled once)
    answered_by = link(_("answered by"), "alliance.Membership", null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("answer to a plan"), _("answers to plans")
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "plan", "staff", "agrees"], name="payreply_once"),
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(text=""), name="payreply_says_why"),
            models.CheckConstraint(
                condition=Q(upheld=None, answer=None, answered_by=None, answered_at=None)
                | Q(agrees=False, upheld__isnull=False, answer__gt="", answered_by__isnull=False,
                    answered_at__isnull=False),
                name="payreply_answered_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.staff} {self.plan}"
