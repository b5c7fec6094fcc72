"""The second distribution (科室二次分配, practice.md 4): what a group of a department, or a team, divides."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import Membership
from alliance.models.base import AllianceQuerySet, leaf_alliance, leaf_key
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.models.declared import link
from performance.models.entitlement_kinds import EntitlementKind
from performance.models.pay import CONFIRM, DISTRIBUTE
from performance.models.pay_plans import PayLine
from performance.models.pay_pools import Share
from performance.models.pay_sight import PERSONS, leads_all, sees_all


class PayPotQuerySet(AllianceQuerySet):
    """Which pots a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The offices that look at pay all; of posted pools an institution's leaders its own, a head the own
        department's, others those in which they have a line (second wall).
        """
        here = membership.institution_id
        if sees_all(membership):
            return self.all()
        posted = self.filter(pool__state="posted")
        mine = Q(pk__in=PayLine.objects.filter(staff__user=membership.user_id).values("pot"))
        if leads_all(membership):
            return posted.filter(mine | Q(institution=here))
        if membership.can(PERSONS) and membership.department_id is not None:
            return posted.filter(mine | Q(institution=here, department=membership.department_id))
        return posted.filter(mine)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "pool__entitlement", "share__pool", "institution", "department__institution", "team", "plan",
            "submitted_by__user", "journal",
        )  # fmt: skip


class PayPot(Share, Stepped):
    """What one group of a department, or a team, divides among its people. Its money never changes."""

    class Group(models.TextChoices):
        DOCTOR = "doctor", pgettext_lazy("pot", "doctors")
        NURSE = "nurse", pgettext_lazy("pot", "nurses")
        TECHNICIAN = "technician", pgettext_lazy("pot", "technicians")
        ADMINISTRATOR = "administrator", pgettext_lazy("pot", "administration")
        TEAM = "team", pgettext_lazy("pot", "family-doctor team")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("pot", "no plan yet")
        DRAFTED = "drafted", pgettext_lazy("pot", "plan written")
        SHOWN = "shown", pgettext_lazy("pot", "shown to the department")
        SUBMITTED = "submitted", pgettext_lazy("pot", "submitted")
        POSTED = "posted", pgettext_lazy("pot", "in the books")
        REVERSED = "reversed", pgettext_lazy("pot", "reversed with its pool")

    WITH_LINES = (State.SHOWN, State.SUBMITTED, State.POSTED)

    alliance = leaf_alliance()
    pool = leaf_key("performance.PayPool", on_delete=models.CASCADE, related_name="pots", db_index=True)
    share = leaf_key("performance.PayShare", on_delete=models.CASCADE, related_name="pots", db_index=True)
    institution = leaf_key("alliance.Institution", verbose_name=_("institution"), db_index=True)
    department = leaf_key("alliance.Department", verbose_name=_("department"), null=True, db_index=True)
    team = leaf_key("alliance.Team", verbose_name=_("team"), null=True, db_index=True)
    group = models.CharField(_("group"), max_length=14, choices=Group)
    # Who worked here by the roster: [staff, points], points with four decimals as text.
    people = models.JSONField(_("people by the roster"))
    above_fen = models.BigIntegerField(_("divided above (fen)"))
    # What its department owes and gives of it; `fen` is what is left to divide.
    taken_fen = models.BigIntegerField(_("taken (fen)"), default=0)
    plan = link(_("plan"), "performance.PayPlan", null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    shown_at = models.DateTimeField(_("shown from"), null=True)
    shown_until = models.DateTimeField(_("shown until"), null=True)
    submitted_by = link(_("submitted by"), "alliance.Membership", null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)
    reversal = link(_("reversed by"), "ledger.LedgerJournal", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayPotQuerySet)
    )

    class Meta(Share.Meta):
        verbose_name, verbose_name_plural = _("pot of a department or team"), _("pots")
        ordering = ["institution__code", "department__code", "group", "team__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "pool", "department", "group"], name="paypot_department_once",
                condition=Q(department__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["alliance", "pool", "team"], name="paypot_team_once", condition=Q(team__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=False, team=None) & ~Q(group="team")
                | Q(department=None, team__isnull=False, group="team"),
                name="paypot_whose",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="paypot_above_zero"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reversed"]) | Q(plan__isnull=False), name="paypot_has_plan"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["shown", "submitted", "posted"])
                | Q(shown_at__isnull=False, shown_until__gt=F("shown_at")),
                name="paypot_shown",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "posted"])
                | Q(submitted_by__isnull=False, submitted_at__gte=F("shown_until")),
                name="paypot_shown_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(journal__isnull=False), name="paypot_in_the_books"
            ),
            models.CheckConstraint(
                condition=Q(reversal=None) | Q(state="reversed", journal__isnull=False),
                name="paypot_reversed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.place} {self.pool}"

    @property
    def whole_fen(self) -> int:
        """What it had before anything was taken of it."""
        return self.fen + self.taken_fen

    @property
    def place(self) -> str:
        """Whose pot it is."""
        return str(self.team) if self.team else f"{self.department} · {self.get_group_display()}"

    @property
    def by_name(self) -> bool:
        """Whether each person's part is named by a sheet, so that there is nothing to divide."""
        sheet = self.pool.entitlement
        return sheet is not None and sheet.kind == EntitlementKind.INNOVATION_PERSONAL

    @property
    def unit_key(self) -> str:
        """How the engine names its department; empty for a team."""
        return "" if self.department is None else f"{self.department.institution.code}/{self.department.code}"

    @property
    def account(self) -> str:
        """The code of its account in the ledger."""
        if self.team is not None:
            return f"team:{self.institution.code}:{self.team.code}"
        assert self.department is not None
        return f"department:{self.department.institution.code}:{self.department.code}:{self.group}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: of the alliance. Head: who leads the department or the institution."""
        if membership.institution_id is None:
            return frozenset({"office"} if sees_all(membership) else ())
        if membership.institution_id != self.institution_id or not membership.can(PERSONS):
            return frozenset()
        own = leads_all(membership) or (
            self.department_id is not None and membership.department_id == self.department_id
        )
        return frozenset({"head"} if own else ())

    @transition(state, [State.OPEN, State.DRAFTED], State.DRAFTED, custom=step(
        1, "head", DISTRIBUTE, _("Write the plan"), "adjust"))  # fmt: skip
    def write(self) -> None:
        """The group's plan, or its next revision."""

    @transition(state, State.DRAFTED, State.SHOWN, custom=step(
        2, "head", DISTRIBUTE, _("Show to the department"), "eye", "shown_at"))  # fmt: skip
    def show(self) -> None:
        """Everybody of the pot sees it and answers."""

    @transition(state, State.SHOWN, State.DRAFTED, custom=step(
        8, "head", DISTRIBUTE, _("Take back and change…"), "undo"))  # fmt: skip
    def take_back(self) -> None:
        """An objection was right, or something was forgotten."""

    @transition(state, State.SHOWN, State.SUBMITTED, custom=step(
        3, "head", DISTRIBUTE, _("Submit"), "up", "submitted_at"))  # fmt: skip
    def submit(self) -> None:
        """It was shown its days and every objection is answered."""

    @transition(state, State.SUBMITTED, State.DRAFTED, custom=step(
        9, "office", CONFIRM, _("Send back…"), "undo"))  # fmt: skip
    def send_back(self) -> None:
        """The office does not take it as it is."""

    @transition(state, State.SUBMITTED, State.POSTED, custom=step(
        4, "office", CONFIRM, _("Check and post"), "check"))  # fmt: skip
    def post(self) -> None:
        """In the books, person by person."""

    @transition(state, [State.OPEN, State.DRAFTED, State.SHOWN, State.SUBMITTED, State.POSTED],
                State.REVERSED, custom=step(9, "", CONFIRM, "", ""))  # fmt: skip
    def reverse(self) -> None:
        """Its pool was taken back: it divides nothing any more."""
