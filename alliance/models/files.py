"""Stored files (sealed) and keys of programs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class Attachment(AllianceRow):
    """A file at rest: sealed with AES-GCM under a random name; the name given by the user is only shown."""

    class Purpose(models.TextChoices):
        CASE_FILE = "case_file", _("case file")
        EVIDENCE = "evidence", _("evidence")
        EXPORT = "export", _("export")
        IMPORT = "import", _("master data")
        SAID = "said", _("sent by the public")

    purpose = models.CharField(max_length=12, choices=Purpose)
    stored_name = models.CharField(max_length=64, editable=False)
    shown_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    # Only what the public sends has no owner: nobody fetches it as one's own file.
    owner = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    delete_after = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file"), _("files")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "stored_name"], name="attachment_stored"),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | models.Q(purpose="said"), name="attachment_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name


class ApiToken(AllianceRow):
    """A key for programs: the text is `<alliance code>.<secret>`, only its hash is kept."""

    membership = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("API key"), _("API keys")
        constraints = [models.UniqueConstraint(fields=["alliance", "sha256"], name="token_hash")]
