"""Words of schemes on pages: forms of scoring, rules for missing values, faults, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from performance.engine import region
from performance.engine.compare import Change
from performance.engine.exact import plain
from performance.engine.indicators import Indicator
from performance.engine.scheme import Item, Problem, Scheme
from performance.show import labels

named = labels.named

KINDS = [
    ("linear_higher", gettext_lazy("rising line: 0 points at one value, full points at another")),
    ("linear_lower", gettext_lazy("falling line: full points at one value, 0 points at a higher one")),
    ("steps", pgettext_lazy("form of scoring", "steps")),
    ("band", gettext_lazy("band with two sides")),
    ("mean", gettext_lazy("against the mean of the region")),
    ("own_last", gettext_lazy("against the own earlier value")),
    ("add_deduct", gettext_lazy("points added or deducted for every event")),
    ("expert", gettext_lazy("an opinion on a scale")),
    ("lights", gettext_lazy("traffic light: green, amber, red")),
]
SHORT: Mapping[str, Any] = {
    "linear_higher": gettext_lazy("rising line"),
    "linear_lower": gettext_lazy("falling line"),
    "steps": pgettext_lazy("form of scoring", "steps"),
    "band": gettext_lazy("band"),
    "mean": gettext_lazy("against the mean"),
    "own_last": gettext_lazy("against itself"),
    "add_deduct": gettext_lazy("points by event"),
    "expert": gettext_lazy("opinion"),
    "lights": gettext_lazy("traffic light"),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "linear_higher": ("base", "target"),
    "linear_lower": ("target", "zero_at"),
    "steps": (),
    "band": ("low", "high", "penalty_below", "penalty_above"),
    "mean": ("score_at_mean", "slope"),
    "own_last": ("score_at_equal", "slope", "months_back"),
    "add_deduct": ("start", "points_each", "floor", "ceiling"),
    "expert": ("full",),
    "lights": ("green_at", "amber_at", "green", "amber", "red"),
}
# Which fields a form of scoring asks for, in their order; the others do not count.
FIELDS: Mapping[str, tuple[str, ...]] = {
    **NEEDS,
    "steps": ("steps",),
    "mean": ("mean", "mode", *NEEDS["mean"]),
    "own_last": ("months_back", "mode", "score_at_equal", "slope"),
}
# What an indicator counts as beside its dimension: for floors, and for the balance of a scheme.
TAGS: Mapping[str, Any] = {
    "outcome": pgettext_lazy("counts as", "outcome"),
    "process": pgettext_lazy("counts as", "process"),
    "value": pgettext_lazy("counts as", "value"),
    "quantity": pgettext_lazy("counts as", "quantity"),
    "patient": pgettext_lazy("counts as", "judgement of patients"),
    "collaboration": pgettext_lazy("counts as", "collaboration"),
}
MODES = [
    ("pp", gettext_lazy("points of the value")),
    ("relative", gettext_lazy("percent of what it is compared with")),
]
MISSING = [
    ("", gettext_lazy("as the scheme says")),
    ("reweight", gettext_lazy("not assessed, the others count more")),
    ("not_assessed", gettext_lazy("the whole is not assessed")),
    ("block", gettext_lazy("the month waits")),
]
MISSED: Mapping[str, Any] = dict(MISSING)
PROBLEMS: Mapping[str, Any] = {
    "weights_not_100": gettext_lazy("%(column)s: the weights add up to %(found)s, not %(required)s"),
    "block_weight": gettext_lazy("%(column)s: %(about)s weighs %(found)s, decided are %(required)s"),
    "no_direction": gettext_lazy("%(column)s: %(about)s is for reading and is not scored"),
    "unknown_indicator": gettext_lazy("%(column)s: nobody knows the indicator %(about)s"),
    "direction": gettext_lazy("%(column)s: the form of %(about)s runs the wrong way"),
    "repeated_indicator": gettext_lazy("%(column)s: %(about)s stands there twice"),
    "unknown_dimension": gettext_lazy("%(column)s: %(about)s belongs to no dimension"),
    "negative_weight": gettext_lazy("%(column)s: the weight of %(about)s is negative"),
    "floor": gettext_lazy("%(column)s: %(about)s, found are %(found)s"),
    "nothing_divided": gettext_lazy("%(column)s: %(about)s divides nothing, so it has no rule for few cases"),
    "rolling": gettext_lazy("%(column)s: %(about)s over %(found)s months; 2 to %(required)s are possible"),
    "no_columns": gettext_lazy("The scheme scores nobody"),
}
LIMITS: Mapping[str, Any] = {
    "evaluators_not_100": gettext_lazy("the weights of the evaluators add up to %(found)s, not %(required)s"),
    "peer_range": gettext_lazy("members rate each other with %(found)s; the range is %(required)s"),
    "patient_min": gettext_lazy("%(column)s: patients weigh %(found)s, at least %(required)s are required"),
    "outcome_min": gettext_lazy(
        "%(column)s: health outcomes weigh %(found)s, at least %(required)s are required"
    ),
    "individual_collaboration_min": gettext_lazy(
        "%(column)s: collaboration weighs %(found)s, at least %(required)s are required"
    ),
    "patient_survey": gettext_lazy("%(column)s: no indicator asks patients how satisfied they are"),
    "patient_tracking": gettext_lazy("%(column)s: no indicator follows what became of patients"),
    "no_quality": gettext_lazy("no indicator counts as outcome; at least one of quality is required"),
}
CHANGES: Mapping[str, Any] = {
    "scheme": gettext_lazy("when a value is missing"),
    "column_added": gettext_lazy("scored from now on"),
    "column_removed": gettext_lazy("no longer scored"),
    "dimension_weight": gettext_lazy("weight of the dimension"),
    "item_added": gettext_lazy("new indicator, weight"),
    "item_removed": gettext_lazy("no longer an indicator, weight"),
    "weight": gettext_lazy("weight"),
    "dimension": gettext_lazy("dimension"),
    "form": gettext_lazy("form of scoring"),
    "block": gettext_lazy("weight decided for the dimension"),
    "floor": gettext_lazy("floor"),
}
RULES: Mapping[str, Any] = {
    "when_missing": gettext_lazy("when it has no value"),
    "minimum_n": gettext_lazy("least denominator to be assessed"),
    "rolling": gettext_lazy("with few cases, months taken together"),
    "pooled": gettext_lazy("with few cases, all of the kind taken together"),
    "tags": gettext_lazy("counts as"),
    "roles": gettext_lazy("roles"),
    "kinds": gettext_lazy("kinds of institution"),
    "mode": gettext_lazy("change counted in"),
    "months_back": gettext_lazy("compared with how many months earlier"),
    "steps": pgettext_lazy("form of scoring", "steps"),
}


class Names:
    """Names of the parts of a scheme for the reader; a code without a part stays the code."""

    def __init__(self, scheme: Scheme, indicators: Mapping[str, Indicator]) -> None:
        self.columns = {one.code: named(one) for one in scheme.columns}
        self.about = {
            **{code: named(one) for code, one in indicators.items()},
            **{one.code: named(one) for one in (*scheme.dimensions, *scheme.floors)},
        }

    def column(self, code: str) -> str:
        """The name of a column."""
        return self.columns.get(code, code)

    def of(self, code: str) -> str:
        """The name of an indicator, a dimension or a floor."""
        return self.about.get(code, code)


def problem(found: Problem, names: Names, columns: Sequence[str] = ()) -> str:
    """A fault of a scheme in one sentence; `columns`: all that have it, where they are several."""
    template = PROBLEMS.get(found.code) or LIMITS.get(found.code)
    if template is None:  # a form that contradicts itself
        from performance.engine.forms import FormRefused

        said = _(FormRefused.reasons[found.code])
        return f"{names.column(found.column)} · {names.of(found.about)}: {said}"
    return str(template) % {
        "column": "、".join(map(names.column, columns or [found.column])), "about": names.of(found.about),
        "found": found.found, "required": found.required,
    }  # fmt: skip


def change(found: Change) -> str:
    """What kind of difference it is."""
    if found.what in CHANGES:
        return str(CHANGES[found.what])
    return str(RULES.get(found.name) or labels.NUMBERS.get(found.name, found.name))


def value(text: str | None, found: Change, names: Names) -> str:
    """A value of a difference: words for kinds and rules, numbers as they are."""
    if text is None or text == "":
        return "—"
    known = {**SHORT, **MISSED, **dict(MODES), "True": _("yes")}
    if found.what == "dimension":
        return names.of(text)
    if found.name == "tags":
        return "、".join(str(TAGS.get(tag, tag)) for tag in text.split(", "))
    return str(known.get(text, text))


def form(item: Item) -> str:
    """A form of scoring in one line: kind and its numbers."""
    from performance.engine.compare import numbers

    told = [
        f"{RULES.get(name) or labels.NUMBERS.get(name, name)} {dict(MODES).get(text, text)}"
        for name, text in numbers(item.form).items()
        if text is not None
    ]
    if region.asks(item.form):
        told.insert(0, _("the mean of all institutions of the month"))
    return f"{SHORT[item.form.kind]}: {', '.join(told)}{few(item)}"


def few(item: Item) -> str:
    """What an item says about few cases, behind its form."""
    told = [_("over %(n)d months") % {"n": item.rolling}] if item.rolling else []
    told += [_("with all of the kind")] if item.pooled else []
    return _("; with few cases %(ways)s") % {"ways": _(", else ").join(told)} if told else ""


def weight(item: Item) -> str:
    """A weight as the scheme writes it."""
    return plain(item.weight)
