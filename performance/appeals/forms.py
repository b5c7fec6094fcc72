"""Forms of appeals: file, assign, answer, uphold with the corrected numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.asked import parsed
from alliance.web.form_fields import NumberField, YuanField
from alliance.web.refused import add_refusal
from performance.appeals import forms_cases, values, words
from performance.appeals.services import correcting
from performance.appeals.services.correcting import Decision, FactKey
from performance.appeals.services.effect import Effect
from performance.appeals.services.filing import USUAL, NewLine
from performance.appeals.subjects import Subject
from performance.declared.uploads import EvidenceField
from performance.models import Appeal, AppealLine
from performance.show import labels

About = AppealLine.About


def _words(label: Any, length: int = 2000, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 4}), **more)


class FileForm(forms.Form):
    """The appeal: what kind, what is wrong, evidence; of every number what is right instead."""

    is_multipart_form = True

    def __init__(
        self, data: Any = None, files: Any = None, *, subjects: Sequence[Subject],
        others: Sequence[Subject] = (), **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, files, **more)
        self.subjects, self.others = list(subjects), {one.key: one for one in others}
        fields: dict[str, Any] = self.fields
        for one in self.subjects:
            if one.about == About.PAY:
                fields[f"fen_{one.key}"] = YuanField(
                    initial=one.fen or None,
                    label=_("amount in question (yuan): %(name)s") % {"name": words.subject(one)},
                    help_text=_("The line as it stands: %(yuan)s yuan; at most what the pot has, %(most)s.")
                    % {"yuan": web_words.yuan(one.fen), "most": web_words.yuan(one.most)},
                )  # fmt: skip
            fields[f"said_{one.key}"] = forms.CharField(
                label=_("what is right instead: %(name)s") % {"name": words.subject(one)}, max_length=500,
                required=False,
            )  # fmt: skip
        if self.others:
            fields["others"] = forms.MultipleChoiceField(
                label=_("also about"),
                required=False,
                widget=forms.CheckboxSelectMultiple(),
                choices=[(key, words.subject(one)) for key, one in self.others.items()],
                help_text=_("Of a line of pay chosen here the whole is disputed."),
            )
        self._said()

    def _said(self) -> None:
        """What kind it is, what is wrong, with evidence."""
        fields: dict[str, Any] = self.fields
        usual = USUAL[self.subjects[0].about] if self.subjects else Appeal.Kind.PERSONAL
        fields["kind"] = forms.ChoiceField(
            label=pgettext_lazy("appeal", "kind"), choices=Appeal.Kind.choices, initial=usual
        )
        fields["text"] = _words(gettext_lazy("what is wrong and why"))
        fields["files"] = EvidenceField()

    def clean(self) -> dict[str, Any]:
        """What is right instead of a person's indicator is a number it can have."""
        data: dict[str, Any] = super().clean() or {}
        for one in self.subjects:
            name = f"said_{one.key}"
            if one.about != About.OWN or not (text := str(data.get(name) or "").strip()):
                continue
            right = values.typed(text)
            if right is None:
                self.add_error(name, _("Write what is right as a number, such as 9."))
                continue
            try:
                values.check(one.row.subject.run, one.row.indicator, one.row.value, right, field=name)
            except Refused as error:
                add_refusal(self, error)
        return data

    def lines(self) -> list[NewLine]:
        """Every number with what was said of it."""
        data = self.cleaned_data
        first = [
            NewLine(one, data.get(f"said_{one.key}", ""), data.get(f"fen_{one.key}")) for one in self.subjects
        ]
        more = [self.others[key] for key in data.get("others", [])]
        return [
            *first,
            *(NewLine(one, "", (one.fen or one.most) if one.about == About.PAY else None) for one in more),
        ]


class AddForm(FileForm):
    """What is added to an open appeal: words, evidence, further numbers; one of them is enough."""

    def _said(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["text"] = _words(gettext_lazy("what is added"), required=False)
        fields["files"] = EvidenceField()


class AssignForm(forms.Form):
    """To whom it is given: only people who are not involved."""

    handler = forms.TypedChoiceField(label=gettext_lazy("examined by"), coerce=int)

    def __init__(self, data: Any = None, *, free: Sequence[Membership], **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["handler"].choices = [(one.pk, words.person(one)) for one in free]


class AnswerForm(forms.Form):
    """Why a number stands."""

    answer = _words(pgettext_lazy("appeal", "answer"))


class SecondForm(forms.Form):
    """Why the first answer is not right."""

    text = _words(gettext_lazy("what is wrong with the answer"))


class UpholdForm(forms.Form):
    """The answer with the corrected numbers: points, facts of the month, money given back."""

    def __init__(
        self, data: Any = None, *, appeal: Appeal, lines: Sequence[AppealLine],
        facts: Sequence[tuple[FactKey, Any]], points: dict[int, Decimal], **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, **more)
        self.facts, self.points = list(facts), points
        self.resting: list[int] = []  # lines of pay proposed because they may rest on a corrected indicator
        fields: dict[str, Any] = self.fields
        fields["answer"] = _words(pgettext_lazy("appeal", "answer"))
        self._lines(lines)
        self._pay(lines)
        self._facts()
        if len(fields) > 1:
            fields["bearer"] = forms.ChoiceField(
                label=gettext_lazy("who bears the difference"), choices=Appeal.Bearer.choices,
                widget=forms.RadioSelect(), initial=Appeal.Bearer.SOURCE,
            )  # fmt: skip
        if appeal.kind == Appeal.Kind.INDICATOR:
            fields["from_month"] = forms.CharField(
                label=gettext_lazy("the indicator changes from month"), max_length=7, required=False,
                help_text=gettext_lazy("Such as 2026-12. A version of the scheme carries it out."),
            )  # fmt: skip

    def _lines(self, lines: Sequence[AppealLine]) -> None:
        """Values of persons' indicators, deductions given back, what is right of cases."""
        fields: dict[str, Any] = self.fields
        self.lines = list(lines)
        for line in lines:
            fields.update(forms_cases.fields(line))
            if line.own is not None:
                fields[f"value_{line.number}"] = NumberField(
                    label=_("corrected value: %(name)s") % {"name": words.line(line)}, required=False,
                    max_digits=30, decimal_places=6,
                    help_text=_(
                        "Counts once a second person agrees: it then stands beside the indicator in the slip "
                        "of %(month)s. Scores already computed stay; pay moves by the points below alone."
                    ) % {"month": web_words.month(line.appeal.month)},
                )  # fmt: skip
            if line.deduction is not None:
                fields[f"back_{line.deduction_id}"] = YuanField(
                    label=_("given back of the deduction (yuan)"), required=False
                )

    def _pay(self, lines: Sequence[AppealLine]) -> None:
        """Points of every line of pay, named or proposed."""
        fields: dict[str, Any] = self.fields
        named = {line.pay_line_id for line in lines}
        rest = any(line.own is not None for line in lines)
        for pay in correcting.pay_lines(lines):
            if rest and pay.pk not in named:
                self.resting.append(pay.pk)
                fields[f"rests_{pay.pk}"] = forms.BooleanField(
                    label=_("rests on the corrected indicator: %(name)s") % {"name": words.pay_line(pay)},
                    required=False, initial=True,
                    help_text=_("Proposed as the person's line of this month. Give its points below as they "
                                "follow, or take the mark off."),
                )  # fmt: skip
            fields[f"points_{pay.pk}"] = NumberField(
                label=_("corrected points: %(name)s") % {"name": f"{pay.staff} · {pay.pot.place}"},
                min_value=0, max_digits=12, decimal_places=4,
                initial=web_words.plain(self.points[pay.pk]),
            )  # fmt: skip

    def _facts(self) -> None:
        """Facts of the month behind the values of indicators."""
        fields: dict[str, Any] = self.fields
        for number, ((_pk, code, name), value) in enumerate(self.facts):
            fields[f"fact_{number}"] = NumberField(
                label=f"{labels.fact(name)} · {code}", min_value=0, required=False, max_digits=30,
                decimal_places=6, initial=None if value is None else web_words.plain(value, 6),
            )  # fmt: skip

    def ask(self, found: Effect) -> None:
        """Ask what such an effect needs: that less is meant, why more than asked for."""
        fields: dict[str, Any] = self.fields
        if found.lowers:
            fields["lowers"] = forms.BooleanField(
                label=_("Whoever appealed gets %(yuan)s yuan less by this, and that is meant")
                % {"yuan": web_words.yuan(-found.fen)}, required=False,
            )  # fmt: skip
        if found.more:
            fields["more_why"] = forms.CharField(
                label=_("why more than was asked for"), max_length=500, required=False,
                help_text=_("Asked for: %(asked)s yuan; this gives %(yuan)s yuan.") % {
                    "asked": web_words.yuan(found.asked), "yuan": web_words.yuan(found.fen),
                },
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Every line said to rest on a corrected indicator has other points; so none is forgotten."""
        data: dict[str, Any] = super().clean() or {}
        corrected = any(name.startswith("value_") and value is not None for name, value in data.items())
        for pk in self.resting:
            points = data.get(f"points_{pk}")
            if corrected and data.get(f"rests_{pk}") and points == self.points[pk]:
                self.add_error(
                    f"points_{pk}",
                    _("These are the points as they stand. Give those that follow from the corrected value, "
                      "or take the mark off this line."),
                )  # fmt: skip
        return data

    def typed(self) -> dict[str, str]:
        """Everything as it was typed, to be kept."""
        kept = {name: str(self.data.get(name, ""))[:2000] for name in self.fields}
        return {name: text for name, text in kept.items() if text or name.startswith("rests_")}

    def in_words(self, typed: Mapping[str, Any]) -> list[parts.Fact]:
        """What somebody kept of this form, label by label, choices in words; empty fields left out."""
        found, fields = [], self.fields
        for name, field in fields.items():
            text = str(typed.get(name, ""))
            if isinstance(field, forms.BooleanField):
                text = str(_("yes") if text else _("no")) if name in typed else ""
            elif isinstance(field, forms.ChoiceField):
                text = str(dict(field.choices).get(text, text))  # type: ignore[arg-type]
            if text:
                found.append(parts.Fact(str(field.label), text))
        return found

    def clean_from_month(self) -> Month | None:
        """A month, or none."""
        text = str(self.cleaned_data["from_month"]).strip()
        found = parsed(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("Write a month as 2026-12."))
        return found

    def decision(self) -> Decision:
        """Only what differs from the number as it stands is a correction."""
        data = self.cleaned_data
        points = {
            pk: data[f"points_{pk}"] for pk, so_far in self.points.items()
            if data.get(f"points_{pk}") is not None and data[f"points_{pk}"] != so_far
        }  # fmt: skip
        facts = {
            key: data[f"fact_{number}"] for number, (key, so_far) in enumerate(self.facts)
            if data.get(f"fact_{number}") is not None
            and (so_far is None or data[f"fact_{number}"] != Decimal(so_far))
        }  # fmt: skip
        back = {int(name[5:]): fen for name, fen in data.items() if name.startswith("back_") and fen}
        values = {
            int(name[6:]): value for name, value in data.items()
            if name.startswith("value_") and value is not None
        }  # fmt: skip
        return Decision(
            data.get("bearer", ""), points, facts, back, data.get("from_month"), values,
            forms_cases.rights(self.lines, data), lowers=bool(self.data.get("lowers")),
            more_why=str(self.data.get("more_why", ""))[:500],
        )  # fmt: skip
