"""SQL of cases: how statements are run, and what months come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id
from alliance.tenancy.sql import rows as as_dicts

# A staged row lives for minutes: it is not worth compressing.
WIDE_STAGING = "alter table grouping_stagedcase set (toast_tuple_target = 4080)"
NARROW_STAGING = "alter table grouping_stagedcase reset (toast_tuple_target)"
# A case is a row of some 2 KB: squeezing those just above the threshold costs a third of storing them, saves
# an eighth of their room, and each reader pays again for unpacking.
WIDE_CASES = "alter table grouping_case set (toast_tuple_target = 4080)"
NARROW_CASES = "alter table grouping_case reset (toast_tuple_target)"

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

# The same of some cases alone.
SOME_CASE_FACTS = CASE_FACTS.replace("c.voided_at is null", "c.voided_at is null and c.id = any(%(ids)s)")
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
