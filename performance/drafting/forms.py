"""Forms of drafts: what a non-programmer fills in, and how it becomes values of the engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.approvals import chains
from alliance.lib.digits import plain_digits
from alliance.lib.period import Month
from alliance.web.asked import read_month
from alliance.web.form_fields import NumberField, WholeField
from alliance.web.refused import worded
from performance.drafting import words as drafting_words
from performance.engine.forms import (
    AddDeduct,
    AgainstLast,
    AgainstMean,
    Band,
    Expert,
    Form,
    FormRefused,
    Lights,
    LinearHigher,
    LinearLower,
    Step,
    Steps,
)
from performance.engine.indicators import Indicator
from performance.engine.scheme import ROLLING, Column, Item, Scheme

PLACES = {"max_digits": 16, "decimal_places": 6}
MOST = 10**10  # what the digits above hold


def number(label: Any, **more: Any) -> forms.DecimalField:
    """A number of a form of scoring; a missing one is named by the kind that needs it."""
    return NumberField(label=label, required=False, localize=False, **PLACES, **more)


class TermsForm(forms.Form):
    """Name, version and first month of a draft."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    label = forms.CharField(label=gettext_lazy("version"), max_length=20)
    month = forms.CharField(
        label=gettext_lazy("in force from (month)"), max_length=7,
        widget=forms.TextInput(attrs={"placeholder": "2027-01", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_month(self) -> Month:
        """A month as pages write it."""
        from alliance.lib.period import PeriodRefused

        try:
            return read_month(self.cleaned_data["month"].strip())
        except PeriodRefused as refused:
            raise forms.ValidationError(worded(refused)) from None


class CopyForm(TermsForm):
    """The same for a new draft, whose name is that of the version it is copied from."""

    name = None  # type: ignore[assignment]


class ChainForm(forms.Form):
    """Who decides: a chain as the alliance keeps it."""

    chain = forms.ChoiceField(label=gettext_lazy("who decides"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = chains.meant_for("performance.scheme").order_by("code", "-from_date")
        found = {row.code: str(row) for row in reversed(rows)}
        self.fields["chain"].choices = list(found.items())  # type: ignore[attr-defined]


class AddForm(forms.Form):
    """One indicator more in one column or several."""

    indicator = forms.ChoiceField(label=gettext_lazy("indicator"))
    dimension = forms.ChoiceField(label=gettext_lazy("dimension"))
    columns = forms.MultipleChoiceField(label=gettext_lazy("scored for"), widget=forms.CheckboxSelectMultiple)
    weight = NumberField(
        label=gettext_lazy("weight (of 100)"), min_value=0, max_value=100, **PLACES, initial=Decimal(5)
    )

    def __init__(self, *args: Any, scheme: Scheme, known: dict[str, Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = drafting_words.named
        self.fields["indicator"].choices = [(code, named(one)) for code, one in known.items()]  # type: ignore[attr-defined]
        self.fields["dimension"].choices = [(one.code, named(one)) for one in scheme.dimensions]  # type: ignore[attr-defined]
        self.fields["columns"].choices = [(one.code, named(one)) for one in scheme.columns]  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """How one indicator is scored in one column."""

    weight = NumberField(label=gettext_lazy("weight (of 100)"), min_value=0, max_value=100, **PLACES)
    dimension = forms.ChoiceField(label=gettext_lazy("dimension"))
    kind = forms.ChoiceField(
        label=gettext_lazy("form of scoring"), choices=drafting_words.KINDS, widget=forms.RadioSelect
    )
    base = number(gettext_lazy("0 points at"))
    target = number(gettext_lazy("full points at"))
    zero_at = number(gettext_lazy("0 points again at"))
    steps = forms.CharField(
        label=pgettext_lazy("form of scoring", "steps"), required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("one line each: value = points, for example 80 = 60"),
    )  # fmt: skip
    low = number(gettext_lazy("lower end of the band"))
    high = number(gettext_lazy("upper end of the band"))
    penalty_below = number(gettext_lazy("points lost per unit below"), min_value=0)
    penalty_above = number(gettext_lazy("points lost per unit above"), min_value=0)
    mean = number(
        gettext_lazy("declared mean"),
        help_text=gettext_lazy("empty: computed from all institutions of the month"),
    )
    score_at_mean = number(gettext_lazy("points at the mean"))
    score_at_equal = number(gettext_lazy("points when equal"))
    slope = number(gettext_lazy("points per unit of change"), min_value=0)
    mode = forms.ChoiceField(
        label=gettext_lazy("change counted in"), choices=drafting_words.MODES, required=False
    )
    months_back = WholeField(
        label=gettext_lazy("compared with how many months earlier"), min_value=1, max_value=60, required=False
    )
    start = number(gettext_lazy("points to begin with"))
    points_each = number(
        gettext_lazy("points for each event"), help_text=gettext_lazy("below 0 they are deducted")
    )
    floor = number(gettext_lazy("least points"), min_value=0, max_value=100)
    ceiling = number(gettext_lazy("most points"), min_value=0, max_value=100)
    full = number(gettext_lazy("full mark of the opinion"))
    green_at = number(gettext_lazy("green from"), help_text=gettext_lazy("where lower is better: up to"))
    amber_at = number(gettext_lazy("amber from"), help_text=gettext_lazy("where lower is better: up to"))
    green = number(gettext_lazy("points of green"), min_value=0, max_value=100)
    amber = number(gettext_lazy("points of amber"), min_value=0, max_value=100)
    red = number(gettext_lazy("points of red"), min_value=0, max_value=100)
    when_missing = forms.ChoiceField(
        label=gettext_lazy("when it has no value"), choices=drafting_words.MISSING, required=False
    )
    minimum_n = WholeField(
        label=gettext_lazy("least denominator to be assessed"), min_value=0, max_value=10**9, required=False
    )
    rolling = WholeField(
        label=gettext_lazy("with few cases, months taken together"), min_value=ROLLING[0],
        max_value=ROLLING[-1], required=False, help_text=gettext_lazy("empty: none; the usual number is 12"),
    )  # fmt: skip
    pooled = forms.BooleanField(
        label=gettext_lazy("with few cases, all of the kind taken together"), required=False,
        help_text=gettext_lazy("where the months, if any, are still too few; else it is not assessed"),
    )  # fmt: skip
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("counts as"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("for the floors and for the balance of the scheme"),
    )  # fmt: skip

    def __init__(self, *args: Any, scheme: Scheme, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        choices = [(one.code, drafting_words.named(one)) for one in scheme.dimensions]
        self.fields["dimension"].choices = choices  # type: ignore[attr-defined]
        own = {tag for column in scheme.columns for item in column.items for tag in item.tags}
        tags = {**drafting_words.TAGS, **{tag: tag for tag in sorted(own - drafting_words.TAGS.keys())}}
        self.fields["tags"].choices = list(tags.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The whole must make a form without contradiction."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            data["form"] = self._form(data)
        return data

    def item(self) -> Item:
        """What was typed as a value of the engine."""
        data = self.cleaned_data
        return Item(
            indicator=self.indicator.code,
            dimension=data["dimension"],
            weight=data["weight"],
            form=data["form"],
            when_missing=data["when_missing"] or None,
            minimum_n=data["minimum_n"],
            tags=tuple(data["tags"]),
            rolling=data["rolling"] or 0,
            pooled=data["pooled"],
        )

    def _form(self, data: dict[str, Any]) -> Form:
        made = self._made(data)
        if made is None:
            raise forms.ValidationError(_("Fill in the numbers of this form of scoring."))
        if refusal := made.refusal():
            raise forms.ValidationError(_(FormRefused.reasons[refusal]))
        return made

    def _made(self, data: dict[str, Any]) -> Form | None:
        kind, direction = data["kind"], self.indicator.direction
        if any(data.get(name) is None for name in drafting_words.NEEDS[kind]):
            for name in drafting_words.NEEDS[kind]:
                if data.get(name) is None:
                    self.add_error(name, _("This form of scoring needs the number."))
            return None
        if kind == "linear_higher":
            return LinearHigher(base=data["base"], target=data["target"])
        if kind == "linear_lower":
            return LinearLower(target=data["target"], zero_at=data["zero_at"])
        if kind == "band":
            return Band(data["low"], data["high"], data["penalty_below"], data["penalty_above"])
        if kind == "mean":
            change = data["mode"] or "relative"
            return AgainstMean(direction, data["mean"], data["score_at_mean"], data["slope"], mode=change)
        if kind == "own_last":
            months = data["months_back"]
            return AgainstLast(direction, data["mode"] or "pp", data["score_at_equal"], data["slope"], months)
        if kind == "add_deduct":
            return AddDeduct(data["start"], data["points_each"], data["floor"], data["ceiling"])
        if kind == "expert":
            return Expert(data["full"])
        if kind == "lights":
            needs = drafting_words.NEEDS[kind]
            return Lights(direction, **{name: data[name] for name in needs})
        return Steps(direction, self._steps(data["steps"]))

    def _steps(self, text: str) -> tuple[Step, ...]:
        found = []
        for place, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
            at, sign, points = line.replace("＝", "=").partition("=")
            try:
                found.append(Step(_written(at), _written(points)))
            except ArithmeticError:
                sign = ""
            if not sign:
                message = _("Line %(line)d: write value = points, such as 80 = 60.") % {"line": place}
                raise forms.ValidationError({"steps": message})
        steps = tuple(sorted(found, key=lambda step: step.at))
        given = [step.points for step in steps]
        if given != sorted(given, reverse=self.indicator.direction == "lower"):
            raise forms.ValidationError({"steps": _("A better value must not give fewer points.")})
        return steps


def _written(text: str) -> Decimal:
    """A number as the other fields take it. Raises ArithmeticError."""
    number = Decimal(plain_digits(text))
    if not number.is_finite() or abs(number) >= MOST or number != round(number, PLACES["decimal_places"]):
        raise ArithmeticError
    return number


def initial_of(item: Item) -> dict[str, Any]:
    """What the form shows of an item."""
    from performance.engine.compare import numbers
    from performance.engine.exact import plain

    shown: dict[str, Any] = {**numbers(item.form), "kind": item.form.kind, "weight": plain(item.weight)}
    if isinstance(item.form, Steps):
        shown["steps"] = "\n".join(f"{plain(step.at)} = {plain(step.points)}" for step in item.form.steps)
    return {
        **shown, "dimension": item.dimension, "when_missing": item.when_missing or "",
        "minimum_n": item.minimum_n, "tags": list(item.tags), "rolling": item.rolling or None,
        "pooled": item.pooled,
    }  # fmt: skip


def weight_name(column: Column, item: Item) -> str:
    """The name of a weight's input."""
    return f"weight.{column.code}.{item.indicator}"
