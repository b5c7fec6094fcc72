"""Forms of tolerance cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.approvals import names as approval_names
from alliance.models import Department, Institution, Membership
from alliance.roles import roles
from alliance.web.form_fields import DayField
from alliance.web.place_fields import DepartmentField, MemberField
from grouping import visible
from performance.declared.uploads import EvidenceField
from performance.tolerance import exempting, services
from performance.tolerance.models import Outcome, ToleranceCase
from referrals import facts as referrals


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 3}), **more)


class OpenForm(forms.Form):
    """What happened, whose case it is, which pathway was followed."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("tolerance", "kind"), choices=ToleranceCase.Kind.choices,
        widget=forms.RadioSelect,
        initial=ToleranceCase.Kind.DISPUTE,
    )  # fmt: skip
    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    department = DepartmentField(label=gettext_lazy("department"), queryset=None, required=False)
    person = MemberField(label=pgettext_lazy("tolerance", "person"), queryset=None)
    happened_on = DayField(
        label=pgettext_lazy("tolerance", "happened on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    what = _text(
        pgettext_lazy("tolerance", "what happened"), 2000, help_text=gettext_lazy("Name no patient.")
    )
    pathway = forms.CharField(label=pgettext_lazy("tolerance", "pathway followed"), max_length=160)
    record_no = forms.CharField(label=gettext_lazy("record number"), max_length=40, required=False)
    referral_no = forms.CharField(
        label=pgettext_lazy("tolerance", "referral number"), max_length=30, required=False
    )

    def __init__(self, *args: Any, by: Membership, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by
        fields: dict[str, Any] = self.fields
        here, runs = by.institution_id, by.can(services.RUN)
        places = Institution.objects.filter(is_active=True).order_by("code")
        fields["institution"].queryset = places if here is None else places.filter(pk=here)
        units = Department.objects.all()
        fields["department"].offer(units if here is None else units.filter(institution=here))
        people = Membership.objects.living().exclude(institution=None)
        people = people if here is None else people.filter(institution=here)
        people = people.order_by("institution__code", "user__name", "pk")
        fields["person"].offer(people if runs else people.filter(pk=by.pk))

    def clean(self) -> dict[str, Any]:
        """Record and referral are found among those the member may see; the person is of the institution."""
        data: dict[str, Any] = super().clean() or {}
        place = data.get("institution")
        person = data.get("person")
        if place and person and person.institution_id != place.pk:
            self.add_error("person", _("This person belongs to another institution."))
        data["case_id"] = data["referral_id"] = None
        if (number := data.pop("record_no", "")) and place:
            found = visible.cases(self.by).filter(institution=place, record_no=number.strip()).first()
            if found is None:
                self.add_error("record_no", _("No case of this institution has this record number."))
            data["case_id"] = found.pk if found else None
        if number := data.pop("referral_no", ""):
            data["referral_id"] = referrals.numbered(number.strip(), self.by)
            if data["referral_id"] is None:
                self.add_error("referral_no", _("No referral you may see has this number."))
        return data


class EvidenceForm(forms.Form):
    """Files, and what they show."""

    note = forms.CharField(label=pgettext_lazy("tolerance", "what it shows"), max_length=200)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["uploads"] = EvidenceField()
        self.other_names = {"evidence": "uploads"}


class StatementForm(forms.Form):
    """The person's own words."""

    text = _text(pgettext_lazy("tolerance", "statement"), 4000)


class NameForm(forms.Form):
    """One reviewer who is not involved."""

    member = MemberField(label=pgettext_lazy("tolerance", "reviewer"), queryset=None)

    def __init__(self, *args: Any, case: ToleranceCase, **more: Any) -> None:
        super().__init__(*args, **more)
        known = case.reviewers.values("member")
        rows = Membership.objects.living().exclude(pk__in=known)
        near = [one for one in (case.department_id, case.person.department_id) if one]
        rows = rows.exclude(user__in=[case.person.user_id, case.opened_by.user_id])
        fields: dict[str, Any] = self.fields
        may = [code for code, role in roles().items() if services.VIEW in role.may]
        rows = rows.filter(roles__overlap=may).exclude(department__in=near)
        fields["member"].offer(rows.order_by("institution__code", "pk"))


class OpinionForm(forms.Form):
    """What a reviewer thinks."""

    opinion = forms.ChoiceField(
        label=pgettext_lazy("tolerance", "opinion"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    text = _text(pgettext_lazy("tolerance", "in own words"), 2000)


class ProposeForm(forms.Form):
    """Which decision, on what grounds, by whom."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("tolerance", "decision"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    percent = forms.DecimalField(
        label=pgettext_lazy("tolerance", "covered, %"), required=False, max_digits=5, decimal_places=2,
        help_text=pgettext_lazy("tolerance", "Only where it is partly covered: what the institution bears."),
    )  # fmt: skip
    grounds = _text(pgettext_lazy("tolerance", "grounds"), 2000)
    chain = forms.ChoiceField(label=gettext_lazy("decided by"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["chain"].choices = approval_names.offered(services.KIND)


class ExemptForm(forms.Form):
    """One line the decision covers."""

    line = forms.ChoiceField(label=pgettext_lazy("tolerance", "deduction or consequence"))

    def __init__(self, *args: Any, case: ToleranceCase, words: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        shares, consequences = exempting.lines_of(case)
        self.rows: dict[str, Any] = {f"share:{one.pk}": one for one in shares}
        self.rows |= {f"consequence:{one.pk}": one for one in consequences}
        fields: dict[str, Any] = self.fields
        fields["line"].choices = [(key, words(one)) for key, one in self.rows.items()]

    def clean_line(self) -> Any:
        """The row itself."""
        return self.rows[self.cleaned_data["line"]]
