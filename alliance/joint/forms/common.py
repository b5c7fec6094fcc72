"""Fields that several forms of joint work share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Staff
from alliance.web.form_fields import DayField


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day."""
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class StaffField(forms.ModelChoiceField):
    """One of the staff of an institution: name, department, number."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Staff.objects.none(), **more)

    def offer(self, institution_id: int | None, *kinds: str) -> None:
        """Let the active staff of an institution be chosen, of some kinds or all."""
        rows = Staff.objects.filter(institution=institution_id, is_active=True)
        rows = rows.filter(kind__in=kinds) if kinds else rows
        self.queryset = rows.select_related("department").order_by("department__code", "code")

    def label_from_instance(self, obj: Any) -> str:
        department = obj.department.name if obj.department else ""
        return " · ".join(filter(None, (obj.name, department, obj.code)))


class PlaceField(forms.ModelChoiceField):
    """One of the institutions offered, by its full name."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Institution.objects.none(), **more)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class WhyForm(forms.Form):
    """A few words."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)
