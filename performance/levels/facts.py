"""Facts of departments, teams, persons and the alliance: what is known below and above the institution.

Set by set: every source asks a fixed number of queries for all subjects of a month. A room in which a thing
would be recorded gives a known zero to who has no record; what a room does not know at a level is absent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alliance.lib.period import Month
from alliance.models import Institution
from complaints import facts as complaint_books
from complaints.surveys.engine.kinds import DEPARTMENT, TEAM
from grouping.metrics import monthly
from grouping.metrics.facts import Level as CaseLevel
from performance import collect
from performance.collect import complaints, declared, setaside, surveys
from performance.collect.cases import CASE, plain_weight
from performance.collect.metrics import METRIC
from performance.collect.referrals import REFERRAL
from performance.collect.source import Ids, Keys
from performance.declared import facts as declared_books
from performance.engine.fact import Fact, add_numbers
from performance.engine.formula import Number
from performance.levels import without
from performance.levels.rooms import SOURCES, Amounts, Source
from performance.levels.subjects import ALLIANCE, Finder, Who, crew, of
from performance.models import Level
from performance.show import labels

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
    finder, out = Finder(level), setaside.held()
    for month, keys in wanted.items():
        stands = {**_surveyed(month, keys, finder), **_complained(month, keys, finder, whos)}
        yield from (one for one in stands.values() if one is not None)
        yield from (one for one in _declared(month, keys, level) if (one.pk, one.key) not in stands)
        yield from _cases(month, keys & monthly.PLACE_KEYS, finder, whos, setaside.of(CASE, out))
        for source in SOURCES:
            if asked := keys & source.keys.get(level, frozenset()):
                amounts = source.read(month, asked, finder)
                if source.kind == REFERRAL:
                    amounts = without.counts(amounts, setaside.of(REFERRAL, out))
                yield from _filled(source, month, asked, amounts, whos)


def bring_up(wanted: Mapping[Month, Keys]) -> None:
    """Make the sums of every month asked for those of its cases."""
    for month, keys in wanted.items():
        if keys & monthly.PLACE_KEYS:
            monthly.bring_up(month)


def _cases(
    month: Month, keys: Keys, finder: Finder, whos: Sequence[Who], out: Collection[int]
) -> Iterator[Found]:
    """Sums of the cases; who discharged nobody has a known zero where every case names a subject.

    Where a front page writes a code or name that the register does not hold, nobody else's zero is known.
    """
    if not keys:
        return
    level: CaseLevel = "department" if finder.level == Level.DEPARTMENT else "doctor"
    rows = without.sums(monthly.place_facts(month, level), month, level, out)
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
    finder, out = Finder(level), setaside.of(declared.DECLARED, setaside.held())
    for fact in declared_books.declared_facts(month, sorted(keys & declared.KEYS), level=level):
        if fact.id in out:
            continue
        pk = (fact.department or fact.staff) if fact.institution else ALLIANCE
        if fact.team:
            pk = finder.team(fact.institution, fact.team)
        if pk is not None:
            yield Found(pk, month, fact.key, fact.value, declared.DECLARED, 1, (fact.id,))


def _surveyed(month: Month, keys: Keys, finder: Finder) -> dict[tuple[int, str], Found | None]:
    """What surveys of a department or team say, before what is declared of it; None: too few answers."""
    found: dict[tuple[int, str], Found | None] = {}
    if finder.level not in (Level.DEPARTMENT, Level.TEAM):
        return found
    of_teams = finder.level == Level.TEAM
    for key, numbers in surveys.by_span(month, keys, parts=TEAM if of_teams else DEPARTMENT):
        for (at, unit), (value, answers) in numbers.items():
            pk = finder.team_of(at, unit) if of_teams else finder.case(at, unit)
            if pk is not None:
                told = None if value is None else Found(pk, month, key, value, surveys.SURVEY, answers, ())
                found[pk, key] = told
    return found


def _complained(
    month: Month, keys: Keys, finder: Finder, whos: Sequence[Who]
) -> dict[tuple[int, str], Found | None]:
    """Complaints by the department in charge, before what is declared; a known zero where its institution
    takes complaints here. One that nobody has been given is no department's.
    """
    keys = keys & complaints.KEYS
    if finder.level != Level.DEPARTMENT or not keys:
        return {}
    taking = complaint_books.taking(month)
    known = set(Institution.objects.filter(code__in=taking).values_list("pk", flat=True))
    rows = {fact.pk: fact.ids for fact in complaint_books.complaint_facts(month, "department")}
    found: dict[tuple[int, str], Found | None] = {}
    for who in whos:
        if who.institution_id in known:
            for key in keys:
                ids = rows.get(who.pk, {}).get(key, ())
                found[who.pk, key] = Found(
                    who.pk, month, key, len(ids), complaints.COMPLAINT, len(ids), ids
                )  # fmt: skip
    return found


def _teams(month: Month, keys: Keys) -> Iterator[Found]:
    """Teams: what surveys say of them or is declared, else the sums of their members (S0-48), known where
    every one is.

    What cannot be added, such as a number of groups, is booked at no team and so never asked for here.
    """
    keys = frozenset(key for key in keys if Level.TEAM in labels.facts()[key].levels)
    stands = _surveyed(month, keys, Finder(Level.TEAM))
    yield from (one for one in stands.values() if one is not None)
    own = [one for one in _declared(month, keys, Level.TEAM) if (one.pk, one.key) not in stands]
    yield from own
    known = {(one.pk, one.key) for one in own} | stands.keys()
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
    for row in without.sums(rows, month, "alliance", setaside.of(CASE, setaside.held())):
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
