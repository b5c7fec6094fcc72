"""Who opens the sealed box: appointments that one person proposes and another consents to.

The role of discipline inspection alone opens nothing. What a deed may be is decided by the database
(complaints.sql_box.KEEPERS): the box's own policy reads standing appointments only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from complaints.models.words import link, optional


class BoxKeeper(AllianceRow):
    """One proposal that a member opens the box, for a term or until it is ended; a longer term is another."""

    append_only = True

    membership = link("alliance.Membership", _("member"))
    # The person, beside the membership: a membership given to somebody else opens nothing.
    user = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"), null=True, blank=True)
    proposed_by = link("alliance.Membership", _("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("keeper of the sealed box"), _("keepers of the sealed box")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.membership}"


class BoxDeed(AllianceRow):
    """What happened to an appointment. `by` is empty where the database itself suspended it."""

    append_only = True

    class What(models.TextChoices):
        CONSENTED = "consented", pgettext_lazy("keeper of the box", "consented to")
        SUSPENDED = "suspended", pgettext_lazy("keeper of the box", "suspended")
        RESUMED = "resumed", pgettext_lazy("keeper of the box", "confirmed again")
        OBJECTED = "objected", pgettext_lazy("keeper of the box", "objected to")
        ENDED = "ended", pgettext_lazy("keeper of the box", "ended")
        NOTED = "noted", pgettext_lazy("keeper of the box", "taken note of")

    class Cause(models.TextChoices):
        PASSWORD = "password", pgettext_lazy("keeper of the box", "the password was reset by somebody else")
        FACTOR = "factor", pgettext_lazy("keeper of the box", "the second factor was reset by somebody else")

    keeper = models.ForeignKey(BoxKeeper, on_delete=models.PROTECT, related_name="deeds")
    what = models.CharField(max_length=10, choices=What)
    cause = models.CharField(max_length=10, choices=Cause, blank=True, default="")
    by = optional("alliance.Membership", _("by"))
    approval = optional("approvals.Approval", _("approval"))
    at = models.DateTimeField(default=timezone.now)
    # Of a consent by the leading body: until then anybody who is told may object. The database fills it.
    opens_at = models.DateTimeField(_("opens the box from"), null=True, editable=False)
    note = models.CharField(_("reason"), max_length=300, blank=True, db_default="")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("deed about the sealed box"), _("deeds about the sealed box")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "keeper", "what"],
                condition=Q(what__in=["consented", "objected", "ended"]),
                name="box_deed_once",
            ),
            models.CheckConstraint(
                condition=Q(what="suspended") | Q(by__isnull=False), name="box_deed_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(what="suspended", cause__in=["password", "factor"])
                | ~Q(what="suspended") & Q(cause=""),
                name="box_deed_cause",
            ),
            models.CheckConstraint(
                condition=Q(what="objected") & ~Q(note="") | ~Q(what="objected") & Q(note=""),
                name="box_deed_objection",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(what="consented", approval__isnull=False),
                name="box_deed_opens",
            ),
        ]  # fmt: skip
