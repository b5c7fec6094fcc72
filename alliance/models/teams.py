"""Service teams 签约服务团队: who works together for the residents of a place, from which day to which.

S0-46..49 (person, team, region), S1-45 ("1+1+1": expert, general practitioner, health manager).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models.base import AllianceQuerySet, AllianceRow
from alliance.models.places import Institution


class Team(AllianceRow):
    """A team of an institution. Family-doctor teams are scored by the schemes of family doctors."""

    class Kind(models.TextChoices):
        FAMILY_DOCTOR = "family_doctor", _("family-doctor team")
        SERVICE = "service", _("service team")

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="teams"
    )
    code = models.CharField(_("code"), max_length=16)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.FAMILY_DOCTOR)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("team"), _("teams")
        ordering = ["institution", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "code"], name="team_code"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="team_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(AllianceQuerySet):
    """Who belongs to a team when."""

    def of_month(self, month: Month) -> Any:
        """Members of active teams on at least one day of a month, who joined first before who joined last."""
        rows = self.filter(team__is_active=True, from_date__lte=month.last_day)
        return rows.exclude(to_date__lt=month.first_day).order_by("from_date", "pk")


class TeamMember(AllianceRow):
    """One person in a team from a day to a day (empty: still), in a role.

    `institution` is the team's, `home` the one the person works for: an expert may come from another member.
    Both follow from team and person; a person is in the same team once at a time (kept by the database).
    """

    class Role(models.TextChoices):
        EXPERT = "expert", _("expert")
        GP = "gp", _("general practitioner")
        HEALTH_MANAGER = "health_manager", _("health manager")
        NURSE = "nurse", _("nurse")
        PUBLIC_HEALTH = "public_health", _("public-health worker")
        VILLAGE_DOCTOR = "village_doctor", _("village doctor")

    # The three that S1-45 asks for.
    WHOLE: ClassVar = (Role.EXPERT, Role.GP, Role.HEALTH_MANAGER)

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="members")
    home = models.ForeignKey(
        Institution, verbose_name=_("works for"), on_delete=models.PROTECT, related_name="+"
    )
    staff = models.ForeignKey(
        "alliance.Staff", verbose_name=_("staff member"), on_delete=models.PROTECT, related_name="teams"
    )
    role = models.CharField(_("role in the team"), max_length=16, choices=Role)
    leads = models.BooleanField(_("leads the team"), default=False)
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("last day"), null=True, blank=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(MemberQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("team member"), _("team members")
        ordering = ["team", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date=None) | Q(to_date__gte=F("from_date")), name="team_member_days",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=["alliance", "team"], condition=Q(leads=True, to_date=None), name="team_one_leader",
                violation_error_message=_("The team has a leader already; enter that one's last day first."),
            ),
            ExclusionConstraint(
                name="team_member_once_at_a_time",
                expressions=[
                    ("alliance", RangeOperators.EQUAL), ("team", RangeOperators.EQUAL),
                    ("staff", RangeOperators.EQUAL),
                    (
                        Func(
                            F("from_date"), F("to_date"), Value("[]"), function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person is in the team on some of these days already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.staff} · {self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Both institutions are those of team and person, whatever was given."""
        self.institution_id, self.home_id = self.team.institution_id, self.staff.institution_id
        super().save(*args, **kwargs)
