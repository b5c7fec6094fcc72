"""Group results of the city: the file, its rows, and how each compares with our own group."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMModelMixin, transition

from alliance.models import AllianceRow
from alliance.models.state import StateField


class CentralFile(FSMModelMixin, AllianceRow):
    """One delivered file of group results."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READ = "read", _("read")
        REFUSED = "refused", pgettext_lazy("file", "refused")

    source = models.ForeignKey("grouping.SourceVersion", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    attachment = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, related_name="+")
    table = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_bad = models.PositiveIntegerField(_("bad rows"), default=0)
    # The first errors: line, column, value, message, params.
    errors = models.JSONField(default=list)
    refusal = models.JSONField(null=True)
    received_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    compared_at = models.DateTimeField(_("compared"), null=True)
    job = models.ForeignKey("alliance.Job", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of central groups"), _("files of central groups")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "sha256", "source"], name="central_file_once",
                condition=~Q(state="refused"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.attachment.shown_name

    @transition(field=state, source="received", target="read")
    def read_done(self) -> None:
        """All rows are stored and compared."""

    @transition(field=state, source="received", target="refused")
    def refuse(self) -> None:
        """The file as a whole cannot be read."""


class CentralResult(AllianceRow):
    """The group the city gave one case; `why` says how it compares with ours, `ours` our group then."""

    class Why(models.TextChoices):
        EQUAL = "equal", _("equal")
        NO_CASE = "no_case", _("no case of ours")
        PENDING = "pending", _("ours not yet grouped")
        UNKNOWN = "unknown", _("code unknown to our scheme")
        PRINCIPAL = "principal", _("other principal diagnosis")
        DOCUMENT = "document", _("grouped by the other document")
        VERSION = "version", _("other version of the scheme")
        SPLIT = "split", _("same ADRG, other complication level")
        ADRG = "adrg", _("same MDC, other ADRG")
        MDC = "mdc", _("other MDC")

    file = models.ForeignKey(CentralFile, on_delete=models.PROTECT, related_name="results")
    line = models.PositiveIntegerField(_("line"))
    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    record_no = models.CharField(_("record number"), max_length=40)
    visit_no = models.PositiveIntegerField(_("visit"), null=True)
    day = models.DateField(_("discharged"))
    drg = models.CharField(_("central group"), max_length=20)
    weight = models.DecimalField(_("central weight"), max_digits=12, decimal_places=6, null=True)
    settled_fen = models.BigIntegerField(_("settled, fen"), null=True)
    version = models.CharField(_("version named"), max_length=60, blank=True)
    principal = models.CharField(_("principal diagnosis named"), max_length=40, blank=True)
    # What an insurer's statement says beside the group: refused of the case, why, and how it was paid.
    rejected_fen = models.BigIntegerField(_("rejected, fen"), null=True)
    rejected_why = models.CharField(_("reason for the rejection"), max_length=200, blank=True)
    paid_as = models.CharField(_("how the insurer paid it"), max_length=40, blank=True)
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="+")
    ours = models.CharField(_("our group"), max_length=20, blank=True)
    why = models.CharField(_("comparison"), max_length=12, choices=Why, default=Why.NO_CASE)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("central group"), _("central groups")
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "file", "line"], name="central_line_once"),
        ]
        indexes = [models.Index(fields=["alliance", "file", "why"], name="central_why")]

    def __str__(self) -> str:
        return f"{self.record_no}/{self.visit_no or ''}"
