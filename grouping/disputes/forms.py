"""Forms of disputes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from grouping.models import Dispute, Scheme


class DisputeForm(forms.Form):
    """A dispute on one code of a scheme, with an optional scan as evidence."""

    about = forms.ChoiceField(
        label=gettext_lazy("about"), choices=Dispute.About.choices, widget=forms.RadioSelect
    )
    code = forms.CharField(
        label=gettext_lazy("code of the group or list"), max_length=40,
        help_text=gettext_lazy("MDC, ADRG, DRG or the name of a list."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("what is wrong and why"), min_length=4, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Name no patient; the case is linked."),
    )  # fmt: skip
    evidence = forms.FileField(
        label=gettext_lazy("evidence"), required=False, help_text=gettext_lazy("PDF, PNG or JPEG")
    )

    def __init__(self, *, known: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known

    def clean_code(self) -> str:
        """A code the scheme has, in its own letters."""
        code = str(self.cleaned_data["code"]).strip()
        found = code if code in self.known else code.upper()
        if found not in self.known:
            raise forms.ValidationError(_("The scheme has no MDC, ADRG, DRG or list of this name."))
        return found

    def clean_evidence(self) -> Any:
        """A scan by content, not larger than the limit."""
        file = self.cleaned_data["evidence"]
        if file is None:
            return None
        if (file.size or 0) > scan_limit():
            raise forms.ValidationError(
                _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
            )
        if scan_type(file) is None:
            raise forms.ValidationError(_("This is no PDF, PNG or JPEG."))
        return file


class StudyForm(forms.Form):
    """Nothing to fill in."""


class ReplyForm(forms.Form):
    """The answer."""

    answer = forms.CharField(
        label=gettext_lazy("answer"), min_length=2, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class SettleForm(forms.Form):
    """The version that settled it."""

    version = forms.ModelChoiceField(label=gettext_lazy("scheme that settled it"), queryset=None)

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = Scheme.objects.filter(from_date__gt=dispute.scheme.from_date).order_by("-from_date")
        self.fields["version"].queryset = later  # type: ignore[attr-defined]
