"""Sources of case files: who delivers, in which format and code edition, read how; in dated versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class Edition(models.TextChoices):
    """The two editions of the codes (FORMAT 5.5)."""

    INSURANCE = "insurance", _("insurance edition 医保版")
    CLINICAL = "clinical", _("clinical edition 国家临床版")


class Source(AllianceRow):
    """One export of one institution, or of the whole alliance when `institution` is empty."""

    class Format(models.TextChoices):
        HQMS = "hqms", _("HQMS front page")
        N041 = "n041", _("older provincial export 卫统4-1 (N041)")
        SETTLEMENT = "settlement", _("settlement list 4101/4101A")
        MAPPED = "mapped", _("own table with a mapping")
        RESULTS = "results", _("central group results")

    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    format = models.CharField(_("format"), max_length=12, choices=Format)
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("data source"), _("data sources")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "name"], name="source_name", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(format__in=["hqms", "n041", "settlement", "mapped", "results"]),
                name="source_format",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceVersion(AllianceRow):
    """The settings of a source from a day on; a change is a new version, none is ever changed."""

    append_only = True

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    from_date = models.DateField(_("in force from"))
    edition = models.CharField(_("code edition"), max_length=10, choices=Edition)
    # Of a mapped table: readers.mapping.TableMap; of the others empty.
    mapping = models.JSONField(null=True)
    # What stands in its files for an institution -> organisation code, beside the names and codes we know.
    organisations = models.JSONField(default=dict)
    note = models.CharField(_("why"), max_length=200, blank=True)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("version of a data source"), _("versions of data sources")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "source", "number"], name="source_version_once"),
            models.CheckConstraint(
                condition=Q(edition__in=["insurance", "clinical"]), name="source_version_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.number}"
