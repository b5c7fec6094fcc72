"""All institutions of a month beside each other: dimensions, small lines over the months, what is unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.web import words
from alliance.web.profile_charts import Spark, spark
from performance.models import Line
from performance.portrait import signals
from performance.portrait.past import Past, past, rule
from performance.show import labels, table
from performance.show.frame import Frame

Ends = tuple[Decimal, Decimal] | None


@dataclass(frozen=True)
class Row:
    """One institution: its score over the months, its dimensions, how much of it is unusual."""

    line: Line
    url: str
    spark: Spark
    cells: Sequence[tuple[str, table.Cell]]
    worse: int
    others: int


@dataclass(frozen=True)
class Group:
    """The institutions scored alike."""

    name: str
    rows: Sequence[Row]


def page(frame: Frame) -> dict[str, Any]:
    """The comparison; a number of queries that does not grow with institutions, indicators or months."""
    by, lines = rule(frame.month), frame.lines()
    before = past(frame.month, by)
    known = [score for line in lines for score in before.scores(line.institution_id) if score is not None]
    ends = (min(known), max(known)) if known else None
    unusual = {line.pk: signals.of_institution(frame, line, before, by) for line in lines}
    groups = [
        Group(labels.named(column), [_row(frame, one, before, unusual[one.pk], ends) for one in lines
                                     if one.column == column.code])
        for column in frame.scheme.columns
    ]  # fmt: skip
    told = [one for line in lines for one in unusual[line.pk]]
    return {
        "title": _("Institutions compared, %(month)s") % {"month": words.month(frame.month)},
        "frame": frame, "month": frame.month, "run": frame.run, "chip": labels.chip(frame.run), "rule": by,
        "groups": [group for group in groups if group.rows],
        "ends": ends,
        "dimension_names": [labels.named(one) for one in frame.scheme.dimensions],
        "told": sorted(told, key=lambda one: one.kind != "late"),
    }  # fmt: skip


def _row(frame: Frame, line: Line, before: Past, unusual: Sequence[signals.Shown], ends: Ends) -> Row:
    code = line.institution.code
    url = frame.url("month-portrait", code) if frame.opens(line.institution) else ""
    scores = before.scores(line.institution_id)
    known = [words.num(score, 2) for score in scores if score is not None]
    said = _("%(name)s, score by month: %(scores)s") % {
        "name": line.institution.short_name, "scores": ", ".join(known) or words.DASH,
    }  # fmt: skip
    worse = sum(one.kind == "late" for one in unusual)
    cells = [(labels.named(one), table.cell(line, one.code, url)) for one in frame.scheme.dimensions]
    return Row(line, url, spark(scores, said, ends=ends), cells, worse, len(unusual) - worse)
