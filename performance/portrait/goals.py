"""What would bring points back, in the words and the counted things of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.web import words
from performance.engine.forms import Form
from performance.engine.indicators import Indicator
from performance.engine.reach import Goal, Missing, goal, missing
from performance.models import IndicatorValue, Score
from performance.show import labels


@dataclass(frozen=True)
class Found:
    """A goal, the points of the total it would give, and how many things stand in between."""

    goal: Goal
    gain: Fraction
    missing: Missing | None


def found(indicator: Indicator, form: Form, value: IndicatorValue, score: Score) -> Found | None:
    """The goal of one indicator of one institution; None where nothing is to gain or nothing was assessed."""
    if value.value is None or score.score is None or score.weight_in_effect is None:
        return None
    aim = goal(form, value.value, _last(score))
    if aim is None:
        return None
    gain = Fraction(score.weight_in_effect) * (aim.points - Fraction(score.score)) / 100
    return Found(aim, gain, _missing(indicator, value, aim)) if gain > 0 else None


def _last(score: Score) -> Decimal | None:
    """The own earlier value, as the formula of the points names it."""
    token = next((token for token in score.tokens if token.get("name") == "last"), None)
    return Decimal(token["value"]) if token and token["value"] is not None else None


def _missing(indicator: Indicator, value: IndicatorValue, aim: Goal) -> Missing | None:
    money = any(key.endswith("_fen") for key in (*indicator.numerator, *indicator.denominator))
    if money or value.numerator is None or value.denominator is None:
        return None
    return missing(indicator.form, indicator.scale, value.numerator, value.denominator, aim.value)


def sentence(found: Found | None, indicator: Indicator) -> str:
    """The goal in words: the value, the points it gives, how many more or fewer of what is counted."""
    if found is None:
        return ""
    aim = f"{words.num(found.goal.value, indicator.decimals)} {labels.unit(indicator)}".strip()
    full = found.goal.points == 100
    head = (
        _("Full points at %(value)s") if full else _("The next step, %(points)s points, at %(value)s")
    ) % {"value": aim, "points": words.num(found.goal.points)}
    if found.missing is None:
        return head
    return f"{head}{_(': ')}{_counted(found.missing, indicator)}"


def _counted(gap: Missing, indicator: Indicator) -> str:
    things = " + ".join(labels.fact(key) for key in indicator.numerator)
    template = (
        ngettext("%(n)d fewer of %(things)s", "%(n)d fewer of %(things)s", gap.count)
        if gap.few
        else ngettext("%(n)d more of %(things)s", "%(n)d more of %(things)s", gap.count)
    )
    return template % {"n": gap.count, "things": things}
