"""Forms of letters and consequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import names as approval_names
from alliance.lib.period import SERVED_YEARS
from alliance.models import Institution, Membership
from alliance.web.form_fields import DayField, NumberField, WholeField, YuanField
from alliance.web.place_fields import MemberField
from performance.consequences import measures
from performance.consequences.services import proposals
from performance.declared.uploads import EvidenceField
from performance.dictionary import book
from performance.dictionary import words as named
from performance.engine.commitments import Promise
from performance.models import Letter
from performance.show import labels

LINES = 8  # of a letter's form
KINDS: Mapping[str, Any] = dict(Institution.Kind.choices)
LONG = forms.Textarea(attrs={"rows": 2})
NUMBER = {"class": "num", "inputmode": "decimal", "autocomplete": "off"}


def year_field() -> forms.IntegerField:
    """A served year."""
    return WholeField(label=gettext_lazy("year"), min_value=SERVED_YEARS[0], max_value=SERVED_YEARS[-1] - 1)


class BeginForm(forms.Form):
    """Letters of a year for some institutions."""

    year = year_field()
    institutions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("institutions"), queryset=Institution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
        self.fields["institutions"].queryset = rows.order_by("code")  # type: ignore[attr-defined]


class SignForm(forms.Form):
    """The typed confirmation; `seen` is the digest of the letter on the page."""

    name = forms.CharField(
        label=gettext_lazy("full name of your institution"), max_length=100,
        help_text=gettext_lazy("Typing it signs the letter for the institution as its legal representative."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class PaperForm(forms.Form):
    """The signed paper."""

    document = forms.CharField(label=gettext_lazy("document number"), max_length=80)
    signed_on = DayField(
        label=gettext_lazy("day of signature"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    signed_name = forms.CharField(label=gettext_lazy("legal representative"), max_length=60)
    files = EvidenceField(must=True)

    def scan(self) -> Any:
        """The first file, if any."""
        found = self.cleaned_data["files"]
        return found[0] if found else None


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=500, widget=LONG)


class AssessForm(forms.Form):
    """Judging a letter whose year is over."""

    left_out = forms.CharField(
        label=gettext_lazy("why assessed without what is not known"), max_length=500, required=False,
        widget=LONG, help_text=gettext_lazy("Only where a value cannot be had: it does not count as broken."),
    )  # fmt: skip


def of_step(name: str, letter: Letter, data: Any = None, files: Any = None) -> forms.Form | None:
    """The form of a letter's step; None where the button acts at once."""
    auto = f"{name}-%s"
    if name == "sign":
        return SignForm(data, auto_id=auto, initial={"seen": letter.digest})
    if name == "paper":
        return PaperForm(data, files, auto_id=auto)
    if name == "assess":
        return AssessForm(data, auto_id=auto)
    if name in ("refuse-paper", "send-back", "cancel"):
        return WhyForm(data, auto_id=auto)
    return None


def measure_choices() -> list[tuple[Any, Any]]:
    """What can be promised: indicators area by area, then plain numbers."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, indicator in measures.indicators().items():
        area = book.entries()[code].area
        found.setdefault(area, []).append((f"indicator:{code}", labels.named(indicator)))
    groups: list[tuple[Any, Any]] = [("", "—")]
    groups += [(named.AREAS[area], choices) for area, choices in found.items()]
    plain = [(f"fact:{key}", labels.named(one)) for key, one in measures.facts().items()]
    return [*groups, (_("plain numbers"), plain)]


def _as_parameter(one: Promise | None) -> str:
    return _("as parameter %(key)s says") % {"key": one.target_key} if one and one.target_key else ""


class PromisesForm(forms.Form):
    """The lines of a letter or of a template: what, how much, by when, what a breach deducts."""

    def __init__(self, *args: Any, promises: Sequence[Promise] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = {(one.code, one.per): one.target_key for one in promises}
        choices = measure_choices()
        pers = [("year", _("a year")), ("week", _("a week"))]
        for place in range(LINES):
            one = promises[place] if place < len(promises) else None
            self._add(place, one, choices, pers)

    def _add(self, place: int, one: Promise | None, choices: Any, pers: Any) -> None:
        self.fields[f"measure_{place}"] = forms.ChoiceField(
            label=_("what is promised"), choices=choices, required=False,
            initial=f"{one.of}:{one.code}" if one else "",
        )  # fmt: skip
        self.fields[f"target_{place}"] = NumberField(
            label=_("target"), required=False, max_digits=18, decimal_places=4, min_value=Decimal(0),
            initial=one.target.normalize() if one and one.target is not None else None,
            help_text=_as_parameter(one),
            widget=forms.TextInput(attrs=NUMBER),
        )  # fmt: skip
        self.fields[f"per_{place}"] = forms.ChoiceField(
            label=_("counted"), choices=pers, initial=one.per if one else "year"
        )
        self.fields[f"share_{place}"] = NumberField(
            label=_("deduction if broken, %"), required=False, max_digits=5, decimal_places=2,
            initial=one.share.normalize() if one else None, widget=forms.TextInput(attrs=NUMBER),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A line that names a measure has its deduction."""
        data: dict[str, Any] = super().clean() or {}
        for place in range(LINES):
            if data.get(f"measure_{place}") and data.get(f"share_{place}") is None:
                self.add_error(f"share_{place}", _("Say what a breach deducts."))
        return data

    def promises(self) -> list[Promise]:
        """The lines as the service takes them; a target left empty stays that of the parameter."""
        found = []
        for place in range(LINES):
            measure = self.cleaned_data.get(f"measure_{place}")
            if not measure:
                continue
            of, _colon, code = measure.partition(":")
            per = self.cleaned_data[f"per_{place}"]
            target = self.cleaned_data[f"target_{place}"]
            key = "" if target is not None else self.before.get((code, per), "")
            share = self.cleaned_data[f"share_{place}"]
            found.append(Promise(code, of, share, per=per, target=target, target_key=key))  # type: ignore[arg-type]
        return found

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields line by line, as a form page lays them out."""
        names = ("measure", "target", "per", "share")
        lines = [[f"{name}_{place}" for name in names] for place in range(LINES)]
        return [(_("promise %(n)d") % {"n": number}, line) for number, line in enumerate(lines, 1)]


class TemplateForm(PromisesForm):
    """The next version of a template."""

    from_year = year_field()
    decided_by = forms.CharField(label=gettext_lazy("decided by"), max_length=200)

    def groups(self) -> list[tuple[str, list[str]]]:
        """Year and decision first, then the lines."""
        return [(_("version"), ["from_year", "decided_by"]), *super().groups()]


def chain_choices() -> list[tuple[str, str]]:
    """Chains that may decide a consequence, by code."""
    return approval_names.offered(proposals.KIND)


class ChainForm(forms.Form):
    """Which chain decides."""

    chain = forms.ChoiceField(label=gettext_lazy("decided by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].choices = chain_choices()  # type: ignore[attr-defined]


class ReduceForm(forms.Form):
    """Less than the figures gave."""

    percent = NumberField(
        label=gettext_lazy("percent"), max_digits=6, decimal_places=2, widget=forms.TextInput(attrs=NUMBER)
    )
    why = forms.CharField(label=gettext_lazy("why reduced"), max_length=500, widget=LONG)


class AmountForm(forms.Form):
    """How much an award is."""

    fen = YuanField(label=gettext_lazy("amount (yuan)"))


class MeasureForm(forms.Form):
    """What an institution that stands aloof is asked to do, or which resources change."""

    measure = forms.CharField(label=gettext_lazy("what is asked for"), max_length=500, widget=LONG)


class YearForm(forms.Form):
    """Which year is closed."""

    year = year_field()


class HoldForm(forms.Form):
    """An interview that was held."""

    held_on = DayField(
        label=gettext_lazy("held on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    minutes = forms.CharField(label=gettext_lazy("minutes"), max_length=2000, widget=LONG)
    target = NumberField(
        label=gettext_lazy("score that closes it"), max_digits=7, decimal_places=4,
        widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip


class CloseForm(forms.Form):
    """The figure that was reached."""

    closing = NumberField(
        label=gettext_lazy("closing figure"), max_digits=7, decimal_places=4,
        widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False, widget=LONG)


class DraftForm(forms.Form):
    """The version a draft of other weights bears."""

    label = forms.CharField(label=gettext_lazy("version"), max_length=20)


class HandForm(forms.Form):
    """Who holds an interview, and by when."""

    owner = MemberField(label=gettext_lazy("responsible"), queryset=Membership.objects.none())
    due_on = DayField(
        label=gettext_lazy("to be held by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(Membership.objects.living().filter(institution=None))  # type: ignore[attr-defined]
