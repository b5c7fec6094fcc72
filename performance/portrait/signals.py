"""Unusual movement in words: of one institution, and of all institutions of a month (S3-28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import words
from performance.engine.control import Judged, Reading, Rule, Signal
from performance.engine.indicators import Indicator
from performance.models import Line
from performance.portrait.past import Past
from performance.show import labels
from performance.show.frame import Frame

WORDS: Mapping[str, Any] = {
    "above": gettext_lazy("above its limit"),
    "below": gettext_lazy("below its limit"),
    "run_above": gettext_lazy("long above its centre"),
    "run_below": gettext_lazy("long below its centre"),
    "rise": gettext_lazy("sudden rise"),
    "fall": gettext_lazy("sudden fall"),
}
SENTENCES: Mapping[str, Any] = {
    "above": gettext_lazy("%(value)s is above the upper limit of usual movement, %(compared)s."),
    "below": gettext_lazy("%(value)s is below the lower limit of usual movement, %(compared)s."),
    "run_above": gettext_lazy("%(value)s is the last of %(run)d months above the mean, %(compared)s."),
    "run_below": gettext_lazy("%(value)s is the last of %(run)d months below the mean, %(compared)s."),
    "rise": gettext_lazy("%(value)s after %(compared)s: a rise of %(jump)s %% or more within one month."),
    "fall": gettext_lazy("%(value)s after %(compared)s: a fall of %(jump)s %% or more within one month."),
}
KINDS = {"worse": "late", "better": "ok", "other": "warn"}


@dataclass(frozen=True)
class Shown:
    """One reason to look: whose, which indicator, in words; `at` names where it opens."""

    institution: str
    name: str
    frame: Frame
    at: tuple[str, ...]
    kind: str
    word: str
    sentence: str
    indicator: str = ""

    @property
    def url(self) -> str:
        """Where it opens; only a page asks: who fills an agenda in the background has no addresses."""
        return self.frame.url(*self.at)


def of_institution(frame: Frame, line: Line, before: Past, by: Rule) -> list[Shown]:
    """Everything unusual of one institution, the worse side first, then as the indicators stand."""
    found = [
        one
        for indicator in frame.indicators.values()
        for one in of_indicator(frame, line, indicator, before.judged(line.institution_id, indicator, by), by)
    ]
    return sorted(found, key=lambda one: one.kind != KINDS["worse"])


def of_indicator(frame: Frame, line: Line, indicator: Indicator, judged: Judged, by: Rule) -> list[Shown]:
    """What is unusual of one indicator of one institution."""
    return [_shown(frame, line, indicator, judged, signal, by) for signal in judged.signals]


def _shown(frame: Frame, line: Line, indicator: Indicator, judged: Judged, signal: Signal, by: Rule) -> Shown:
    unit = labels.unit(indicator)
    sentence = str(SENTENCES[signal.kind]) % {
        "value": f"{labels.value(judged.value, indicator)} {unit}".strip(),
        "compared": f"{words.num(signal.compared, indicator.decimals)} {unit}".strip(),
        "run": by.run, "jump": words.num(by.jump),
    }  # fmt: skip
    at = (
        ("month-why-indicator", line.institution.code, indicator.code)
        if frame.opens(line.institution)
        else ("month-indicator", indicator.code)
    )
    return Shown(
        line.institution.short_name, labels.named(indicator), frame, at, KINDS[signal.side], word(signal),
        sentence, indicator.code,
    )  # fmt: skip


def word(signal: Signal) -> str:
    """The chip of a signal."""
    return str(WORDS[signal.kind])


def usual(judged: Judged, indicator: Indicator) -> str:
    """The limits as a range, or a dash where there are too few months."""
    if judged.limits is None:
        return words.DASH
    ends = (judged.limits.low, judged.limits.high)
    return " – ".join(words.num(end, indicator.decimals) for end in ends)


def spoken(indicator: Indicator, months: Sequence[Month], series: Sequence[Reading]) -> str:
    """The values of a small line for those who hear it."""
    known = [
        f"{words.month(month)} {labels.value(one.value, indicator)}"
        for month, one in zip(months, series, strict=True)
        if one.value is not None
    ]
    return labels.named(indicator) + _(": ") + _(", ").join(known) if known else labels.named(indicator)
