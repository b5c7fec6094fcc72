"""Grouping schemes 分组方案: versions with their files and findings, and which holds from which day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.models import AllianceRow
from alliance.models.state import StateField


class SchemeContent(AllianceRow):
    """The bytes of one file of a package, kept once: versions that hold the same dictionary share it.

    Uploaded files lie sealed as attachments; those that ship with the product are public and lie here, so
    that an upgrade can keep them where no member asks for it and no folder of files is at hand.
    """

    append_only = True

    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    attachment = models.ForeignKey(
        "alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    public = models.BinaryField(null=True)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "digest"], name="scheme_content_once"),
            models.CheckConstraint(
                condition=Q(attachment__isnull=True, public__isnull=False)
                | Q(attachment__isnull=False, public__isnull=True),
                name="scheme_content_somewhere",
            ),
        ]


class SchemeVersion(AllianceRow):
    """A scheme package: as it was uploaded, what the check found, and once sound its files by digest.

    It is in force, or superseded, by the days of `Scheme`; its own state ends with `released`, and from then
    on the database keeps it as it is.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("being checked")
        REFUSED = "refused", _("faulty")
        DRAFT = "draft", _("draft")
        RELEASED = "released", _("released")
        DISCARDED = "discarded", _("discarded")

    class Form(models.TextChoices):
        ZIP = "zip", _("zip")
        FILES = "files", _("files of a folder")
        WORKBOOK = "workbook", _("workbook")
        COPY = "copy", _("copy of a version")
        SHIPPED = "shipped", _("shipped with the product")

    state = StateField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    form = models.CharField(_("delivered as"), max_length=10, choices=Form)
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    version = models.CharField(_("version"), max_length=20, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    # File name -> digest of its content (SchemeContent); empty for a package kept as its zip, or shipped.
    manifest = models.JSONField(default=dict)
    upload = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("alliance.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    # Why the upload as a whole cannot be read: {"reason", "params"} of a refused sheet.
    refusal = models.JSONField(null=True)
    # Local overrides taken over from the version before: [{"id", "state", "base", "local", "new", "kept"}].
    carried = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    errors = models.PositiveIntegerField(_("errors"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("version of a scheme"), _("versions of schemes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "digest"], condition=Q(state="released"), name="scheme_released_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip() or (self.upload.shown_name if self.upload else "")

    @property
    def shipped(self) -> bool:
        """Whether its files lie in the product."""
        return self.form == self.Form.SHIPPED

    @property
    def illustrative(self) -> bool:
        """Whether it, or what it was copied from, is the product's own illustration: not for payment."""
        return self.shipped or (self.base is not None and self.base.illustrative)

    @transition(field=state, source=[State.RECEIVED, State.REFUSED, State.DRAFT], target=State.RECEIVED)
    def replace(self) -> None:
        """A corrected upload takes the place of the one before."""

    @transition(field=state, source=State.RECEIVED, target=State.REFUSED)
    def refuse(self) -> None:
        """The check found errors."""

    @transition(field=state, source=State.RECEIVED, target=State.DRAFT)
    def accept(self) -> None:
        """The check found no error."""

    @transition(field=state, source=State.DRAFT, target=State.RELEASED)
    def release(self) -> None:
        """Two people let it hold from a day; it never changes again."""

    @transition(field=state, source=[State.RECEIVED, State.REFUSED, State.DRAFT], target=State.DISCARDED)
    def discard(self) -> None:
        """Put aside."""


class SchemeFinding(AllianceRow):
    """One error or warning of a check: where, what stands there, which kind."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="findings")
    grave = models.BooleanField(_("error"))
    file = models.CharField(_("file"), max_length=120)
    line = models.PositiveIntegerField(_("line"), null=True)
    column = models.CharField(_("column"), max_length=60, blank=True)
    text = models.CharField(_("text"), max_length=400, blank=True)
    kind = models.CharField(_("kind"), max_length=24)
    params = models.JSONField(default=dict)

    class Meta(AllianceRow.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["alliance", "version", "kind"], name="scheme_finding_kind")]


class Scheme(AllianceRow):
    """A grouping scheme the alliance uses from a day on; its package is known by its digest. Written once."""

    append_only = True

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    version = models.CharField(_("version"), max_length=20)
    from_date = models.DateField(_("in force from"))
    digest = models.CharField(max_length=64)
    illustrative = models.BooleanField(_("illustrative"), default=False)
    # Of packages adopted before versions were kept: the sealed zip. The shipped package lies in the code.
    package = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("grouping scheme"), _("grouping schemes")
        constraints = [models.UniqueConstraint(fields=["alliance", "from_date"], name="scheme_from")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
