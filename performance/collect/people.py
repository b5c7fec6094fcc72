"""Facts of people: experts sent and hosted, their evaluation, training (S2-07, S2-24, S3-31, S3-52, S3-60).

An institution of which nothing was recorded has a known zero: both rooms are where it would be recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.postings import facts as posting_books
from alliance.postings.facts import PostingFact, SatisfactionFact
from alliance.training import facts as training_books
from alliance.training import policy
from alliance.training.facts import TrainingFact
from performance.collect.source import Ids, Keys, Source, count, total
from performance.engine.fact import Fact

VISIT, EVALUATION, ATTENDANCE, DOCTOR = "visit", "evaluation", "attendance", "doctor"
Part = tuple[str, int, Ids]  # institution, amount, records behind it

SENT: Mapping[str, Callable[[PostingFact], int]] = {
    "posting_visits": lambda fact: fact.visits,
    "posting_half_days": lambda fact: fact.half_days,
    "posting_patients_seen": lambda fact: fact.patients_seen,
    "posting_teaching_minutes": lambda fact: fact.teaching_minutes,
    "posting_retained": lambda fact: fact.retained,
}
HOSTED = {f"{key}_hosted": amount for key, amount in SENT.items()}
JUDGED: Mapping[str, Callable[[SatisfactionFact], int]] = {
    "posting_evaluations": lambda fact: len(fact.ids),
    "posting_attendance_points": lambda fact: fact.attendance,
    "posting_service_points": lambda fact: fact.service,
    "posting_teaching_points": lambda fact: fact.teaching,
}
TRAINED: Mapping[str, Callable[[TrainingFact], int]] = {
    "training_onsite_minutes": lambda fact: fact.onsite_minutes,
    "training_online_minutes": lambda fact: fact.online_minutes,
    "training_examined": lambda fact: fact.examined,
    "training_passed": lambda fact: fact.passed,
}
# Doctors of primary institutions, and those of them whose year has reached its hours by the end of the month.
DOCTORS, READY = "primary_doctors", "primary_doctors_with_hours"


def _visits(month: Month, key: str) -> Iterator[Part]:
    for fact in posting_books.posting_facts(month):
        if key in SENT:
            yield fact.sender, SENT[key](fact), fact.ids
        else:
            yield fact.host, HOSTED[key](fact), fact.ids


def _evaluations(month: Month, key: str) -> Iterator[Part]:
    for fact in posting_books.satisfaction(month):
        yield fact.sender, JUDGED[key](fact), fact.ids


def _attendances(month: Month, key: str) -> Iterator[Part]:
    for fact in training_books.training_facts(month):
        yield fact.institution, TRAINED[key](fact), fact.ids


def _doctors(month: Month, key: str) -> Iterator[Part]:
    for one in training_books.hours_of(month.last_day):
        if key == DOCTORS or one.reached:
            yield one.code, 1, (one.staff_id,)


def _reader(
    kind: str, parts: Callable[[Month, str], Iterable[Part]]
) -> Callable[[Month, Keys, Sequence[Institution]], Iterator[Fact]]:
    def read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
        for key in sorted(keys):
            amounts, ids = _gathered(parts(month, key))
            for place in places:
                yield total(place.code, month, key, kind, amounts[place.code], ids[place.code])

    return read


def _records(parts: Callable[[Month, str], Iterable[Part]]) -> Callable[[Month, str], Mapping[str, Ids]]:
    return lambda month, key: _gathered(parts(month, key))[1]


def _gathered(parts: Iterable[Part]) -> tuple[Mapping[str, int], Mapping[str, Ids]]:
    """Amount and records by institution, nothing where there was none."""
    amounts: dict[str, int] = defaultdict(int)
    ids: dict[str, Ids] = defaultdict(tuple)
    for code, amount, behind in parts:
        amounts[code] += amount
        ids[code] += behind
    return amounts, ids


POLICY = "policy_person"
# Who has to come to policy training of a year, and who came (S1-61): counted here once a session was held.
TO_TRAIN, CAME = "staff_to_train", "staff_trained"
POLICY_KEYS: Keys = frozenset({TO_TRAIN, CAME})


def _trained(month: Month, key: str) -> Mapping[str, Ids]:
    """By institution, of the year that has ended by the month's end; those of a village are its own."""
    year, found = policy.of_year(month), defaultdict[str, Ids](tuple)
    for one in policy.persons(year, date(year, 12, 31)):
        if key == TO_TRAIN or one.came:
            found[one.staff.institution.code] += (one.staff.pk,)
    return found


def _policy(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    if not policy.held(policy.of_year(month)):
        return
    ids = {key: _trained(month, key) for key in keys}
    for place in places:
        if place.code in ids.get(TO_TRAIN, _trained(month, TO_TRAIN)):
            for key in sorted(keys):
                yield count(place.code, month, key, POLICY, ids[key].get(place.code, ()))


SOURCES = (
    Source(
        VISIT, frozenset({*SENT, *HOSTED}), _reader(VISIT, _visits), _records(_visits), posting_books.named
    ),
    Source(
        EVALUATION,
        frozenset(JUDGED),
        _reader(EVALUATION, _evaluations),
        _records(_evaluations),
        posting_books.evaluations_named,
    ),
    Source(
        ATTENDANCE,
        frozenset(TRAINED),
        _reader(ATTENDANCE, _attendances),
        _records(_attendances),
        training_books.records,
    ),
    Source(
        DOCTOR,
        frozenset({DOCTORS, READY}),
        _reader(DOCTOR, _doctors),
        _records(_doctors),
        training_books.doctors_named,
    ),
    Source(POLICY, POLICY_KEYS, _policy, _trained, training_books.doctors_named),
)
