"""Facts of the insurance office's desk: off-site filings, abnormal cases, days of patients, focus groups.

S1-47, S1-48, S1-54. Where an institution takes off-site filings here its records count before what is
declared; the others are recorded nowhere else, so that a month without one is a known zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from complaints.events import facts as event_books
from grouping.abnormal import facts as abnormal_books
from performance.collect.source import Ids, Keys, Source, Why, count, total
from performance.engine.fact import Fact
from referrals.offsite import facts as offsite_books

OFFSITE, ABNORMAL = "offsite_round", "abnormal_report"
PATIENT_DAY, FOCUS_GROUP = "patient_day", "focus_group"
OFFSITE_KEYS: Keys = offsite_books.KEYS
# Sums over the days held; the number of days itself is their count.
SUMMED: Mapping[str, str] = {"experience_asked": "asked", "experience_settled": "settled"}
Reader = Callable[[Month, Keys, Sequence[Institution]], Iterator[Fact]]


def _rounds(month: Month, key: str) -> Mapping[str, Ids]:
    return offsite_books.round_ids(month)[key]


def _filed(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    known = offsite_books.taking(month)
    found = offsite_books.round_ids(month) if known else {}
    for code in sorted(known):
        for key in sorted(keys):
            yield count(code, month, key, OFFSITE, found[key].get(code, ()))


def _sifted(month: Month, key: str) -> tuple[Mapping[str, Ids], Mapping[str, Why]]:
    return _rounds(month, key), offsite_books.not_counted(month, key)


def _abnormal(month: Month, key: str) -> Mapping[str, Ids]:
    return abnormal_books.report_ids(month)[key]


def _groups(month: Month, key: str) -> Mapping[str, Ids]:
    found: dict[str, Ids] = defaultdict(tuple)
    for row in event_books.groups_held(month):
        found[row.institution.code] += (row.pk,)
    return found


def _days(month: Month, key: str) -> Mapping[str, Ids]:
    return {row.institution.code: (row.pk,) for row in event_books.days_held(month)}


def _counting(kind: str, records: Callable[[Month, str], Mapping[str, Ids]]) -> Reader:
    def read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
        for key in sorted(keys):
            ids = records(month, key)
            for place in places:
                yield count(place.code, month, key, kind, ids.get(place.code, ()))

    return read


def _held(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    """One day an institution and month; what was asked on a day that was not held is a known zero."""
    days = {row.institution.code: row for row in event_books.days_held(month)}
    for key in sorted(keys):
        for place in places:
            row = days.get(place.code)
            amount = 0 if row is None else int(getattr(row, SUMMED[key])) if key in SUMMED else 1
            yield total(place.code, month, key, PATIENT_DAY, amount, () if row is None else (row.pk,))


SOURCES = (
    Source(OFFSITE, OFFSITE_KEYS, _filed, _rounds, offsite_books.named, sifted=_sifted),
    Source(
        ABNORMAL, abnormal_books.KEYS, _counting(ABNORMAL, _abnormal), _abnormal, abnormal_books.named
    ),
    Source(PATIENT_DAY, frozenset({"experience_days", *SUMMED}), _held, _days, event_books.days_named),
    Source(
        FOCUS_GROUP, frozenset({"focus_groups"}), _counting(FOCUS_GROUP, _groups), _groups,
        event_books.groups_named,
    ),
)  # fmt: skip
