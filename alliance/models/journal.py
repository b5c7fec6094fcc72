"""Who did, saw or was refused what: append-only, chained by a sealer (walls.md section 5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class JournalColumns(models.Model):
    """What both journals hold. No patient values: `about` names rows by kind and id."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    verb = models.CharField(_("action"), max_length=60)
    about_kind = models.CharField(_("about"), max_length=40, blank=True)
    about_id = models.BigIntegerField(null=True)
    result = models.CharField(_("result"), max_length=12, default="done")
    address = models.GenericIPAddressField(_("address"), null=True)
    request_id = models.CharField(max_length=32, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    # Filled by the sealer, in order of id: hash of the previous sealed row and of this one.
    seal = models.BinaryField(max_length=32, null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class Journal(AllianceRow, JournalColumns):
    """The journal of one alliance."""

    append_only = True
    fill_once = ("seal",)

    membership = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("journal entry"), _("journal")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["alliance", "about_kind", "about_id"], name="journal_about"),
            models.Index(fields=["alliance", "at"], name="journal_at"),
        ]


class JournalHead(AllianceRow):
    """Where the chain of an alliance ends: the last sealed row and its hash."""

    last_id = models.BigIntegerField(default=0)
    seal = models.BinaryField(max_length=32, default=bytes(32))

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance"], name="journal_head_once")]


class PlatformJournal(JournalColumns):
    """Sign-ins and platform events, before any alliance is known; a chain of its own."""

    append_only = True
    fill_once = ("seal",)

    class Meta:
        verbose_name, verbose_name_plural = _("platform journal entry"), _("platform journal")
        ordering = ["-pk"]


class PlatformHead(models.Model):
    """Where the chain of the platform's journal ends; one row."""

    last_id = models.BigIntegerField(default=0)
    seal = models.BinaryField(max_length=32, default=bytes(32))

    def __str__(self) -> str:
        return str(self.last_id)


class Transition(AllianceRow):
    """One step of a state machine: which object, from where to where, by whom, when, with what note."""

    append_only = True

    about_kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    name = models.CharField(_("step"), max_length=40)
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("step"), _("steps")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["alliance", "about_kind", "about_id"], name="transition_about")]
