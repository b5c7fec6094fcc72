"""Facts of joint work: projects, persons on time, techniques, conferences, research (S2-28, S3-08, S3-18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from alliance.joint import facts as joint_books
from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, count
from performance.engine.fact import Fact

PROJECT, ENROLMENT, TECHNIQUE = "joint_project", "joint_person", "technique_case"
CONFERENCE, RESEARCH = "case_conference", "joint_study"


def _reader(kind: str) -> Callable[[Month, Keys, Sequence[Institution]], Iterator[Fact]]:
    def read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
        for row in joint_books.joint_months(month):
            for key in sorted(keys):
                yield count(row.institution, month, key, kind, row.ids[key])

    return read


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    return {row.institution: row.ids[key] for row in joint_books.joint_months(month)}


SOURCES = tuple(
    Source(kind, frozenset(keys), _reader(kind), _records, rows)
    for kind, keys, rows in (
        (PROJECT, {"joint_projects"}, joint_books.project_rows),
        (ENROLMENT, {"joint_dm_cases", "joint_dm_done"}, joint_books.enrolment_rows),
        (TECHNIQUE, {"technique_cases"}, joint_books.case_records),
        (CONFERENCE, {"case_conferences"}, joint_books.conference_records),
        (RESEARCH, {"joint_research"}, joint_books.research_rows),
    )
)
