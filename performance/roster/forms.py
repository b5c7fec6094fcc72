"""The form of a correction of a frozen roster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Department, Institution, RosterRow, Staff
from alliance.web.form_fields import NumberField
from performance.pay.fields import day_field
from performance.roster.refusals import RosterRefused


class ChangeForm(forms.Form):
    """Whose line, of which place, and what it should say."""

    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    staff = forms.CharField(label=gettext_lazy("staff number"), max_length=40)
    department = forms.CharField(
        label=gettext_lazy("department"), max_length=40, required=False,
        help_text=gettext_lazy("Its code; empty for the person's own department."),
    )  # fmt: skip
    gone = forms.BooleanField(
        label=gettext_lazy("there should be no such line"),
        required=False,
    )
    post_coefficient = NumberField(label=gettext_lazy("post coefficient"), min_value=0, max_digits=6,
                                   decimal_places=3, initial=1)  # fmt: skip
    share = NumberField(label=gettext_lazy("share of time"), min_value=0, max_digits=4, decimal_places=3,
                        initial=1)  # fmt: skip
    days = NumberField(label=gettext_lazy("days worked"), min_value=0, max_digits=4, decimal_places=1)
    leave_days = NumberField(label=gettext_lazy("days of leave"), min_value=0, max_digits=4,
                             decimal_places=1, initial=0)  # fmt: skip
    seconded = forms.BooleanField(label=gettext_lazy("seconded"), required=False)
    joined_on = day_field(gettext_lazy("joined on"))
    left_on = day_field(gettext_lazy("left on"))
    employment = forms.ChoiceField(label=gettext_lazy("employment"), choices=RosterRow.Employment.choices)
    reason = forms.CharField(label=pgettext_lazy("roster", "why it is corrected"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["joined_on"].required = fields["left_on"].required = False
        fields["institution"].queryset = Institution.objects.filter(is_active=True).order_by("code")

    def entry(self) -> dict[str, Any]:
        """As the service takes it. Raises RosterRefused (staff, department)."""
        data = self.cleaned_data
        place = data["institution"]
        staff = Staff.objects.filter(institution=place, code=data["staff"].strip()).first()
        if staff is None:
            raise RosterRefused("staff", institution=place.short_name)
        department, code = None, data["department"].strip()
        if code:
            department = Department.objects.filter(institution=place, code=code).first()
            if department is None:
                raise RosterRefused("department", institution=place.short_name)
        names = ("post_coefficient", "share", "days", "leave_days", "seconded", "joined_on", "left_on",
                 "employment")  # fmt: skip
        line = None if data["gone"] else {name: data[name] for name in names}
        return {
            "institution": place, "staff": staff, "department": department, "line": line,
            "reason": data["reason"],
        }  # fmt: skip
