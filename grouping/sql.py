"""SQL of cases: publishing a file in one statement a table, previews, and what is not yet grouped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id
from alliance.tenancy.sql import rows as as_dicts

CONTENT = (
    "record_no",
    "visit_no",
    "month",
    "admitted_at",
    "discharged_at",
    "department_code",
    "sex",
    "age",
    "age_days",
    "weight_g",
    "stay_days",
    "icu_hours",
    "admission_path",
    "discharge_way",
    "receiver",
    "readmission_plan",
    "diagnoses",
    "procedures",
    "recorded",
    "fees",
    "total_fen",
    "own_pay_fen",
    "raw",
    "digest",
)
_COLUMNS = ", ".join(CONTENT)
_STAGED = ", ".join(f"s.{name}" for name in CONTENT)
_OLD = ", ".join(f"'{name}', c.{name}" for name in CONTENT)
_SET = ", ".join(f"{name} = s.{name}" for name in CONTENT)
_CHANGED = ", ".join(
    f"case when c.{name} is distinct from s.{name} then '{name}' end"
    for name in CONTENT
    if name not in ("raw", "digest")
)

# What the rows of the file are: asked once, not joined with each of them.
_DOCUMENT = """(
  select f.document from grouping_casefile f where f.alliance_id = %(alliance)s and f.id = %(file)s)"""
# A row of a file is compared with the stored document of its own kind. One look into the key's index a row,
# whatever the planner believes: it knows nothing yet of a file just staged or of a young alliance, and a join
# by the alliance alone would cost the square of their rows. The order is that of the key's index (`by_key`).
_CASE = f"""lateral (
  select x.* from grouping_case x where x.alliance_id = s.alliance_id and x.institution_id = s.institution_id
    and x.record_no = s.record_no and x.visit_no between s.visit_no and s.visit_no
    and x.document = {_DOCUMENT} order by x.visit_no limit 1) c"""
_MATCH = f"""
from grouping_stagedcase s
left join {_CASE} on true
where s.alliance_id = %(alliance)s and s.file_id = %(file)s
"""

PREVIEW = f"""
select count(*) filter (where c.id is null) as new,
       count(*) filter (where c.digest <> s.digest) as changed,
       count(*) filter (where c.digest = s.digest) as unchanged
{_MATCH}
"""

CHANGES = f"""
select s.line, c.id as case_id, s.record_no, s.visit_no, s.month,
       array_remove(array[{_CHANGED}], null) as columns
{_MATCH} and c.digest <> s.digest order by s.line limit %(limit)s
"""

# Rows whose discharge an earlier line of the file has already. A row whose record number cannot be read tells
# nothing; one that only the house refused does.
DUPLICATES = """
with keys as (
  select line, row_key from grouping_stagedcase where alliance_id = %(alliance)s and file_id = %(file)s
  union
  select b.line, b.row_key from grouping_badrow b
  where b.alliance_id = %(alliance)s and b.file_id = %(file)s and b.row_key is not null
    and not exists (select 1 from grouping_badrow o where o.alliance_id = b.alliance_id
                     and o.file_id = b.file_id and o.line = b.line and o."column" = 'A48'
                     and o.code <> all(%(house)s))
), firsts as (
  select line, first_value(line) over (partition by row_key order by line) as first from keys
)
select line, first from firsts where line <> first order by line
"""

MONTHS = """
select to_char(month, 'YYYY-MM') as month, institution_id, count(*) as rows
from grouping_stagedcase where alliance_id = %(alliance)s and file_id = %(file)s group by 1, 2 order by 1, 2
"""

# A stored document of the file's kind, of an institution and month it delivers, that it does not have. A case
# that somebody said stays, and whose content has not changed since, keeps that answer: it is not asked again.
MISSING = """
with kept as materialized (
  select distinct on (m.case_id) m.case_id, m.reason, m.answered_by_id, m.answered_at
  from grouping_missingcase m
  where m.alliance_id = %(alliance)s and m.answer = 'kept' and m.file_id <> %(file)s
    and not exists (select 1 from grouping_caserevision r
                     where r.alliance_id = m.alliance_id and r.case_id = m.case_id
                       and r.replaced_at > m.answered_at)
  order by m.case_id, m.answered_at desc
), bad as materialized (
  select raw ->> 'A48' as record_no, raw ->> 'A49' as visit_no from grouping_badrow
  where alliance_id = %(alliance)s and file_id = %(file)s and raw ->> 'A48' is not null
    and raw ->> 'A49' is not null
)
insert into grouping_missingcase
  (alliance_id, file_id, case_id, answer, reason, answered_by_id, answered_at)
select c.alliance_id, %(file)s, c.id, case when k.case_id is null then 'open' else 'kept' end,
       coalesce(k.reason, ''), k.answered_by_id, k.answered_at
from grouping_case c
left join kept k on k.case_id = c.id
join grouping_casefile f on f.alliance_id = c.alliance_id and f.id = %(file)s and f.document = c.document
join (select distinct institution_id, month from grouping_stagedcase
       where alliance_id = %(alliance)s and file_id = %(file)s) d
  on d.institution_id = c.institution_id and d.month = c.month
where c.alliance_id = %(alliance)s and c.voided_at is null
  and not exists (select 1 from grouping_stagedcase s
                   where s.alliance_id = c.alliance_id and s.file_id = %(file)s
                     and s.institution_id = c.institution_id
                     and s.record_no = c.record_no and s.visit_no = c.visit_no offset 0)
  and (c.record_no, c.visit_no::text) not in (select record_no, visit_no from bad)
on conflict do nothing
"""

# Who the rows are about, found once for all of them: new persons as they are made, the others by their key.
# The first row of a person says who it is. A table of its own keeps the next statements to one join.
PREPARE_PERSONS = """
create temporary table if not exists published_person (key text not null, id bigint not null) on commit drop;
delete from published_person;
"""
MAKE_PERSONS = """
with made as (
  insert into alliance_person (alliance_id, key, name, name_key, sex, birth_date, id_number, phone_key)
  select s.alliance_id, s.person_key, s.person_name, s.name_key, s.sex, s.birth_date, s.id_number, ''
  from grouping_stagedcase s where s.alliance_id = %(alliance)s and s.file_id = %(file)s
  order by s.person_key, s.line
  on conflict (alliance_id, key) do nothing returning key, id
)
insert into published_person (key, id) select key, id from made
"""
FIND_PERSONS = """
insert into published_person (key, id)
select k.key, p.id
from (select distinct s.person_key as key from grouping_stagedcase s
       where s.alliance_id = %(alliance)s and s.file_id = %(file)s
         and not exists (select 1 from published_person q where q.key = s.person_key)) k
cross join lateral (
  select x.id from alliance_person x where x.alliance_id = %(alliance)s and x.key between k.key and k.key
  order by x.key limit 1) p
"""

KEEP_OLD = f"""
insert into grouping_caserevision
  (alliance_id, case_id, revision, file_id, line, content, changed, replaced_at)
select c.alliance_id, c.id, c.revision, c.file_id, c.line, jsonb_build_object({_OLD}),
       array_remove(array[{_CHANGED}], null), statement_timestamp()
{_MATCH} and c.digest <> s.digest
"""

CORRECT = f"""
update grouping_case o set {_SET}, revision = o.revision + 1, file_id = s.file_id, line = s.line,
       changed_at = now(), person_id = s.person_id, voided_at = null
from (
  select s.*, c.id as case_id, p.id as person_id
  from grouping_stagedcase s
  join published_person p on p.key = s.person_key
  cross join {_CASE}
  where s.alliance_id = %(alliance)s and s.file_id = %(file)s and c.digest <> s.digest
) s where o.alliance_id = s.alliance_id and o.id = s.case_id
"""

# Some lines at a time: their rows are joined, and their keys proved, in memory. They are found by the index
# of lines, the only one that has their order.
INSERT_NEW = f"""
insert into grouping_case
  (alliance_id, document, institution_id, person_id, revision, file_id, line, changed_at, {_COLUMNS})
select s.alliance_id, {_DOCUMENT}, s.institution_id, p.id, 1, s.file_id, s.line, now(), {_STAGED}
from (
  select * from grouping_stagedcase
  where alliance_id = %(alliance)s and file_id = %(file)s and line > %(after)s and line <= %(last)s
  order by line offset 0
) s
join published_person p on p.key = s.person_key
on conflict (alliance_id, institution_id, record_no, visit_no, document) do nothing
"""
STAGED = """
select count(*) as rows, coalesce(max(line), 0) as last from grouping_stagedcase
where alliance_id = %(alliance)s and file_id = %(file)s
"""
# A staged row lives for minutes: it is not worth compressing.
WIDE_STAGING = "alter table grouping_stagedcase set (toast_tuple_target = 4080)"
NARROW_STAGING = "alter table grouping_stagedcase reset (toast_tuple_target)"
# A case is a row of some 2 KB: squeezing those just above the threshold costs a third of storing them, saves
# an eighth of their room, and each reader pays again for unpacking.
WIDE_CASES = "alter table grouping_case set (toast_tuple_target = 4080)"
NARROW_CASES = "alter table grouping_case reset (toast_tuple_target)"
CLEAR_STAGING = "delete from grouping_stagedcase where alliance_id = %(alliance)s and file_id = %(file)s"


# Statistics of a table that grew in this very transaction, or whose rows were rolled back, say that it is
# empty; then every index looks as good as the key's. Only that one gives the order asked for without sorting.
# And each row is joined with its person in memory, some 100 bytes each: spilled, wide rows would go to disk
# with them.
_BY_KEY = "set local enable_sort = off; set local work_mem = '64MB'; set local jit = off"
_AS_BEFORE = "set local enable_sort to default; set local work_mem to default; set local jit to default"


# Rows of a month are joined with sets made of the same rows. Where the statistics call both sets small, the
# planner would walk one for each row of the other, the square of the month.
_BY_SETS = "set local enable_nestloop = off"
_BY_SETS_BEFORE = "set local enable_nestloop to default"


@contextmanager
def by_sets() -> Iterator[None]:
    """Sets of one statement meet by hash; lookups of single rows stand as `lateral (... limit 1)`."""
    execute(_BY_SETS)
    yield
    execute(_BY_SETS_BEFORE)


@contextmanager
def by_key() -> Iterator[None]:
    """Each row finds what is stored for it by the index of its key, whatever the planner believes."""
    execute(_BY_KEY)
    yield
    execute(_AS_BEFORE)


def execute(statement: str, **parameters: object) -> int:
    """Run one statement for the alliance in scope; return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"alliance": current_alliance_id(), **parameters})
        return int(cursor.rowcount)


def fetch(statement: str, **parameters: object) -> list[dict[str, Any]]:
    """Run one question for the alliance in scope; return its rows by column name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"alliance": current_alliance_id(), **parameters})
        return as_dicts(cursor)


# The scheme in force on the day of discharge (Asia/Shanghai), by the alliance's own dated rows.
IN_FORCE = """
(select h.id from grouping_scheme h where h.alliance_id = c.alliance_id
   and h.from_date <= (c.discharged_at at time zone 'Asia/Shanghai')::date order by h.from_date desc limit 1)
"""

# The doctor a case counts for: the first filled of the columns the alliance counts by, of `recorded`.
DOCTOR = """
coalesce((select left(d.name, 60) from unnest(%(doctors)s::text[]) with ordinality as k (code, place)
          cross join lateral (select {0} -> 'doctors' ->> k.code as name) d
          where d.name <> '' order by k.place limit 1), '')
"""

# Discharges are counted by front pages: a stay with a settlement list beside it is one discharge.
CASE_FACTS = f"""
select i.id as institution_id, i.code, count(*) as discharges, sum(c.stay_days)::bigint as stay_days,
       sum(c.total_fen)::bigint as cost_fen,
       sum(g.weight) filter (where g.status = 'grouped') as total_weight,
       count(g.weight) filter (where g.status = 'grouped') as weighted_cases,
       count(*) filter (where g.status = 'grouped') as grouped,
       count(*) filter (where g.status = 'ungroupable') as ungrouped,
       count(*) filter (where g.status = 'ambiguous') as ambiguous,
       count(*) filter (where g.status = 'adrg_only') as adrg_only,
       count(*) filter (where g.id is null) as pending,
       count(*) filter (where c.discharge_way = 5) as deaths
from grouping_case c
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
where c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null
  and c.document = 'front_page'
group by i.id, i.code order by i.code
"""

# The same from the stored sums of the month (grouping.metrics.rollup), which know no case.
ROLLED_FACTS = """
select i.id as institution_id, i.code, sum(s.submitted) as discharges, sum(s.stay_days)::bigint as stay_days,
       sum(s.cost_fen)::bigint as cost_fen,
       case when sum(s.weighted_cases) > 0 then sum(s.weight_sum) end as total_weight,
       sum(s.weighted_cases) as weighted_cases, sum(s.grouped) as grouped, sum(s.ungrouped) as ungrouped,
       sum(s.ambiguous) as ambiguous, sum(s.adrg_only) as adrg_only, sum(s.pending) as pending,
       sum(s.deaths) as deaths
from grouping_monthsum s
join alliance_institution i on i.alliance_id = s.alliance_id and i.id = s.institution_id
where s.alliance_id = %(alliance)s and s.month = %(month)s
group by i.id, i.code order by i.code
"""

# Discharges of many months by institution: the stored sums where no change marked the month since, which asks
# for no rules because how many were discharged depends on none; elsewhere the cases are counted.
DISCHARGES = """
with fresh as (
  select r.month from grouping_rolledmonth r
  where r.alliance_id = %(alliance)s and r.month = any(%(months)s::date[]) and not exists (
    select 1 from grouping_stalemark m where m.alliance_id = r.alliance_id and m.month = r.month)
)
select s.month, s.institution_id, sum(s.submitted)::bigint as discharges
from grouping_monthsum s
where s.alliance_id = %(alliance)s and s.month in (select month from fresh) group by 1, 2
union all
select c.month, c.institution_id, count(*) from grouping_case c
where c.alliance_id = %(alliance)s and c.month = any(%(months)s::date[])
  and c.month not in (select month from fresh) and c.voided_at is null and c.document = 'front_page'
group by 1, 2
"""

# Whole-institution declarations only count once per month: the highest revision.
COMPLETENESS = """
with declared as (
  select distinct on (institution_id) institution_id, discharges, total_fen, unfinished
  from grouping_declaration where alliance_id = %(alliance)s and month = %(month)s and department_id is null
  order by institution_id, revision desc
), delivered as (
  select institution_id, count(*) as cases, sum(total_fen)::bigint as fen
  from grouping_case where alliance_id = %(alliance)s and month = %(month)s and voided_at is null
    and document = 'front_page'
  group by institution_id
)
select i.id as institution_id, i.code, d.discharges as declared, d.total_fen as declared_fen,
       coalesce(d.unfinished, 0) as unfinished,
       coalesce(v.cases, 0) as delivered, coalesce(v.fen, 0) as delivered_fen
from alliance_institution i
left join declared d on d.institution_id = i.id
left join delivered v on v.institution_id = i.id
where i.alliance_id = %(alliance)s and i.is_active
  and (d.institution_id is not null or v.institution_id is not null)
order by i.code
"""


def with_current_group(found: Any) -> Any:
    """Annotate a queryset of cases with mdc, adrg, drg, group_status and weight of the current result."""
    from django.db.models import F, OuterRef, Subquery
    from django.db.models.functions import TruncDate

    from grouping.models import GroupedCase, Scheme

    day = TruncDate("discharged_at")
    in_force = (
        Scheme.objects.filter(from_date__lte=OuterRef(OuterRef("day")))
        .order_by("-from_date")
        .values("pk")[:1]
    )
    current = GroupedCase.objects.filter(
        case=OuterRef("pk"), revision=OuterRef("revision"), scheme=Subquery(in_force)
    )
    return found.annotate(
        day=day,
        **{name: Subquery(current.values(name)[:1]) for name in ("mdc", "adrg", "drg", "weight")},
        group_status=Subquery(current.values("status")[:1]),
    ).order_by(F("institution__code"), "discharged_at", "pk")


def with_weight(found: Any) -> Any:
    """Of cases annotated by `with_current_group`, those grouped with a weight."""
    return found.filter(group_status="grouped", weight__isnull=False)
