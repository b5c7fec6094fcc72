"""Forms of entitlement sheets: which one, its numbers, how it is paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web.form_fields import NumberField, WholeField, YuanField
from performance.decided.forms import DecisionForm
from performance.engine.pay.entitled_parts import Field, Kind
from performance.engine.pay.entitled_rules import KINDS
from performance.entitlement import subjects, words
from performance.entitlement.subjects import Subject
from performance.models import EntitlementKind, PayFund
from performance.pay.fields import NUMBER, month_choices

MOST = 10**7  # a count or a rate above this is a slip of the finger


def control(field: Field, *, of: str = "") -> forms.Field:
    """The field of a form for a number of a sheet; `of`: the subject whose line it is in."""
    label, required = words.NUMBERS[field.name], not of
    if of:
        label = format_lazy("{}: {}", of, label)
    if field.kind == "fen":
        return YuanField(label=label, signed=field.signed, required=required)
    widget = forms.TextInput(attrs=NUMBER)
    if field.kind == "count":
        return WholeField(label=label, min_value=0, max_value=MOST, required=required, widget=widget)
    most = 100 if field.kind == "percent" else MOST
    return NumberField(
        label=label, min_value=0, max_value=most, max_digits=12, decimal_places=4, required=required,
        widget=widget,
    )  # fmt: skip


class WhichForm(forms.Form):
    """Which sheet is entered, asked by address."""

    kind = forms.ChoiceField(
        label=gettext_lazy("kind"),
        # The other part of a surplus comes with its first.
        choices=[one for one in EntitlementKind.choices if one[0] != EntitlementKind.SURPLUS_OTHER],
    )  # fmt: skip
    month = forms.ChoiceField(label=gettext_lazy("month"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = month_choices(today)


class SheetForm(DecisionForm):
    """The numbers of a sheet: those given once, a line of each subject, the decision. An empty line is left
    out. Persons are named instead: an alliance has thousands.
    """

    def __init__(self, *args: Any, kind: str, known: Sequence[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.how: Kind = KINDS[kind]
        self.known = known if self.by_name else [one for one in known if not self._lacks(one)]
        self.unscored = {} if self.by_name else self._by_score_missing(known)
        for one in self.how.head:
            self.fields[one.name] = control(one)
        if self.by_name:
            self.fields["people"] = forms.CharField(
                label=gettext_lazy("persons awarded"), widget=forms.Textarea(attrs={"rows": 8}),
                help_text=gettext_lazy("A name or a staff number in each line, as in A01/D003."),
            )  # fmt: skip
        for subject in self.known:
            for one in self.how.row:
                self.fields[f"{subject.key}-{one.name}"] = control(one, of=subject.name)

    @property
    def by_name(self) -> bool:
        """Whether the lines are persons, who are named."""
        return self.how.level == "person"

    def clean_people(self) -> dict[str, Subject]:
        """The persons meant, by key; each one has pay of the month."""
        found: dict[str, Subject] = {}
        for word in filter(None, map(str.strip, self.cleaned_data["people"].splitlines())):
            meant = [one for one in self.known if word in subjects.called(one)]
            if not meant:
                raise forms.ValidationError(
                    _("%(word)s has no pay of this month in the books. Check the name, or post the pots.")
                    % {"word": word}
                )
            if len(meant) > 1:
                raise forms.ValidationError(
                    _("%(word)s may be any of these: %(names)s. Give the number.")
                    % {"word": word, "names": "、".join(one.name for one in meant)}
                )
            found[meant[0].key] = meant[0]
        return found

    def decision(self) -> Iterator[Any]:
        """The fields of what was decided, then those given once, then who is named."""
        people = ("people",) if self.by_name else ()
        for name in ("document", "body", "files", *(one.name for one in self.how.head), *people):
            yield self[name]

    def _lacks(self, subject: Subject) -> tuple[str, ...]:
        """The scores of the kind that a subject does not have in the month."""
        return tuple(name for name in self.how.scores if name not in subject.scores)

    def _by_score_missing(self, known: Sequence[Subject]) -> dict[str, list[str]]:
        """Whose line cannot be worked out, by the scores that are missing: nothing can be filled in there."""
        found: dict[str, list[str]] = defaultdict(list)
        for subject in known:
            if lacks := self._lacks(subject):
                found[_(", ").join(words.number(f"score_{name}") for name in lacks)].append(subject.name)
        return dict(found)

    def columns(self) -> list[str]:
        """The heads of the table: scores the month brings, numbers to give."""
        return [words.number(f"score_{name}") for name in self.brought()] + [
            words.number(one.name) for one in self.how.row
        ]

    def brought(self) -> list[str]:
        """The numbers the month brings: every score of the kind, what else there is of any subject."""
        there = {name for one in self.known for name in one.scores}
        return [*self.how.scores, *(name for name in self.how.brings if name in there)]

    def lines(self) -> Iterator[tuple[str, list[tuple[str, Any]], list[tuple[str, Any]]]]:
        """Each subject with its scores in words and its fields, each under its head."""
        for subject in self.known:
            yield (
                subject.name,
                [
                    (words.number(f"score_{name}"), words.value(f"score_{name}", subject.scores.get(name, 0)))
                    for name in self.brought()
                ],
                [(words.number(one.name), self[f"{subject.key}-{one.name}"]) for one in self.how.row],
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A line that was begun is whole."""
        data: dict[str, Any] = super().clean() or {}
        for subject in () if self.by_name else self.known:
            names = [f"{subject.key}-{one.name}" for one in self.how.row]
            if any(data.get(name) is not None for name in names):
                for name in names:
                    if data.get(name) is None and name not in self.errors:
                        self.add_error(name, _("Fill this in, or leave the whole line empty."))
        return data

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        rows: dict[str, dict[str, Any]] = {key: {} for key in data.get("people", ())}
        rows |= {
            subject.key: {one.name: data[f"{subject.key}-{one.name}"] for one in self.how.row}
            for subject in self.known
            if any(data[f"{subject.key}-{one.name}"] is not None for one in self.how.row)
        }
        head = {one.name: data[one.name] for one in self.how.head}
        return {"head": head, "rows": rows, "document": data["document"], "body": data["body"]}


class OverForm(forms.Form):
    """Why a sheet is confirmed although the source accounts do not hold it."""

    over_why = forms.CharField(label=gettext_lazy("why more is confirmed"), max_length=200)


class PayForm(forms.Form):
    """From which source account a sheet is paid."""

    fund = forms.ModelChoiceField(label=gettext_lazy("source account"), queryset=PayFund.objects.none())
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    document = forms.CharField(label=gettext_lazy("decision number"), max_length=80, required=False)
    persons = forms.BooleanField(label=gettext_lazy("is paid on to persons"), initial=True, required=False)
    other_names = {"short": "fund"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = PayFund.objects.all()  # type: ignore[attr-defined]
