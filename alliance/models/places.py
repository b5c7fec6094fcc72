"""Alliance, institution, department: the places of practice.md section 1."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class Alliance(models.Model):
    """A tenant. The words it uses for itself and for its deciding body are settings, not code."""

    class Kind(models.TextChoices):
        CITY_GROUP = "city_group", _("City medical group")
        COUNTY = "county", _("County medical community")

    class Body(models.TextChoices):
        MANAGEMENT = "management", _("Management committee")
        COUNCIL = "council", _("Council")
        PARTY = "party", _("Party committee")

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    word = models.CharField(_("word for the alliance"), max_length=20, default="医联体")
    body = models.CharField(_("deciding body"), max_length=16, choices=Body, default=Body.MANAGEMENT)
    illustrative_scheme = models.BooleanField(_("groups by an illustrative scheme"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("alliance"), _("alliances")

    def __str__(self) -> str:
        return self.name


class Institution(AllianceRow):
    """A member: level 等级, kind 类别, role; village rooms report and are paid through their parent."""

    class Level(models.TextChoices):
        TERTIARY = "tertiary", _("tertiary")
        SECONDARY = "secondary", _("secondary")
        PRIMARY = "primary", _("primary")

    class Kind(models.TextChoices):
        GENERAL = "general", _("general hospital")
        TCM = "tcm", _("Chinese-medicine hospital")
        MATERNAL = "maternal", _("maternal and child hospital")
        SPECIAL = "special", _("specialised hospital")
        TOWNSHIP = "township", _("township health centre")
        COMMUNITY = "community", _("community health centre")
        VILLAGE = "village", _("village room")

    class Role(models.TextChoices):
        LEAD = "lead", _("lead hospital")
        MEMBER = "member", _("member")

    code = models.CharField(_("code"), max_length=16)
    organisation = models.CharField(_("organisation code"), max_length=22)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=30)
    pinyin = models.CharField(_("sort key"), max_length=200, editable=False, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.MEMBER)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("reports through"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rooms",
    )
    beds = models.PositiveIntegerField(_("open beds"), default=0)
    served_population = models.PositiveIntegerField(_("served persons"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("institution"), _("institutions")
        ordering = ["pinyin", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="institution_code"),
            models.UniqueConstraint(fields=["alliance", "organisation"], name="institution_organisation"),
            models.CheckConstraint(
                condition=~models.Q(kind="village") | models.Q(parent__isnull=False),
                name="village_has_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        from alliance.lib.pinyin import sort_key

        self.pinyin = sort_key(self.name)
        super().save(*args, **kwargs)

    @property
    def pay_group(self) -> str:
        """The group whose weights a scheme gives it: lead, hospital, primary or village (S3-63..65)."""
        if self.role == self.Role.LEAD:
            return "lead"
        if self.kind == self.Kind.VILLAGE:
            return "village"
        return "primary" if self.level == self.Level.PRIMARY else "hospital"


class Department(AllianceRow):
    """A department of an institution; doctors' and nurses' pots are apart, so kinds matter."""

    class Kind(models.TextChoices):
        CLINICAL = "clinical", _("clinical")
        NURSING = "nursing", _("nursing unit")
        TECHNOLOGY = "technology", _("medical technology")
        ADMINISTRATION = "administration", _("administration and logistics")
        PUBLIC_HEALTH = "public_health", _("public health")

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="departments"
    )
    code = models.CharField(_("code"), max_length=16)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("department"), _("departments")
        ordering = ["institution", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "code"], name="department_code"),
        ]

    def __str__(self) -> str:
        return self.name
