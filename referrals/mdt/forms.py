"""Forms of MDT records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.joint.forms.common import StaffField, day_field
from alliance.models import Department, Institution, Membership
from alliance.web.form_fields import LocalTime, YuanField
from referrals.mdt.models import MdtMeeting, Profession


def _text(label: Any, length: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class PlanForm(forms.Form):
    """About which stay, what is asked, when."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    department = forms.ModelChoiceField(label=gettext_lazy("department"), queryset=None, required=False)
    record_no = forms.CharField(label=gettext_lazy("record number"), max_length=40)
    question = _text(
        pgettext_lazy("mdt", "question"),
        500,
        help_text=gettext_lazy("Name no patient; the record number says whom."),
    )
    starts_at = LocalTime(label=pgettext_lazy("mdt", "begins"))
    place = forms.CharField(label=pgettext_lazy("mdt", "place or link"), max_length=200, required=False)

    def __init__(self, *args: Any, by: Membership, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        here = by.institution_id
        places = Institution.objects.filter(is_active=True).order_by("code")
        fields["institution"].queryset = places if here is None else places.filter(pk=here)
        units = Department.objects.select_related("institution").order_by("institution__code", "code")
        fields["department"].queryset = units if here is None else units.filter(institution=here)


class SeatForm(forms.Form):
    """One who takes part, and as what."""

    staff = StaffField(label=gettext_lazy("staff member"))
    profession = forms.ChoiceField(label=pgettext_lazy("mdt", "profession"), choices=Profession.choices)

    def __init__(self, *args: Any, meeting: MdtMeeting, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["staff"]
        field.offer(meeting.institution_id)
        field.queryset = field.queryset.exclude(pk__in=meeting.seats.filter(voided_at=None).values("staff"))


class HoldForm(forms.Form):
    """What was agreed, and what it may cost."""

    held_on = day_field(pgettext_lazy("mdt", "held on"))
    plan = _text(pgettext_lazy("mdt", "plan of care and insurance"), 8_000, rows=6)
    fund_fen = YuanField(label=pgettext_lazy("mdt", "estimate: fund (yuan)"))
    own_fen = YuanField(label=pgettext_lazy("mdt", "estimate: own part (yuan)"))


class WhyForm(forms.Form):
    """Why."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)
