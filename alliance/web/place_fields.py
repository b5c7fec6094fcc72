"""Choices of members and of departments over several institutions: each under words that tell it apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery

from alliance.models import Department, Membership, Staff


class MemberField(forms.ModelChoiceField):
    """A member: name, institution, department and staff number, for two of one name work in one hospital.

    Who is no staff member has the name of the sign-in instead.
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
        return " · ".join(filter(None, (str(obj), room, obj.staff_number or obj.user.username)))


class DepartmentField(forms.ModelChoiceField):
    """A department, behind the institution it belongs to."""

    def offer(self, rows: QuerySet[Department]) -> None:
        """Let these departments be chosen; one query."""
        self.queryset = rows.select_related("institution").order_by("institution__code", "code")

    def label_from_instance(self, obj: Any) -> str:
        """The words of one choice."""
        return f"{obj.institution.short_name} · {obj.name}"
