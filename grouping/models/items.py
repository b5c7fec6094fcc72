"""Service items: the national catalogue, hospitals' lists checked against it, what people decided (S1-12)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow


class ItemCatalogue(AllianceRow):
    """A catalogue of service items that holds from a day on."""

    append_only = True

    name = models.CharField(_("name"), max_length=120)
    from_date = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=200)
    items = models.PositiveIntegerField(_("items"))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("catalogue of service items"), _("catalogues of service items")
        ordering = ["-from_date", "-pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "from_date"], name="item_catalogue_from")]

    def __str__(self) -> str:
        return f"{self.name} {self.from_date}"


class CatalogueItem(AllianceRow):
    """One item of a catalogue; the ceiling in fen, None where there is none."""

    append_only = True

    catalogue = models.ForeignKey(ItemCatalogue, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    ceiling_fen = models.BigIntegerField(_("price ceiling, fen"), null=True)
    retired = models.BooleanField(_("retired"), default=False)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "catalogue", "code"], name="catalogue_item_code")
        ]


class ItemList(AllianceRow):
    """One delivery of a hospital's items, as it was checked: counts are those of its lines."""

    append_only = True

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    catalogue = models.ForeignKey(ItemCatalogue, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    items = models.PositiveIntegerField(_("items"))
    wrong = models.PositiveIntegerField(_("wrong codes"))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("list of service items"), _("lists of service items")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(wrong__lte=models.F("items")), name="item_list_counts")
        ]

    def __str__(self) -> str:
        return self.file_name


class ListedItem(AllianceRow):
    """One line of a list with what it came to; `open`: somebody has to look at it."""

    append_only = True

    list = models.ForeignKey(ItemList, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    price_fen = models.BigIntegerField(_("price, fen"), null=True)
    key = models.CharField(max_length=250)
    kind = models.CharField(max_length=8)
    found = models.CharField(max_length=40, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=4)
    # No defaults: the field `list` above would be taken for the builtin.
    conflicts = ArrayField(models.CharField(max_length=20))
    # [[code, name, score]]: what else it may be.
    candidates = models.JSONField()
    wrong = models.BooleanField()
    open = models.BooleanField()

    class Meta(AllianceRow.Meta):
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["alliance", "list", "line"], name="listed_item_line")]
        indexes = [models.Index(fields=["alliance", "list", "open"], name="listed_item_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ItemDecision(AllianceRow):
    """What a person decided an institution's item to be; a later decision is the next version."""

    append_only = True

    class Kind(models.TextChoices):
        CONFIRM = "confirm", pgettext_lazy("state", "confirmed")
        REPLACE = "replace", pgettext_lazy("item", "replaced")
        NOT_ITEM = "not_item", _("no item of the catalogue")

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=250)
    kind = models.CharField(_("decision"), max_length=8, choices=Kind)
    code = models.CharField(_("code"), max_length=40, blank=True)
    version = models.PositiveSmallIntegerField(_("version"))
    decided_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "key", "version"], name="item_decision_version"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="not_item", code="")
                | (~models.Q(kind="not_item") & ~models.Q(code="")),
                name="item_decision_code",
            ),
        ]
