"""What teams, departments, institutions or persons are due by a rule of its own: a sheet of a month.

One person gives the numbers with the decision and its scan, the system works the amounts out, another
confirms: where the source accounts do not hold what confirmed sheets are to be paid, with a reason kept.
A pool made of a sheet pays exactly its lines, once (performance.entitlement.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.models.declared import link
from performance.models.entitlement_kinds import EntitlementKind
from performance.models.pay import DecidedSheet
from performance.models.pay_sight import leads_all, sees_all


class EntitlementQuerySet(AllianceQuerySet):
    """Which sheets a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The offices that look at pay all; who leads an institution confirmed ones with a line of its own
        (second wall).
        """
        here = membership.institution_id
        if sees_all(membership):
            return self.all()
        if here is None or not leads_all(membership):
            return self.none()
        own = EntitlementLine.objects.filter(Q(institution=here) | Q(institution__parent=here))
        return self.filter(confirmed_at__isnull=False, pk__in=own.values("sheet"))

    def shown_to(self, membership: Membership) -> Any:
        """With what of each the member reads: `own_fen`, all of it or the institution's own lines."""
        here = membership.institution_id
        if here is None:
            return self.annotate(own_fen=F("fen"))
        mine = Q(lines__institution=here) | Q(lines__institution__parent=here)
        return self.annotate(own_fen=Sum("lines__fen", filter=mine))

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related("entered_by__user", "confirmed_by__user", "set_aside_by__user", "scan")


class Entitlement(DecidedSheet):
    """A sheet: the rule with its parameters of the month (`terms`), what was given once (`head`), lines."""

    kind = models.CharField(_("kind"), max_length=20, choices=EntitlementKind)
    month = models.DateField(_("month"))
    number = models.PositiveSmallIntegerField(_("number"))
    terms = models.JSONField(_("parameters"))
    head = models.JSONField(_("what was given"), default=dict)
    fen = models.BigIntegerField(_("amount (fen)"))
    # As it was confirmed; empty of sheets confirmed before this was asked.
    held_fen = models.BigIntegerField(_("free in the source accounts (fen)"), null=True)
    wanted_fen = models.BigIntegerField(_("sheets to be paid, with this one (fen)"), null=True)
    over_why = models.CharField(_("why more is confirmed"), max_length=200, null=True)  # noqa: DJ001 (filled once)

    fill_once = (*DecidedSheet.fill_once, "held_fen", "wanted_fen", "over_why")

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(EntitlementQuerySet)
    )

    class Meta(DecidedSheet.Meta):
        verbose_name, verbose_name_plural = _("entitlement sheet"), _("entitlement sheets")
        ordering = ["-month", "kind", "-number"]
        constraints = [
            *DecidedSheet.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "kind", "month", "number"], name="entitlement_number"
            ),
            models.UniqueConstraint(
                fields=["alliance", "kind", "month", "document"], condition=Q(set_aside_at=None),
                name="entitlement_document_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="entitlement_first_day"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="entitlement_not_negative"),
            models.CheckConstraint(
                condition=Q(held_fen=None, wanted_fen=None, over_why=None)
                | Q(confirmed_at__isnull=False, held_fen__isnull=False, wanted_fen__gte=F("fen"),
                    wanted_fen__isnull=False)
                & (Q(wanted_fen__lte=F("held_fen"), over_why=None)
                   | Q(over_why__isnull=False, over_why__gt="")),
                name="entitlement_over_said",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}/{self.number}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)


class EntitlementLine(AllianceRow):
    """What one subject is due: numbers given, parts with their numbers put in, the sum, never below zero.

    `owed_fen`: what a team owes after it, of all its sheets; the next one takes it (S0-77).
    """

    append_only = True

    sheet = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="lines")
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    team = link(_("team"), "alliance.Team", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    given = models.JSONField(_("what was given"))
    parts = models.JSONField(_("parts"))
    fen = models.BigIntegerField(_("amount (fen)"))
    owed_fen = models.BigIntegerField(_("owed after it (fen)"), default=0)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = (
            _("line of an entitlement sheet"),
            _("lines of entitlement sheets"),
        )
        ordering = ["institution__code", "department__code", "team__code", "staff__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "sheet", "institution", "department", "team", "staff"],
                name="entitlementline_once", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(fen__gte=0), name="entitlementline_not_negative"),
            models.CheckConstraint(
                condition=Q(owed_fen=0) | Q(owed_fen__gt=0, fen=0, team__isnull=False),
                name="entitlementline_owed",
            ),
            models.CheckConstraint(
                condition=Q(department=None, team=None) | Q(department=None, staff=None)
                | Q(team=None, staff=None),
                name="entitlementline_one_subject",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.team or self.department or self.staff or self.institution}"
