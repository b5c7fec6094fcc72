"""Files on their way in: staging, bad rows, questions about missing cases (practice.md section 2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMModelMixin, transition

from alliance.models import AllianceRow
from alliance.models.base import leaf_alliance, leaf_key
from alliance.models.state import StateField
from grouping.models.cases import Content, Document
from grouping.models.sources import Edition


class CaseFile(FSMModelMixin, AllianceRow):
    """One delivered file and what became of it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        CHECKED = "checked", _("ready")
        REFUSED = "refused", pgettext_lazy("file", "refused")
        PUBLISHED = "published", _("stored")
        DISCARDED = "discarded", _("discarded")

    Edition = Edition

    attachment = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    # Whose discharges it may hold; empty: any member's (the office delivers for all).
    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The settings it is read by; empty: an HQMS front page whose edition was said on delivery.
    source = models.ForeignKey(
        "grouping.SourceVersion", on_delete=models.PROTECT, null=True, related_name="files"
    )
    # The CSV made of a workbook, line n its row n.
    table = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.CharField(_("code edition"), max_length=10, choices=Edition, default=Edition.INSURANCE)
    # What its rows are; one file holds one kind.
    document = models.CharField(
        _("document"), max_length=16, choices=Document, default=Document.FRONT_PAGE,
        db_default=Document.FRONT_PAGE,
    )  # fmt: skip
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_bad = models.PositiveIntegerField(_("bad rows"), default=0)
    refusal = models.JSONField(null=True)
    # Counts of the preview: new, changed, unchanged, missing; after publishing, what was stored.
    preview = models.JSONField(default=dict)
    months = models.JSONField(default=list)
    received_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    # The day the deliverer's office calls today: nothing in the file can have happened after it.
    delivered_on = models.DateField(_("delivered on"))
    published_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    job = models.ForeignKey("alliance.Job", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case file"), _("case files")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "sha256", "edition", "source"],
                name="case_file_once",
                nulls_distinct=False,
                condition=~Q(state__in=["refused", "discarded"]),
            ),
            models.CheckConstraint(condition=Q(document__in=Document.values), name="case_file_document"),
        ]

    def __str__(self) -> str:
        return self.attachment.shown_name

    @property
    def rows_good(self) -> int:
        """Rows without an error."""
        return self.rows_read - self.rows_bad

    @transition(field=state, source="received", target="checked")
    def check_done(self) -> None:
        """All rows are staged; the preview stands."""

    @transition(field=state, source="received", target="refused")
    def refuse(self) -> None:
        """The file as a whole cannot be read."""

    @transition(field=state, source="checked", target="published")
    def publish(self) -> None:
        """The good rows are stored as cases."""

    @transition(field=state, source=["received", "checked"], target="discarded")
    def discard(self) -> None:
        """Put aside by a person; nothing of it was stored."""


class FileRange(AllianceRow):
    """Consecutive rows of a file that one worker checks in one transaction; the lock on it is its claim.

    From byte `offset`, the first one of line `line`, to before byte `until`.
    """

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="ranges")
    number = models.PositiveIntegerField()
    offset = models.PositiveBigIntegerField()
    line = models.PositiveIntegerField()
    until = models.PositiveBigIntegerField()
    done = models.BooleanField(default=False)

    class Meta(AllianceRow.Meta):
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "file", "number"], name="file_range_once"),
            models.CheckConstraint(condition=Q(until__gte=F("offset")), name="file_range_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.number}"


class StagedCase(AllianceRow, Content):
    """A good row that waits for the one statement that publishes the file; gone afterwards."""

    keys_by_statement = True

    alliance = leaf_alliance()
    file = leaf_key("grouping.CaseFile", on_delete=models.CASCADE, related_name="staged")
    line = models.PositiveIntegerField()
    row_key = models.BinaryField(max_length=16)
    institution = leaf_key("alliance.Institution")
    person_key = models.CharField(max_length=64)
    person_name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=64)
    birth_date = models.DateField(null=True)
    id_number = models.BinaryField(null=True)  # sealed for Person.id_number

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "file", "line"], name="staged_line"),
        ]
        indexes = [
            models.Index(
                fields=["alliance", "file", "institution", "record_no", "visit_no"], name="staged_key"
            )
        ]


class BadRow(AllianceRow):
    """A row with its errors: line, column, code and masked value; the sentence is made when it is shown."""

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="bad_rows")
    line = models.PositiveIntegerField()
    row_key = models.BinaryField(max_length=16, null=True)
    column = models.CharField(_("column"), max_length=12, blank=True)
    code = models.CharField(_("kind"), max_length=30)
    value = models.CharField(_("value"), max_length=120, blank=True)
    message = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)

    class Meta(AllianceRow.Meta):
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["alliance", "file", "line"], name="bad_row_line")]


class MissingCase(AllianceRow):
    """A stored case that a later file of the same month no longer has: asked about, never deleted
    silently.
    """

    class Answer(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        VOIDED = "voided", _("voided")

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="missing")
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, default=Answer.OPEN)
    answered_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "file", "case"], name="missing_once")]
