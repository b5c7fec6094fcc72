"""Forms of an approval: a verdict with its note, a body's decision with its minutes, the second look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.models import Approval, Decision, OutsideDecision
from alliance.web.form_fields import DayField

# A scan is known by its first bytes, never by its name.
SCANS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONG = forms.Textarea(attrs={"rows": 2})


def scan_limit() -> int:
    """Largest scan in bytes; a setting, by default as large as a workbook (walls.md section 4)."""
    return int(getattr(settings, "SCAN_LIMIT_BYTES", 20 * 1024 * 1024))


class DecideForm(forms.Form):
    """One verdict in the step the person saw."""

    verdict = forms.ChoiceField(choices=Decision.Verdict.choices, widget=forms.HiddenInput)
    step = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False, widget=LONG)

    def clean(self) -> dict[str, Any]:
        """No and recused are explained."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("verdict") != Decision.Verdict.YES and not data.get("note", "").strip():
            self.add_error("note", _("Say why: a refusal or a recusal needs its reason."))
        return data


class WithdrawForm(forms.Form):
    """Why a proposal is taken back."""

    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False, widget=LONG)


class CheckForm(forms.Form):
    """Whether an entered decision agrees with its document."""

    correct = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes", widget=forms.HiddenInput
    )
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False, widget=LONG)

    def clean(self) -> dict[str, Any]:
        """What is wrong is said."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("correct") is False and not data.get("note", "").strip():
            self.add_error("note", _("Say what differs from the document."))
        return data


class OutsideForm(forms.Form):
    """A body's decision as its document says it."""

    step = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(label=gettext_lazy("deciding body"), max_length=80)
    verdict = forms.ChoiceField(
        label=gettext_lazy("verdict"),
        choices=OutsideDecision._meta.get_field("verdict").flatchoices,
        widget=forms.RadioSelect,
    )
    decided_on = DayField(label=gettext_lazy("date of the decision"), widget=DAY)
    document = forms.CharField(label=gettext_lazy("document number"), max_length=80)
    minutes = forms.FileField(
        label=gettext_lazy("scanned minutes"), required=False, help_text=gettext_lazy("PDF, PNG or JPEG")
    )

    def __init__(self, *, approval: Approval, **kwargs: Any) -> None:
        initial = {"step": approval.step, "body": approval.current.name}
        super().__init__(initial=initial, **kwargs)

    def clean_minutes(self) -> UploadedFile[Any] | None:
        """A scan by content, not larger than the limit."""
        file: UploadedFile[Any] | None = self.cleaned_data["minutes"]
        if file is None:
            return None
        if (file.size or 0) > scan_limit():
            raise forms.ValidationError(
                _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
            )
        if scan_type(file) is None:
            raise forms.ValidationError(_("This is no PDF, PNG or JPEG. Scan the minutes again."))
        return file


def scan_type(file: UploadedFile[Any]) -> str | None:
    """The content type by the first bytes; None for anything that is not a scan."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    return next((kind for mark, kind in SCANS.items() if head.startswith(mark)), None)
