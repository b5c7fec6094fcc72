"""Keeping a computed level: subjects first, then their narrow rows by COPY; a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from alliance.lib.canonical import canonical
from alliance.sql import copy_rows
from performance.engine.levels import Result
from performance.levels.facts import Found
from performance.levels.subjects import Who
from performance.models import LevelFact, LevelRun, LevelScore, LevelSubject

SUBJECT = [
    "run_id", "institution_id", "department_id", "staff_id", "code", "role", "kind", "column", "status",
    "score", "points", "possible", "missing", "dimensions",
]  # fmt: skip
SCORE = ["subject_id", "indicator", "value", "numerator", "denominator", "score", "reason"]
FACT = ["subject_id", "month", "key", "value", "kind", "count", "ids"]
Scored = Sequence[tuple[Who, Result]]


def keep(run: LevelRun, scored: Scored, facts: Iterable[Found]) -> str:
    """Store everything of a run and return the digest of its result."""
    copy_rows(LevelSubject._meta.db_table, SUBJECT, (_subject(run, *one) for one in scored))
    ids = dict(LevelSubject.objects.filter(run=run).values_list("code", "pk"))
    copy_rows(LevelScore._meta.db_table, SCORE, _scores(scored, ids))
    known = {who.pk: ids[who.subject.code] for who, _result in scored}
    copy_rows(LevelFact._meta.db_table, FACT, _facts(facts, known))
    return digest(scored)


def _subject(run: LevelRun, who: Who, found: Result) -> tuple[object, ...]:
    dimensions = [[code, str(points), str(possible)] for code, points, possible in found.dimensions]
    return (
        run.pk, who.institution_id, who.department_id, who.staff_id, who.subject.code, who.subject.role,
        who.subject.kind, found.column, found.status, found.score, found.points, found.possible,
        list(found.missing), canonical(dimensions).decode(),
    )  # fmt: skip


def _scores(scored: Scored, ids: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for who, found in scored:
        pk = ids[who.subject.code]
        for cell in found.cells:
            one = cell.measured
            yield pk, cell.indicator, one.value, one.top, one.bottom, cell.score, one.reason


def _facts(facts: Iterable[Found], known: Mapping[int, int]) -> Iterator[tuple[object, ...]]:
    for one in facts:
        if (pk := known.get(one.pk)) is not None:
            ids: Any = None if one.ids is None else list(one.ids)
            yield pk, one.month.first_day, one.key, one.value, one.kind, one.count, ids


def digest(scored: Scored) -> str:
    """SHA-256 over every subject with its indicators, line by line, in order of the codes."""
    found = hashlib.sha256()
    for who, result in sorted(scored, key=lambda one: one[0].subject.code):
        cells = [[cell.indicator, cell.measured.value, cell.score] for cell in result.cells]
        found.update(canonical([who.subject.code, result.column, result.status, result.score, cells]))
        found.update(b"\n")
    return found.hexdigest()
