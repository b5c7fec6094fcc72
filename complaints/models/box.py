"""The sealed box 举报密箱: reports of fraud, for discipline inspection alone (practice.md section 9).

Rows are seen only in a transaction that has opened the box (complaints.services.box): to every other query of
the application the tables are empty, whatever it forgets to filter. Texts are sealed besides. Numbers are
random, so that none tells how many there are; the box keeps its own history, because the journal of the
alliance is read by people who may not know that a report exists.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from alliance.models import AllianceRow
from alliance.models.fields import SealedField
from alliance.models.state import StateField
from complaints.models.words import link, optional

# What a transaction has opened: everything for a keeper whose appointment stands, one report for its sender.
SEEN, HELD = "sealed_box_seen(link_hash, mark)", "sealed_box_holds(report_id)"


class Report(AllianceRow):
    """One report; what it says, about whom and by whom is sealed."""

    seen_when: ClassVar[str] = SEEN

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("sealed box", "in the box")
        EXAMINED = "examined", pgettext_lazy("sealed box", "being examined")
        REFUSED = "refused", pgettext_lazy("sealed box", "not taken up")
        FINISHED = "finished", pgettext_lazy("sealed box", "finished")

    number = models.CharField(max_length=16, editable=False)
    institution = SealedField()
    text = SealedField()
    name = SealedField(null=True)
    phone = SealedField(null=True)
    state = StateField(max_length=10, choices=State.choices, default=State.RECEIVED, editable=False)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    said = SealedField(null=True)  # what the person is told at the end
    link_hash = models.CharField(max_length=64, editable=False)
    mark = models.CharField(max_length=64, editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("sealed report"), _("sealed reports")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="sealed_report_number"),
            models.UniqueConstraint(fields=["alliance", "mark"], name="sealed_report_sent_once"),
            models.UniqueConstraint(fields=["alliance", "link_hash"], name="sealed_report_link"),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "finished"]) | Q(said__isnull=False),
                name="sealed_report_told",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(state, State.RECEIVED, State.EXAMINED)
    def examine(self) -> None:
        """It is taken up."""

    @transition(state, State.RECEIVED, State.REFUSED)
    def refuse(self) -> None:
        """It is not taken up, and the person is told why."""

    @transition(state, State.EXAMINED, State.FINISHED)
    def finish(self) -> None:
        """The person is told what became of it."""


class ReportEvent(AllianceRow):
    """One line of the box's own history: who opened a report, what was decided, what the person added."""

    append_only = True
    seen_when: ClassVar[str] = HELD

    class What(models.TextChoices):
        OPENED = "opened", pgettext_lazy("sealed box", "opened")
        ADDED = "added", pgettext_lazy("sealed box", "the person added")
        MOVED = "moved", pgettext_lazy("sealed box", "decided")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=8, choices=What)
    state = models.CharField(max_length=10, choices=Report.State, blank=True)
    note = SealedField(null=True)
    mark = models.CharField(max_length=64, null=True)  # noqa: DJ001  (the form of an addition)
    by = optional("alliance.Membership", _("by"))
    at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("event of a sealed report"), _("events of sealed reports")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "mark"], name="sealed_report_addition")]


class ReportFile(AllianceRow):
    """A file beside a report; it bears a number instead of its own name."""

    append_only = True
    seen_when: ClassVar[str] = HELD

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    attachment = link("alliance.Attachment", _("file"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a sealed report"), _("files of sealed reports")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "attachment"], name="sealed_report_file")]
