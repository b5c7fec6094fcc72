"""Keeping a computed level: subjects first, then their narrow rows by COPY; a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from alliance.lib.canonical import canonical
from alliance.sql import copied, copy_rows
from performance.engine.formula import Number
from performance.engine.levels import Result
from performance.levels.facts import Found
from performance.levels.subjects import Who
from performance.models import LevelFact, LevelRun, LevelScore, LevelSubject

SUBJECT = [
    "run_id", "institution_id", "department_id", "staff_id", "team_id", "code", "role", "kind", "column",
    "status", "score", "points", "possible", "missing", "dimensions",
]  # fmt: skip
SCORE = ["subject_id", "indicator", "value", "numerator", "denominator", "score", "reason"]
FACT = ["subject_id", "month", "key", "value", "kind", "count", "ids"]
Scored = Sequence[tuple[Who, Result]]
NULL, LINES = r"\N", 5_000


def keep(run: LevelRun, scored: Scored, facts: Iterable[Found]) -> str:
    """Store everything of a run and return the digest of its result."""
    copy_rows(LevelSubject._meta.db_table, SUBJECT, (_subject(run, *one) for one in scored))
    ids = dict(LevelSubject.objects.filter(run=run).values_list("code", "pk"))
    _copy(LevelScore, SCORE, _scores(scored, ids))
    known = {who.pk: ids[who.subject.code] for who, _result in scored}
    _copy(LevelFact, FACT, _facts(facts, known))
    return digest(scored)


def _subject(run: LevelRun, who: Who, found: Result) -> tuple[object, ...]:
    dimensions = [[code, str(points), str(possible)] for code, points, possible in found.dimensions]
    return (
        run.pk, who.institution_id, who.department_id, who.staff_id, who.team_id, who.subject.code,
        who.subject.role, who.subject.kind, found.column, found.status, found.score, found.points,
        found.possible, list(found.missing), canonical(dimensions).decode(),
    )  # fmt: skip


def _copy(model: Any, columns: list[str], lines: Iterable[str]) -> None:
    """Narrow rows in the text form of COPY, many lines at a time; codes and numbers need no escape."""
    with copied(model._meta.db_table, columns) as pipe:
        rest = iter(lines)
        while part := "".join(islice(rest, LINES)):
            pipe.write(part.encode())


def _scores(scored: Scored, ids: Mapping[str, int]) -> Iterator[str]:
    for who, found in scored:
        pk = ids[who.subject.code]
        for cell in found.cells:
            one = cell.measured
            value, top, bottom = _text(one.value), _text(one.top), _text(one.bottom)
            yield f"{pk}\t{cell.indicator}\t{value}\t{top}\t{bottom}\t{_text(cell.score)}\t{one.reason}\n"


def _facts(facts: Iterable[Found], known: Mapping[int, int]) -> Iterator[str]:
    for one in facts:
        if (pk := known.get(one.pk)) is not None:
            ids = NULL if one.ids is None else f"{{{','.join(map(str, one.ids))}}}"
            yield f"{pk}\t{one.month}-01\t{one.key}\t{_text(one.value)}\t{one.kind}\t{one.count}\t{ids}\n"


def _text(value: Number | None) -> str:
    return NULL if value is None else str(value) if isinstance(value, int) else f"{value:f}"


def digest(scored: Scored) -> str:
    """SHA-256 over every subject with its indicators, line by line, in order of the codes."""
    found = hashlib.sha256()
    for who, result in sorted(scored, key=lambda one: one[0].subject.code):
        cells = [f"{one.indicator}\t{_text(one.measured.value)}\t{_text(one.score)}" for one in result.cells]
        head = f"{who.subject.code}\t{result.column}\t{result.status}\t{_text(result.score)}"
        found.update("\n".join([head, *cells, ""]).encode())
    return found.hexdigest()
