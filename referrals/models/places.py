"""Where referrals go: what a department offers to those who refer, and destinations outside the alliance."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from referrals.models.queries import optional


class OutsidePlace(AllianceRow):
    """A hospital or centre outside the alliance, by name: referrals are counted, no data leave."""

    name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("place outside the alliance"), _("places outside the alliance")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["alliance", "name"], name="outside_place_name")]

    def __str__(self) -> str:
        return self.name


class Reception(AllianceRow):
    """What a department offers to those who refer to it: services, free places a day, a telephone.

    `daily_slots` None: appointments are not counted. Kept by the institution itself.
    """

    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    department = optional("alliance.Department", _("department"))
    offers = models.CharField(_("what it offers"), max_length=200, blank=True)
    daily_slots = models.PositiveSmallIntegerField(
        _("appointments a day for referrals"), null=True, blank=True
    )
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    is_open = models.BooleanField(_("takes referrals"), default=True)
    # Emergencies it is a centre for (list `suspected`), who is on duty, what it can do at this hour.
    emergencies = ArrayField(
        models.CharField(max_length=16), verbose_name=_("centre for"), default=list, blank=True
    )
    on_duty = models.CharField(_("on duty now"), max_length=60, blank=True)
    present = models.CharField(_("what it can do now"), max_length=120, blank=True)
    updated_at = models.DateTimeField(_("as of"))
    updated_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reception"), _("receptions")
        ordering = ["institution", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "department"], name="reception_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.department or self.institution)


class ReferralFile(AllianceRow):
    """A record or result that goes with a referral; kept sealed, read by the two sides."""

    append_only = True

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("attachment"), _("attachments")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "file"], name="referral_file_once")]
