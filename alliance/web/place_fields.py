"""Choices of members and of departments over several institutions: each under words that tell it apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from alliance.models import Department, Institution, Membership, Staff
from alliance.roles import roles


def beyond_villages(rows: QuerySet[Membership], here: int | None) -> QuerySet[Membership]:
    """Members to choose from where offices act: of the institution `here`, or of all but the village rooms,
    whose hundreds of doctors hide the few who can act.
    """
    if here is not None:
        return rows.filter(institution=here)
    return rows.exclude(institution__kind=Institution.Kind.VILLAGE)


class _Named:
    """A member: name, institution, department and staff number, for two of one name work in one hospital.

    Who is no staff member of a house has the name of the sign-in instead, who stands for the whole alliance
    the names of the roles.
    """

    def offer(self, rows: QuerySet[Membership]) -> None:
        """Let these members be chosen; one query."""
        numbers = Staff.objects.filter(user=OuterRef("user"), institution=OuterRef("institution"))
        self.queryset = rows.select_related("user", "institution", "department", "alliance").annotate(
            staff_number=Subquery(numbers.order_by("-is_active", "code").values("code")[:1])
        )

    def label_from_instance(self, obj: Any) -> str:
        """The words of one choice."""
        room = obj.department.name if obj.department else ""
        known = roles()
        may = _(", ").join(known[code].name for code in obj.roles if code in known)
        told = obj.user.username if obj.institution_id else may
        return " · ".join(filter(None, (str(obj), room, obj.staff_number or told)))


class MemberField(_Named, forms.ModelChoiceField):
    """One member."""


class MembersField(_Named, forms.ModelMultipleChoiceField):
    """Several members."""


class StaffField(forms.ModelChoiceField):
    """One of the staff of an institution: name, department, title, number."""

    def offer(self, rows: QuerySet[Staff]) -> None:
        """Let these people be chosen, by department; one query."""
        self.queryset = rows.select_related("department").order_by("department__code", "code")

    def label_from_instance(self, obj: Any) -> str:
        """The words of one choice."""
        room = obj.department.name if obj.department else ""
        return " · ".join(filter(None, (obj.name, room, obj.title, obj.code)))


class DepartmentField(forms.ModelChoiceField):
    """A department, behind the institution it belongs to."""

    def offer(self, rows: QuerySet[Department]) -> None:
        """Let these departments be chosen; one query."""
        self.queryset = rows.select_related("institution").order_by("institution__code", "code")

    def label_from_instance(self, obj: Any) -> str:
        """The words of one choice."""
        return f"{obj.institution.short_name} · {obj.name}"
