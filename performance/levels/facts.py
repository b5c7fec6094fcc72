"""Facts of departments, teams, persons and the alliance: what is known below and above the institution.

Set by set: every source asks a fixed number of queries for all subjects of a month. A room in which a thing
would be recorded gives a known zero to who has no record; what a room does not know at a level is absent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alliance.equipment import facts as equipment_books
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.postings import facts as posting_books
from alliance.training import facts as training_books
from grouping.metrics import monthly
from grouping.metrics.facts import Level as CaseLevel
from performance import collect
from performance.collect import declared
from performance.collect.cases import CASE, plain_weight
from performance.collect.equipment import DEVICE, USE
from performance.collect.exams import CONSULTATION, ORDER, WAIT
from performance.collect.metrics import METRIC
from performance.collect.people import ATTENDANCE, SENT, TRAINED, VISIT
from performance.collect.referrals import REFERRAL
from performance.collect.source import Ids, Keys
from performance.declared import facts as declared_books
from performance.engine.fact import Fact, add_numbers
from performance.engine.formula import Number
from performance.levels.subjects import ALLIANCE, Finder, Who, crew, of
from performance.models import Level
from performance.show import labels
from referrals import facts as referral_books
from referrals.consultations import facts as consultation_books
from referrals.recognition import facts as recognition_books

CASE_KEYS = monthly.PLACE_KEYS - monthly.KEYS
WEIGHT = "total_weight"


@dataclass(frozen=True, slots=True)
class Found:
    """One number of one subject; `ids` None: the records are found by subject and month."""

    pk: int
    month: Month
    key: str
    value: Number
    kind: str
    count: int
    ids: Ids | None = None


Amounts = dict[tuple[int, str], tuple[Number, Ids]]
Reader = Callable[[Month, Keys, Finder], Amounts]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of record at some levels: `read` sums by subject and key; who is absent there did nothing."""

    kind: str
    keys: Mapping[str, Keys]
    read: Reader


def facts_of(wanted: Mapping[Month, Keys], level: str, whos: Sequence[Who]) -> Iterator[Found]:
    """The known facts among those wanted, of all subjects of a level."""
    if level == Level.ALLIANCE:
        for month, keys in wanted.items():
            yield from _whole(month, keys)
        return
    if level == Level.TEAM:
        for month, keys in wanted.items():
            yield from _teams(month, keys)
        return
    finder = Finder(level)
    for month, keys in wanted.items():
        yield from _declared(month, keys, level)
        yield from _cases(month, keys & monthly.PLACE_KEYS, finder, whos)
        for source in SOURCES:
            if asked := keys & source.keys.get(level, frozenset()):
                yield from _filled(source, month, asked, source.read(month, asked, finder), whos)


def bring_up(wanted: Mapping[Month, Keys]) -> None:
    """Make the sums of every month asked for those of its cases."""
    for month, keys in wanted.items():
        if keys & monthly.PLACE_KEYS:
            monthly.bring_up(month)


def _cases(month: Month, keys: Keys, finder: Finder, whos: Sequence[Who]) -> Iterator[Found]:
    """Sums of the cases; who discharged nobody has a known zero where every case names a subject.

    Where a front page writes a code or name that the register does not hold, nobody else's zero is known.
    """
    if not keys:
        return
    level: CaseLevel = "department" if finder.level == Level.DEPARTMENT else "doctor"
    rows = monthly.place_facts(month, level)
    found = {finder.case(row.institution_id, row.key): row for row in rows}
    known = {row.institution_id for row in rows}
    known -= {row.institution_id for row in rows if finder.case(row.institution_id, row.key) is None}
    for who in whos:
        row = found.get(who.pk)
        if row is None and who.institution_id not in known:
            continue
        for key in sorted(keys):
            if row is None or key in row.values:
                value = row.values[key] if row else 0
                yield _case(who.pk, month, key, value, row.cases if row else 0)


def _case(pk: int, month: Month, key: str, value: Number, cases: int) -> Found:
    kind = CASE if key in CASE_KEYS else METRIC
    return Found(pk, month, key, plain_weight(Decimal(value)) if key == WEIGHT else value, kind, cases)


def _filled(
    source: Source, month: Month, keys: Keys, amounts: Amounts, whos: Sequence[Who]
) -> Iterator[Found]:
    nothing: tuple[Number, Ids] = (0, ())
    for who in whos:
        for key in keys:
            value, ids = amounts.get((who.pk, key), nothing)
            yield Found(who.pk, month, key, value, source.kind, len(ids), ids)


def _declared(month: Month, keys: Keys, level: str) -> Iterator[Found]:
    """Values declared of the subject itself. Who declared nothing is missing; there is no known zero."""
    finder = Finder(level)
    for fact in declared_books.declared_facts(month, sorted(keys & declared.KEYS), level=level):
        pk = (fact.department or fact.staff) if fact.institution else ALLIANCE
        if fact.team:
            pk = finder.team(fact.institution, fact.team)
        if pk is not None:
            yield Found(pk, month, fact.key, fact.value, declared.DECLARED, 1, (fact.id,))


def _teams(month: Month, keys: Keys) -> Iterator[Found]:
    """Teams: what is declared of them, else the sums of their members (S0-48), known where every one is.

    What cannot be added, such as a number of groups, is booked at no team and so never asked for here.
    """
    keys = frozenset(key for key in keys if Level.TEAM in labels.facts()[key].levels)
    own = list(_declared(month, keys, Level.TEAM))
    yield from own
    known = {(one.pk, one.key) for one in own}
    members = crew(month)
    persons = [who for who in of(Level.PERSON) if who.pk in members]
    size = Counter(members[who.pk] for who in persons)
    gathered: dict[tuple[int, str], list[Found]] = defaultdict(list)
    for one in facts_of({month: keys}, Level.PERSON, persons):
        if one.pk in members:
            gathered[members[one.pk], one.key].append(one)
    for (team, key), parts in gathered.items():
        if len(parts) == size[team] and (team, key) not in known:
            listed = [one.ids for one in parts if one.ids is not None]
            ids = tuple(pk for part in listed for pk in part) if len(listed) == len(parts) else None
            value = add_numbers([one.value for one in parts])
            yield Found(team, month, key, value, parts[0].kind, sum(one.count for one in parts), ids)


def _whole(month: Month, keys: Keys) -> Iterator[Found]:
    """The alliance: sums of its cases, and of its institutions where each of them is known.

    What is declared is declared of the alliance itself: a sum of those who delivered would count the others
    as nothing.
    """
    yield from _declared(month, keys, Level.ALLIANCE)
    keys = keys - declared.KEYS
    rows = monthly.place_facts(month, "alliance") if keys & monthly.PLACE_KEYS else []
    for row in rows:
        for key in sorted(keys & row.values.keys()):
            yield _case(ALLIANCE, month, key, row.values[key], row.cases)
    members = list(Institution.objects.filter(is_active=True).select_related("parent"))
    gathered: dict[str, list[Fact]] = defaultdict(list)
    for fact in collect.facts_of({month: keys - monthly.PLACE_KEYS}, members):
        gathered[fact.key].append(fact)
    for key, facts in gathered.items():
        values = [fact.value for fact in facts if fact.value is not None]
        if len(values) == len(facts):
            count = sum(fact.evidence_count for fact in facts)
            yield Found(ALLIANCE, month, key, add_numbers(values), facts[0].evidence_kind, count)


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
    Source(DEVICE, {Level.DEPARTMENT: _DEVICES}, _equipment),
    Source(USE, {Level.DEPARTMENT: _USES}, _equipment),
)
