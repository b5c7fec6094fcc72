"""Users, memberships, staff, the monthly roster, and patients."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager, scopes_disabled

from alliance.models.base import AllianceManager, AllianceRow, leaf_alliance
from alliance.models.fields import SealedField
from alliance.models.places import Institution
from alliance.tenancy.scope import act_in


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **extra: Any) -> User:
        """Store a sign-in with a hashed password."""
        user = self.model(username=username, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A sign-in. It belongs to no alliance; memberships say where it may do what."""

    class AdminRole(models.TextChoices):
        """The three administrator roles one person cannot hold together (definitions section 11)."""

        NONE = "", _("none")
        SYSTEM = "system", _("system administrator")
        SECURITY = "security", _("security administrator")
        AUDIT = "audit", _("audit administrator")

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    admin_role = models.CharField(
        _("administrator role"), max_length=10, choices=AdminRole, blank=True, default=""
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name, verbose_name_plural = _("user"), _("users")

    def __str__(self) -> str:
        return self.name or self.username

    # Django admin asks these; what a member may do is decided by the membership of the request
    # (alliance.roles).
    @property
    def is_staff(self) -> bool:
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class MembershipQuerySet(models.QuerySet["Membership"]):
    def living(self) -> MembershipQuerySet:
        """Memberships that count now."""
        return self.filter(is_active=True, user__is_active=True)


class Membership(AllianceRow):
    """What one user may do in one alliance, for one institution or (empty) for all of it."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(
        "alliance.Institution",
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    department = models.ForeignKey(
        "alliance.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    roles = ArrayField(models.CharField(max_length=32), verbose_name=_("roles"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = ScopedManager(
        alliance="alliance", _manager_class=AllianceManager.from_queryset(MembershipQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("membership"), _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "user", "institution"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(roles=[]), name="membership_has_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.institution or self.alliance}"

    @classmethod
    def of_user(cls, user: User) -> list[Membership]:
        """A user's living memberships, before an alliance is known; call inside `act_as(user)` and a
        transaction. Their institutions stand behind walls that are still closed: see `open_place`.
        """
        with scopes_disabled():
            rows = list(cls.objects.select_related("alliance").filter(user=user, is_active=True))
        for row in rows:
            row.user = user
        return sorted(rows, key=lambda row: (row.alliance.code, row.pk))

    def open_place(self) -> None:
        """Fetch the institution inside its alliance; joined from outside it would silently be nothing."""
        if self.institution_id:
            with act_in(self.alliance_id):
                self.institution = Institution.objects.get(pk=self.institution_id)

    def can(self, action: str) -> bool:
        """True when one of the roles allows the action (alliance.roles)."""
        from alliance import roles

        return roles.allows(self.roles, action)

    def sees(self, institution_id: int | None) -> bool:
        """True when rows of that institution are this member's own, or the member stands for the whole
        alliance.
        """
        return self.institution_id is None or self.institution_id == institution_id


class Staff(AllianceRow):
    """A person who works for a member institution."""

    class Kind(models.TextChoices):
        DOCTOR = "doctor", _("doctor")
        NURSE = "nurse", _("nurse")
        TECHNICIAN = "technician", _("technician")
        ADMINISTRATOR = "administrator", _("administration")

    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="staff"
    )
    department = models.ForeignKey(
        "alliance.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
    )
    code = models.CharField(_("staff number"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=30, blank=True)
    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("staff member"), _("staff")
        ordering = ["institution", "code"]
        constraints = [models.UniqueConstraint(fields=["alliance", "institution", "code"], name="staff_code")]

    def __str__(self) -> str:
        return self.name


class RosterRow(AllianceRow):
    """One line of the monthly roster 人员月度名册: frozen with the month, read by every pay rule.

    `share` is the part of the person's working time at this place; a person's shares of one month sum to at
    most 1 (kept by a database trigger).
    """

    class Employment(models.TextChoices):
        ESTABLISHED = "established", _("established post")
        FILED = "filed", _("filed post")
        CONTRACT = "contract", _("contract")
        REHIRED = "rehired", _("rehired")

    month = models.DateField(_("month"))
    staff = models.ForeignKey(
        Staff, verbose_name=_("staff member"), on_delete=models.PROTECT, related_name="roster"
    )
    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        "alliance.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    post_coefficient = models.DecimalField(_("post coefficient"), max_digits=6, decimal_places=3)
    share = models.DecimalField(_("share of time"), max_digits=4, decimal_places=3, default=1)
    days = models.DecimalField(_("days worked"), max_digits=4, decimal_places=1)
    leave_days = models.DecimalField(_("days of leave"), max_digits=4, decimal_places=1, default=0)
    seconded = models.BooleanField(_("seconded"), default=False)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    employment = models.CharField(_("employment"), max_length=12, choices=Employment)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("roster line"), _("monthly roster")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "month", "staff", "institution", "department"],
                name="roster_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="roster_month_first_day"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="roster_share_range"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.month:%Y-%m}"


class Person(AllianceRow):
    """A patient: numbers sealed, found by keyed tokens, masked on screens (walls.md section 5)."""

    keys_by_statement = True

    class Sex(models.IntegerChoices):
        UNKNOWN = 0, _("unknown")
        MALE = 1, _("male")
        FEMALE = 2, _("female")
        UNSTATED = 9, _("not stated")

    alliance = leaf_alliance()
    # The person key of definitions, general conventions: HMAC of the ID number, else of name, birth date and
    # sex.
    key = models.CharField(max_length=64, editable=False)
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=64, editable=False)
    sex = models.PositiveSmallIntegerField(_("sex"), choices=Sex)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    id_number = SealedField(_("ID number"), null=True, blank=True)
    phone = SealedField(_("phone"), null=True, blank=True)
    phone_key = models.CharField(max_length=64, editable=False, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("person"), _("persons")
        constraints = [models.UniqueConstraint(fields=["alliance", "key"], name="person_key")]
        indexes = [models.Index(fields=["alliance", "name_key"], name="person_name")]

    def __str__(self) -> str:
        from alliance.lib.identity import mask_name

        return mask_name(self.name)
