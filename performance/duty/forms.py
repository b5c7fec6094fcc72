"""Forms of responsibility letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import SERVED_YEARS
from alliance.models import Institution
from alliance.roles import roles
from alliance.web.form_fields import DayField, WholeField
from performance.duty.models import SIGN, LetterVersion
from performance.duty.services import versions
from performance.duty.services.versions import Text

TICKS = forms.CheckboxSelectMultiple
KNOWN = ("fictitious", "swapped", "practice")
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


def signers() -> list[tuple[str, str]]:
    """The roles of one institution that may sign."""
    return [(one.code, one.name) for one in roles().values() if SIGN in one.may]


def _text(label: Any, length: int, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        widget=forms.Textarea(attrs={"rows": rows, "class": "in wide"}),
        **more,
    )


class VersionForm(forms.Form):
    """The next version: text, clauses, who signs, from when, decided by whom."""

    title = forms.CharField(label=pgettext_lazy("duty", "title"), max_length=80)
    paragraphs = _text(pgettext_lazy("duty", "text"), 8000, 9,
                       help_text=pgettext_lazy("duty", "A paragraph a line."))  # fmt: skip
    fictitious = _text(pgettext_lazy("duty", "clause: fictitious services"), 300, 2)
    swapped = _text(pgettext_lazy("duty", "clause: swapped drugs"), 300, 2)
    practice = _text(pgettext_lazy("duty", "clause: helping others to defraud"), 300, 2, required=False)
    more = _text(pgettext_lazy("duty", "further clauses"), 2000, 3, required=False,
                 help_text=pgettext_lazy("duty", "A clause a line."))  # fmt: skip
    roles = forms.MultipleChoiceField(label=pgettext_lazy("duty", "roles that sign"), widget=TICKS)
    kinds = forms.MultipleChoiceField(
        label=pgettext_lazy("duty", "kinds of institutions"), widget=TICKS, choices=Institution.Kind.choices
    )
    months = WholeField(
        label=pgettext_lazy("duty", "months a signature holds"), min_value=versions.MONTHS[0],
        max_value=versions.MONTHS[-1],
    )  # fmt: skip
    from_date = DayField(label=pgettext_lazy("duty", "first day"), **DAY)
    decided_by = forms.CharField(label=gettext_lazy("decided by"), max_length=100)
    document = forms.CharField(label=gettext_lazy("document number"), max_length=80)
    other_names = {"clauses": "fictitious"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["roles"].choices = signers()

    def text(self) -> Text:
        """As the service takes it."""
        said = self.cleaned_data
        clauses = [{"code": code, "text": said[code].strip()} for code in KNOWN if said[code].strip()]
        lines = [line.strip() for line in said["more"].splitlines() if line.strip()]
        clauses += [{"code": f"more{n}", "text": line} for n, line in enumerate(lines, 1)]
        paragraphs = [line.strip() for line in said["paragraphs"].splitlines() if line.strip()]
        return Text(said["title"].strip(), paragraphs, clauses, said["roles"], said["kinds"], said["months"])


def beginning(last: LetterVersion | None) -> dict[str, Any]:
    """What the form of the next version begins with: the newest version, else the text of the product."""
    text: Any = last or versions.shipped()
    clauses = {one["code"]: one["text"] for one in text.clauses}
    return {
        "title": text.title, "paragraphs": "\n".join(text.paragraphs), "roles": list(text.roles),
        "kinds": list(text.kinds), "months": text.months,
        **{code: clauses.pop(code, "") for code in KNOWN}, "more": "\n".join(clauses.values()),
    }  # fmt: skip


class RoundForm(forms.Form):
    """For which year, until when."""

    year = WholeField(label=gettext_lazy("year"), min_value=SERVED_YEARS[0], max_value=SERVED_YEARS[-1] - 1)
    due_on = DayField(label=pgettext_lazy("duty", "to be signed until"), **DAY)


class SignForm(forms.Form):
    """A tick for each clause and the own password; `seen` is the digest of the text on the page."""

    def __init__(self, *args: Any, version: LetterVersion, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        self.codes = [one["code"] for one in version.clauses]
        for one in version.clauses:
            fields[f"read_{one['code']}"] = forms.BooleanField(label=one["text"], required=False)
        fields["password"] = forms.CharField(
            label=pgettext_lazy("duty", "your password"), max_length=128, strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            help_text=pgettext_lazy("duty", "The one you sign in with. It confirms that you sign yourself."),
        )  # fmt: skip
        fields["seen"] = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=version.digest)
        self.other_names = {"read": f"read_{self.codes[0]}"}

    def read(self) -> list[str]:
        """The clauses ticked."""
        return [code for code in self.codes if self.cleaned_data[f"read_{code}"]]
