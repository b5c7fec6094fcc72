"""Forms of days of patients and focus groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution, Membership
from alliance.roles import roles
from alliance.web.form_fields import DayField, WholeField
from alliance.web.place_fields import MemberField
from complaints.events.models import VIEW


def _day(label: Any) -> DayField:
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _text(label: Any, length: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def _number(label: Any, **more: Any) -> WholeField:
    return WholeField(label=label, min_value=0, max_value=30_000, **more)


class PlaceForm(forms.Form):
    """Which institution."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)

    def __init__(self, *args: Any, by: Membership, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
        here, fields = by.institution_id, dict[str, Any](self.fields)
        fields["institution"].queryset = rows.order_by("code") if here is None else rows.filter(pk=here)


class PlanForm(PlaceForm):
    """The day of a month."""

    planned_on = _day(pgettext_lazy("patient day", "planned for"))
    topic = forms.CharField(label=pgettext_lazy("patient day", "topic"), max_length=100)
    plan = _text(pgettext_lazy("patient day", "plan"), 2000)


class HoldForm(forms.Form):
    """How it went."""

    held_on = _day(pgettext_lazy("patient day", "held on"))
    visitors = _number(pgettext_lazy("patient day", "patients and families"))
    asked = _number(pgettext_lazy("patient day", "questions and suggestions"))
    settled = _number(pgettext_lazy("patient day", "settled on the spot"))
    minutes = _text(
        pgettext_lazy("patient day", "minutes"), 8_000, rows=6, help_text=gettext_lazy("Name no patient.")
    )


class WhyForm(forms.Form):
    """Why."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)


class GroupForm(PlaceForm):
    """Minutes of a focus group."""

    held_on = _day(pgettext_lazy("focus group", "held on"))
    topic = forms.CharField(label=pgettext_lazy("focus group", "topic"), max_length=100)
    inpatients = _number(pgettext_lazy("focus group", "inpatients"), initial=0)
    outpatients = _number(pgettext_lazy("focus group", "outpatients"), initial=0)
    families = _number(pgettext_lazy("focus group", "families"), initial=0)
    staff = _number(pgettext_lazy("focus group", "staff"), initial=0)
    findings = _text(
        pgettext_lazy("focus group", "findings"), 8_000, rows=6, help_text=gettext_lazy("Name no patient.")
    )
    follow_up = _text(pgettext_lazy("focus group", "follow-up"), 500)
    owner = MemberField(label=pgettext_lazy("focus group", "who follows up"), queryset=None)
    due_on = _day(pgettext_lazy("focus group", "until"))

    def __init__(self, *args: Any, by: Membership, **more: Any) -> None:
        super().__init__(*args, by=by, **more)
        # Who follows it up has to open its page.
        able = [role.code for role in roles().values() if VIEW in role.may]
        rows = Membership.objects.living().filter(roles__overlap=able)
        rows = rows if by.institution_id is None else rows.filter(institution=by.institution_id)
        dict[str, Any](self.fields)["owner"].offer(rows.order_by("institution__code", "user__name"))


class DoneForm(forms.Form):
    """What was done."""

    done_text = _text(pgettext_lazy("focus group", "what was done"), 1000)
