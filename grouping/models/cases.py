"""Cases 病例: the discharges of the members, their earlier revisions, and the groups they came to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet, leaf_alliance, leaf_key


class Document(models.TextChoices):
    """The two documents of a stay (practice.md 2): indicators read the front page, payment the list."""

    FRONT_PAGE = "front_page", _("front page 病案首页")
    SETTLEMENT_LIST = "settlement_list", _("settlement list 结算清单")


class CaseQuerySet(AllianceQuerySet):
    """Cases by what they are."""

    def front_pages(self) -> CaseQuerySet:
        """One row for each stay: what is counted, listed and measured."""
        return self.filter(document=Document.FRONT_PAGE)

    def settlement_lists(self) -> CaseQuerySet:
        """What the insurer pays by."""
        return self.filter(document=Document.SETTLEMENT_LIST)


CaseManager = models.Manager.from_queryset(CaseQuerySet)


class Content(models.Model):
    """What a document says about a stay, codes in the insurance edition, charges in fen."""

    record_no = models.CharField(_("record number"), max_length=40)
    visit_no = models.PositiveIntegerField(_("visit"))
    month = models.DateField(_("month of discharge"))
    admitted_at = models.DateTimeField(_("admitted"))
    discharged_at = models.DateTimeField(_("discharged"))
    department_code = models.CharField(_("department"), max_length=20)
    sex = models.PositiveSmallIntegerField(_("sex"))
    age = models.PositiveSmallIntegerField(_("age"))
    age_days = models.PositiveSmallIntegerField(_("age in days"), null=True)
    weight_g = models.PositiveIntegerField(_("newborn weight, g"), null=True)
    stay_days = models.PositiveIntegerField(_("days of stay"))
    # Only the settlement list states it; None: not stated.
    icu_hours = models.DecimalField(_("hours in intensive care"), max_digits=8, decimal_places=2, null=True)
    admission_path = models.PositiveSmallIntegerField(_("way of admission"), null=True)
    discharge_way = models.PositiveSmallIntegerField(_("way of discharge"))
    receiver = models.CharField(_("receiving institution"), max_length=100, blank=True)
    readmission_plan = models.PositiveSmallIntegerField(_("planned readmission"), null=True)
    diagnoses = ArrayField(models.CharField(max_length=40), verbose_name=_("diagnoses"))
    procedures = ArrayField(models.CharField(max_length=40), verbose_name=_("procedures"), default=list)
    # As recorded: names, admission conditions, times, levels, doctors' numbers.
    recorded = models.JSONField(default=dict)
    fees = models.JSONField(_("charges by class, fen"), default=dict)
    total_fen = models.BigIntegerField(_("total charge, fen"))
    own_pay_fen = models.BigIntegerField(_("paid by the patient, fen"), null=True)
    # Filled columns of the row that no other field here says, but no names, numbers, addresses and phones
    # (walls.md section 4).
    raw = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Case(AllianceRow, Content):
    """A document of a stay as it stands now. A correction moves what stood before into `CaseRevision`."""

    keys_by_statement = True

    document = models.CharField(
        _("document"), max_length=16, choices=Document, default=Document.FRONT_PAGE,
        db_default=Document.FRONT_PAGE,
    )  # fmt: skip
    alliance = leaf_alliance()
    institution = leaf_key("alliance.Institution")
    person = leaf_key("alliance.Person")
    revision = models.PositiveSmallIntegerField(default=1)
    file = leaf_key("grouping.CaseFile", related_name="cases")
    line = models.PositiveIntegerField()
    changed_at = models.DateTimeField(auto_now_add=True)
    # Set when the office confirmed that a stay missing from a later file does not exist; never deleted.
    voided_at = models.DateTimeField(null=True)

    objects = ScopedManager(alliance="alliance", _manager_class=CaseManager)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case"), _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "record_no", "visit_no", "document"], name="case_key"
            ),
            models.CheckConstraint(condition=models.Q(document__in=Document.values), name="case_document"),
        ]
        indexes = [
            models.Index(fields=["alliance", "month", "institution"], name="case_month"),
            models.Index(fields=["alliance", "person", "admitted_at"], name="case_person"),
        ]

    def __str__(self) -> str:
        # Where the source has no visit numbers the day of discharge stands for one: nobody knows it as such.
        return f"{self.record_no}/{self.visit_no}" if self.visit_no < 10_000 else self.record_no


class CaseRevision(AllianceRow):
    """What a case said before a correction: readable for ever, never the current one."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveSmallIntegerField()
    file = models.ForeignKey("grouping.CaseFile", on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    content = models.JSONField()
    changed = ArrayField(models.CharField(max_length=30), verbose_name=_("columns that changed next"))
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "case", "revision"], name="case_revision_once")
        ]
