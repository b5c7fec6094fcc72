"""What the rooms know of departments and persons: sums of a month by subject, with the records behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from alliance.equipment import facts as equipment_books
from alliance.joint import facts as joint_books
from alliance.lib.period import Month
from alliance.postings import facts as posting_books
from alliance.training import facts as training_books
from performance.collect.equipment import DEVICE, USE
from performance.collect.exams import CONSULTATION, ORDER, WAIT
from performance.collect.joint import CONFERENCE, ENROLMENT, TECHNIQUE
from performance.collect.people import ATTENDANCE, SENT, TRAINED, VISIT
from performance.collect.referrals import REFERRAL
from performance.collect.source import Ids, Keys
from performance.engine.formula import Number
from performance.levels.subjects import Finder
from performance.models import Level
from referrals import facts as referral_books
from referrals.consultations import facts as consultation_books
from referrals.recognition import facts as recognition_books

Amounts = dict[tuple[int, str], tuple[Number, Ids]]
Reader = Callable[[Month, Keys, Finder], Amounts]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of record at some levels: `read` sums by subject and key; who is absent there did nothing."""

    kind: str
    keys: Mapping[str, Keys]
    read: Reader


def _counted(rows: Iterable[tuple[int | None, Mapping[str, Ids]]], keys: Keys) -> Amounts:
    """Counts of records by subject, rows of one subject together."""
    ids: dict[tuple[int, str], Ids] = defaultdict(tuple)
    for pk, found in rows:
        if pk is not None:
            for key in keys & found.keys():
                ids[pk, key] += found[key]
    return {place: (len(one), one) for place, one in ids.items()}


def _referrals(month: Month, keys: Keys, finder: Finder) -> Amounts:
    flagged = referral_books.ineffective(month) if keys & referral_books.JUDGED else {}

    def ids(row: referral_books.SmallFact) -> Mapping[str, Ids]:
        return {**row.ids, **referral_books.judged(row.ids, flagged)}

    if finder.level == Level.DEPARTMENT:
        found = referral_books.department_facts(month)
        return _counted(((row.department_id, ids(row)) for row in found), keys)
    doctors = referral_books.doctor_facts(month)
    return _counted(((finder.member(row.member_id or 0), ids(row)) for row in doctors), keys)


def _consultations(month: Month, keys: Keys, finder: Finder) -> Amounts:
    level = "department" if finder.level == Level.DEPARTMENT else "doctor"
    rows = consultation_books.consultation_facts(month, level)
    found = _counted(((row.pk, row.ids) for row in rows), keys)
    if WAIT in keys:
        answers = consultation_books.ANSWERS
        for row in rows:
            waited = row.sums.get(consultation_books.WAIT, 0)
            found[row.pk, WAIT] = (waited, row.ids.get(answers, ()))
    return found


def _orders(month: Month, keys: Keys, finder: Finder) -> Amounts:
    level = "department" if finder.level == Level.DEPARTMENT else "doctor"
    return _counted(((row.pk, row.ids) for row in recognition_books.recognition_facts(month, level)), keys)


def _visits(month: Month, keys: Keys, finder: Finder) -> Amounts:
    return _summed(posting_books.posting_facts(month), SENT, keys, finder)


def _attendances(month: Month, keys: Keys, finder: Finder) -> Amounts:
    return _summed(training_books.training_facts(month), TRAINED, keys, finder)


def _summed(rows: Iterable, amount: Mapping[str, Callable], keys: Keys, finder: Finder) -> Amounts:  # type: ignore[type-arg]
    """Sums over rows that name department and person, with the records behind them."""
    found: Amounts = {}
    for row in rows:
        pk = row.department_id if finder.level == Level.DEPARTMENT else row.staff_id
        if pk is None:
            continue
        for key in keys:
            before, ids = found.get((pk, key), (0, ()))
            found[pk, key] = (before + amount[key](row), ids + row.ids)
    return found


def _joint(month: Month, keys: Keys, finder: Finder) -> Amounts:
    level: joint_books.Below = "department" if finder.level == Level.DEPARTMENT else "person"
    return _counted(joint_books.small_months(month, level).items(), keys)


def _equipment(month: Month, keys: Keys, finder: Finder) -> Amounts:
    """Devices of a department: how many, how long available, how long used by anybody of the owner."""
    found: Amounts = {}
    for row in equipment_books.device_facts(month):
        if row.department_id is None:
            continue
        own = row.used.get(row.institution_id)
        amounts: dict[str, tuple[Number, Ids]] = {
            "devices": (1, (row.device_id,)),
            "large_devices": (int(row.large), (row.device_id,) if row.large else ()),
            "equipment_available_minutes": (row.available_minutes, (row.device_id,)),
            "equipment_used_minutes": (row.used_minutes, row.use_ids),
            "uses_own": (len(own.ids) if own else 0, own.ids if own else ()),
            "equipment_lent_minutes": (row.minutes_by_others, _others(row)),
        }
        for key in keys:
            before, ids = found.get((row.department_id, key), (0, ()))
            more, behind = amounts[key]
            found[row.department_id, key] = (before + more, ids + behind)
    return found


def _others(row: equipment_books.DeviceFact) -> Ids:
    used = (one.ids for place, one in row.used.items() if place != row.institution_id)
    return tuple(sorted(pk for ids in used for pk in ids))


def _both(keys: Iterable[str]) -> Mapping[str, Keys]:
    return {Level.DEPARTMENT: frozenset(keys), Level.PERSON: frozenset(keys)}


SENDING = frozenset(name for name, one in referral_books.MEASURES.items() if one.side == "origin")
SENDING |= {name for name in referral_books.JUDGED if not name.endswith("_received")}
_DEVICES = frozenset({"devices", "large_devices", "equipment_available_minutes"})
_USES = frozenset({"equipment_used_minutes", "uses_own", "equipment_lent_minutes"})
SOURCES = (
    Source(
        REFERRAL,
        {Level.DEPARTMENT: referral_books.KEYS, Level.PERSON: SENDING},
        _referrals,
    ),
    Source(CONSULTATION, _both([*consultation_books.MEASURES, WAIT]), _consultations),
    Source(ORDER, _both(recognition_books.ORDERS), _orders),
    Source(VISIT, _both(SENT), _visits),
    Source(ATTENDANCE, _both(TRAINED), _attendances),
    Source(ENROLMENT, _both(["joint_dm_cases", "joint_dm_done"]), _joint),
    Source(TECHNIQUE, _both(["technique_cases"]), _joint),
    Source(CONFERENCE, _both(["case_conferences"]), _joint),
    Source(DEVICE, {Level.DEPARTMENT: _DEVICES}, _equipment),
    Source(USE, {Level.DEPARTMENT: _USES}, _equipment),
)
