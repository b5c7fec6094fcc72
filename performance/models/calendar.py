"""The month on the calendar (practice.md 4): steps with owner, day and escalation, what was done by hand,
whom the office reminded.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from performance.models.declared import link

LAST_DAY = 31  # of the following month; where that is shorter, its last day is meant


class MonthStep(models.TextChoices):
    """The steps of a month in their order; the keys of the parameter `month.calendar`."""

    ROSTER = "roster_frozen", pgettext_lazy("step", "roster frozen")
    FILES = "discharge_files", pgettext_lazy("step", "discharge files delivered")
    CONFIRMATION = "mutual_confirmation", pgettext_lazy("step", "mutual confirmation")
    FOLLOWUP = "followup_data", pgettext_lazy("step", "follow-up and contract data, village sheets")
    MEETING = "data_check_meeting", pgettext_lazy("step", "data-check meeting")
    COMPUTE = "compute", pgettext_lazy("step", "computed")
    CHECK = "department_check", pgettext_lazy("step", "checked by departments and office")
    DECISION = "decision", pgettext_lazy("step", "decided")
    PUBLISHED = "publication_begins", pgettext_lazy("step", "publication begins")
    PUBLICATION = "publication_ends", pgettext_lazy("step", "publication ends")
    SECOND = "second_distribution", pgettext_lazy("step", "second distribution")
    PAY = "pay", pgettext_lazy("step", "paid")
    BULLETIN = "bulletin", pgettext_lazy("step", "bulletin")


# Steps that may be done outside the system: somebody says that they are done, with a word about it.
BY_HAND = (MonthStep.MEETING, MonthStep.CHECK, MonthStep.BULLETIN)


class CalendarStep(AllianceRow):
    """From which month on a step is due on which day, who owns it, where it escalates; the latest counts."""

    append_only = True

    class Shift(models.TextChoices):
        AFTER = "after", _("to the next working day")
        BEFORE = "before", _("to the last working day before")
        NONE = "none", _("stays, holiday or not")

    step = models.CharField(_("step"), max_length=24, choices=MonthStep)
    from_date = models.DateField(_("from month"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    # Of the following month; where that has no such day, its last one.
    day = models.PositiveSmallIntegerField(
        _("day of the following month"), validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY)]
    )
    shift = models.CharField(_("on a holiday"), max_length=8, choices=Shift, default=Shift.AFTER)
    owner = models.CharField(pgettext_lazy("step", "owner"), max_length=40)
    escalate_workdays = models.PositiveSmallIntegerField(_("escalates after working days"))
    escalate_to = models.CharField(_("escalates to"), max_length=40)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("step of the calendar"), _("steps of the calendar")
        ordering = ["step", "-from_date", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "step", "from_date", "revision"], name="calendar_step_once"
            ),
            models.CheckConstraint(condition=Q(from_date__day=1), name="calendar_step_first_day"),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=LAST_DAY), name="calendar_step_day"
            ),
            models.CheckConstraint(
                condition=Q(shift__in=["after", "before", "none"]), name="calendar_step_shift"
            ),
            models.CheckConstraint(
                condition=~Q(owner="") & ~Q(escalate_to=""), name="calendar_step_owned"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.from_date:%Y-%m}"


class CalendarDone(AllianceRow):
    """A step somebody says is done, because the system holds no fact of it."""

    append_only = True

    month = models.DateField(_("month"))
    step = models.CharField(_("step"), max_length=24, choices=MonthStep)
    note = models.CharField(_("note"), max_length=300)
    done_by = link(_("done by"), "alliance.Membership")
    done_at = models.DateTimeField(_("done"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("step done"), _("steps done")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "step"], name="calendar_done_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="calendar_done_first_day"),
            models.CheckConstraint(
                condition=Q(step__in=["data_check_meeting", "department_check", "bulletin"]),
                name="calendar_done_by_hand",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="calendar_done_note"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.month:%Y-%m}"


class MonthReminder(AllianceRow):
    """A reminder an institution was sent (催报单): what it had not delivered then, numbered."""

    append_only = True

    month = models.DateField(_("month"))
    institution = link(_("institution"), "alliance.Institution")
    number = models.PositiveSmallIntegerField(_("number"))
    # [step, what is missing] as plain words of data: codes and counts, worded where it is shown.
    missing = models.JSONField(_("missing"))
    issued_by = link(_("issued by"), "alliance.Membership")
    issued_at = models.DateTimeField(_("issued"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reminder"), _("reminders")
        ordering = ["-month", "institution__code", "-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["alliance", "month", "institution", "number"], name="month_reminder_number"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_reminder_first_day"),
            models.CheckConstraint(condition=~Q(missing=[]), name="month_reminder_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.month:%Y-%m} #{self.number}"
