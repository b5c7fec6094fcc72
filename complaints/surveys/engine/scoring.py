"""Points of one answer, 0 to 100: each sub-scale the mean of its questions, the total the mean of its scales.

Levels of satisfaction become points by a dated parameter (sv.level_points). Of a quiz the share of right
answers counts, in percent. A question that was left out counts nowhere; a scale of which nothing was answered
is not known, and then there is no total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from complaints.surveys.engine.kinds import TOTAL, Kind
from complaints.surveys.engine.questions import CHOICE, SCALE, Question

Values = Mapping[str, int | str]  # by code of the question: a level, or the code of an option
LevelPoints = Mapping[int, Fraction]


@dataclass(frozen=True, slots=True)
class Score:
    """What one answer comes to: points by scale with the total; of a quiz how many were right of how many."""

    points: Mapping[str, Fraction]
    right: int = 0
    asked: int = 0


def score(kind: Kind, questions: Sequence[Question], values: Values, levels: LevelPoints) -> Score:
    """The points of one answer (0 to 100, exact)."""
    return _quiz(questions, values) if kind.quiz else Score(_scales(kind, questions, values, levels))


def _quiz(questions: Sequence[Question], values: Values) -> Score:
    """A question left out is not known, so not right (S1-28: who does not know)."""
    asked = [one for one in questions if one.form == CHOICE]
    right = sum(values.get(one.code) == one.right for one in asked)
    return Score({TOTAL: Fraction(100 * right, len(asked))} if asked else {}, right, len(asked))


def _scales(
    kind: Kind, questions: Sequence[Question], values: Values, levels: LevelPoints
) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for scale in kind.scales:
        given = [
            levels[int(values[one.code])]
            for one in questions
            if one.form == SCALE and one.scale == scale and one.code in values
        ]
        if given:
            found[scale] = sum(given, Fraction(0)) / len(given)
    if len(found) == len(kind.scales):
        found[TOTAL] = sum(found.values(), Fraction(0)) / len(found)
    return found
