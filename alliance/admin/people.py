"""Staff, the monthly roster, memberships, and patients (masked, to look at only)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Sum
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from alliance.admin.base import AllianceAdmin, AllianceForm, ReadOnly
from alliance.admin.sheets import SheetAdmin
from alliance.lib import identity
from alliance.models import Membership, Person, RosterRow, Staff
from alliance.resources import RosterResource, StaffResource
from alliance.roles import roles
from alliance.services import journal, memberships, rosters
from alliance.web import errors
from alliance.web.access import get_or_404, require
from alliance.web.admin_site import site
from alliance.web.refused import worded


@admin.register(Staff, site=site)
class StaffAdmin(SheetAdmin):
    """People who work for an institution."""

    resource_class = StaffResource
    fields = ("institution", "department", "code", "name", "kind", "title", "is_active")
    list_display = ("code", "name", "kind", "title", "institution", "department", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("institution", "department")
    search_fields = ("code", "name")


class RosterForm(AllianceForm):
    """One line; a person's shares of a month sum to at most 1, here said before the database says it."""

    def clean(self) -> dict[str, Any]:
        """Refuse shares that add up to more than the whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        staff, month, share = (cleaned.get(name) for name in ("staff", "month", "share"))
        if rosters.frozen(month) or rosters.frozen(self.instance.month):
            self.add_error(
                "month",
                _("The roster of this month is frozen: its pay is computed. Two people correct it on the "
                  "page of the month's roster."),
            )  # fmt: skip
        if staff and month and share:
            others = RosterRow.objects.filter(staff=staff, month=month).exclude(pk=self.instance.pk)
            taken = others.aggregate(sum=Sum("share"))["sum"] or 0
            if taken + share > 1:
                self.add_error(
                    "share",
                    _("With the other lines of this month that is %(sum)s, more than 1.")
                    % {"sum": taken + share},
                )
        return cleaned


@admin.register(RosterRow, site=site)
class RosterAdmin(SheetAdmin):
    """The monthly roster 人员月度名册."""

    form = RosterForm
    resource_class = RosterResource
    may_delete = True
    fields = (
        "month", "staff", "institution", "department", "post_coefficient", "share", "days", "leave_days",
        "seconded", "joined_on", "left_on", "employment",
    )  # fmt: skip
    list_display = (
        "month",
        "staff",
        "institution",
        "department",
        "post_coefficient",
        "share",
        "days",
        "employment",
    )
    list_filter = ("employment", "seconded")
    list_select_related = ("staff", "institution", "department")
    search_fields = ("staff__code", "staff__name")
    date_hierarchy = "month"
    ordering = ("-month", "pk")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """No line of a frozen roster is taken away here."""
        frozen = isinstance(obj, RosterRow) and rosters.frozen(obj.month)
        return not frozen and super().has_delete_permission(request, obj)


@admin.register(Person, site=site)
class PersonAdmin(ReadOnly):
    """Patients: masked, to look at only; each look is journaled before the page leaves (N44)."""

    own = None
    needs_to_view = "case.view"
    fields = ("masked_name", "sex", "born", "masked_number", "masked_phone")
    list_display = fields
    list_display_links = ("masked_name",)
    ordering = ("-pk",)

    @admin.display(description=gettext_lazy("name"))
    def masked_name(self, person: Person) -> str:
        """张*."""
        return identity.mask_name(person.name)

    @admin.display(description=gettext_lazy("year of birth"))
    def born(self, person: Person) -> str:
        """The year alone."""
        return str(person.birth_date.year) if person.birth_date else "—"

    @admin.display(description=gettext_lazy("ID number"))
    def masked_number(self, person: Person) -> str:
        """330***********1234."""
        return identity.mask_id(person.id_number or "")

    @admin.display(description=gettext_lazy("phone"))
    def masked_phone(self, person: Person) -> str:
        """138****1234."""
        return identity.mask_phone(person.phone or "")

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponseBase:
        """The list, journaled."""
        journal.write(by=request.membership, verb="patient.listed", request=request, list="persons")
        return super().changelist_view(request, extra_context)

    def change_view(self, request: Any, object_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """One patient, journaled."""
        person = self.get_object(request, object_id)
        if person is not None:
            journal.read(by=request.membership, about=person, request=request)
        return super().change_view(request, object_id, *args, **kwargs)


class MembershipForm(AllianceForm):
    """Who, where, in which roles; a sign-in that is not there yet is made."""

    username = forms.CharField(label=gettext_lazy("sign-in name"), max_length=60)
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=60, required=False,
        help_text=gettext_lazy("For a new sign-in; an existing one keeps its own."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(label=gettext_lazy("roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.code, role.name) for role in roles().values()]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["roles"] = self.instance.roles
            for name in ("username", "name"):
                self.fields[name].disabled, self.fields[name].required = True, False
                self.initial[name] = getattr(self.instance.user, name)

    def clean(self) -> dict[str, Any]:
        """Roles that do not fit the place, and somebody's second membership of the same place."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.roles = cleaned.get("roles", [])
        for field, sentence in memberships.faults(
            roles_=self.instance.roles, institution=cleaned.get("institution"), membership=self.instance,
            department=cleaned.get("department"), username=cleaned.get("username", ""),
        ):  # fmt: skip
            self.add_error(field, sentence)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"user", "roles"}


@admin.register(Membership, site=site)
class MembershipAdmin(AllianceAdmin):
    """Who may do what; one's own membership is changed by somebody else."""

    form = MembershipForm
    needs_to_view = needs_to_change = "membership.change"
    change_form_template = "alliance/admin/membership.html"
    list_display = ("user", "institution", "department", "role_names", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("user", "institution", "department", "alliance")
    search_fields = ("user__username", "user__name")
    ordering = ("pk",)

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """The sign-in first."""
        names = ("username", "name", "roles", "institution", "department", "is_active")
        return [(None, {"fields": names})]

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, membership: Membership) -> str:
        """The roles in words."""
        return " · ".join(roles()[code].name for code in membership.roles if code in roles())

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Everybody's but one's own."""
        mine = obj is not None and obj.user_id == request.membership.user_id
        return super().has_change_permission(request, obj) and not mine

    def save_model(self, request: Any, obj: Membership, form: Any, change: bool) -> None:
        """Keep it through the service, which journals what changed."""
        if change:
            memberships.change(by=request.membership, membership=obj)
        else:
            request.first_password = memberships.grant(
                by=request.membership, membership=obj, username=form.cleaned_data["username"],
                name=form.cleaned_data["name"],
            )  # fmt: skip

    def get_urls(self) -> list[Any]:
        """And what helps somebody who cannot sign in."""
        ours = {"password": self.reset_password, "second-factor": self.reset_second_factor}
        return [
            path(f"<int:pk>/{word}/", self.entered(view), name=f"alliance_membership_{word}")
            for word, view in ours.items()
        ] + super().get_urls()

    def reset_password(self, request: Any, pk: int) -> HttpResponseBase:
        """A new first password, shown once."""
        return require_POST(self._reset_password)(request, pk)

    def _reset_password(self, request: Any, pk: int) -> HttpResponseBase:
        member = self._other(request, pk)
        try:
            password = memberships.reset_password(by=request.membership, membership=member)
        except memberships.MembershipRefused as refused:
            return errors.answer(request, 409, _("This was not done"), worded(refused))
        context = {"title": _("First password"), "member": member, "password": password}
        return render(request, "alliance/admin/first_password.html", context)

    def reset_second_factor(self, request: Any, pk: int) -> HttpResponseBase:
        """A lost phone is forgotten; the next sign-in sets up another."""
        return require_POST(self._reset_second_factor)(request, pk)

    def _reset_second_factor(self, request: Any, pk: int) -> HttpResponseBase:
        member = self._other(request, pk)
        try:
            memberships.reset_second_factor(by=request.membership, membership=member)
        except memberships.MembershipRefused as refused:
            return errors.answer(request, 409, _("This was not done"), worded(refused))
        messages.success(request, _("The second factor is reset. The next sign-in sets up another."))
        return redirect("data:alliance_membership_change", member.pk)

    def _other(self, request: Any, pk: int) -> Membership:
        require(request.membership, self.needs_to_change)
        found: Membership = get_or_404(self.get_queryset(request).select_related("user"), pk=pk)
        return found

    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        """Journaled by the service."""

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        """Journaled by the service."""

    def response_add(self, request: Any, obj: Membership, post_url_continue: Any = None) -> Any:
        """A new sign-in's first password is shown once."""
        if not request.first_password:
            return super().response_add(request, obj, post_url_continue)
        context = {"title": _("First password"), "member": obj, "password": request.first_password}
        return render(request, "alliance/admin/first_password.html", context)
