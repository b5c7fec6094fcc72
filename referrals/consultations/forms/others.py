"""Proof, files, centres, fees, episodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Department, Institution
from alliance.web.form_fields import DayField, YuanField
from referrals.consultations.forms.questions import FILE_HELP, clean_scan
from referrals.consultations.models import BY_CENTRES, Concordance, Kind


class ProofForm(forms.Form):
    """The final proof that came later: operation, pathology, follow-up."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("answer against the final proof"), widget=forms.RadioSelect,
        choices=Concordance.Verdict.choices,
    )  # fmt: skip
    verdict_text = forms.CharField(
        label=gettext_lazy("what the final proof was"), max_length=300,
        help_text=gettext_lazy("As in: postoperative pathology, adenocarcinoma"),
    )  # fmt: skip


class FileForm(forms.Form):
    """One more file."""

    file = forms.FileField(label=gettext_lazy("file"), help_text=FILE_HELP)

    def clean_file(self) -> Any:
        """A scan by content."""
        return clean_scan(self.cleaned_data["file"])


class CentreForm(forms.Form):
    """Which department serves others, and what with."""

    department = forms.TypedChoiceField(label=gettext_lazy("department"), coerce=int)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("serves with"), widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, kind.label) for kind in BY_CENTRES],
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("takes orders"), required=False, initial=True)

    def __init__(self, *, departments: Mapping[int, Department], **more: Any) -> None:
        super().__init__(**more)
        self.departments = departments
        names = [(pk, f"{row.institution.short_name} {row.name}") for pk, row in departments.items()]
        self.fields["department"].choices = [("", "—"), *names]  # type: ignore[attr-defined]


class FeeForm(forms.Form):
    """What a kind costs from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Kind.choices)
    institution = forms.TypedChoiceField(
        label=gettext_lazy("only when answered by"), coerce=int, required=False, empty_value=None
    )
    yuan = YuanField(label=gettext_lazy("fee (yuan)"))
    from_date = DayField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(label=gettext_lazy("document of the fee"), max_length=200)

    def __init__(self, *, institutions: Mapping[int, Institution], **more: Any) -> None:
        super().__init__(**more)
        self.institutions = institutions
        names = [(pk, row.short_name) for pk, row in institutions.items()]
        self.fields["institution"].choices = [("", _("all institutions")), *names]  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """A referral of the same patient."""

    referral = forms.TypedChoiceField(label=gettext_lazy("referral"), coerce=int)

    def __init__(self, *args: Any, referrals: Mapping[int, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["referral"].choices = list(referrals.items())  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Where rehabilitation begins."""

    plan = forms.CharField(
        label=gettext_lazy("plan of rehabilitation"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ResultForm(forms.Form):
    """How rehabilitation went."""

    result = forms.CharField(
        label=gettext_lazy("result of rehabilitation"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("With it the line is completed."),
    )  # fmt: skip


class ClosingForm(forms.Form):
    """How the line ended without rehabilitation."""

    closing = forms.CharField(
        label=gettext_lazy("how it ended"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
