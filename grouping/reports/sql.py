"""SQL of the reports: one statement a question, whatever the number of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id
from grouping.engine.stays import FEE_CLASSES
from grouping.pairs.sql import PAID_BY
from grouping.sql import DOCTOR, IN_FORCE

PIECE = 2_000

# What decides how a stay is paid, of the document that pays for it: the settlement list where one is matched
# or stands alone, else the front page (grouping.pairs.sql.PAID_BY). The list's own code of payment decides
# where it is known; else the first rule of the table in force on the day of discharge whose conditions all
# hold.
_PAYING = f"""
  select c.id, c.institution_id, c.record_no, c.visit_no, c.department_code, c.stay_days, c.total_fen,
         coalesce(c.diagnoses[1], '') as principal, c.discharged_at,
         (c.discharged_at at time zone 'Asia/Shanghai')::date as day,
         %(codes)s::jsonb ->> ltrim(coalesce(c.raw ->> 'hi_paymtd', ''), '0') as said
  from grouping_case c
  where {PAID_BY} and (%(institution)s::bigint is null or c.institution_id = %(institution)s)
"""
# The same said of the front page of the stay: indicators count front pages, whichever document pays. Which
# one pays is a column of its own (`w`): under row security an index answers a column, never `coalesce`.
_PAGES = """
  select f.id, f.institution_id, f.record_no, f.visit_no, d.department_code, d.stay_days, d.total_fen,
         coalesce(d.diagnoses[1], '') as principal, d.discharged_at,
         (d.discharged_at at time zone 'Asia/Shanghai')::date as day,
         %(codes)s::jsonb ->> ltrim(coalesce(d.raw ->> 'hi_paymtd', ''), '0') as said
  from grouping_case f
  left join lateral (
    select x.settlement_id from grouping_pairing x
    where x.alliance_id = f.alliance_id and x.page_id = f.id limit 1) p on true
  left join lateral (
    select x.id from grouping_case x
    where x.alliance_id = f.alliance_id and x.id = p.settlement_id and x.voided_at is null limit 1) l on true
  cross join lateral (select coalesce(l.id, f.id) as id offset 0) w
  cross join lateral (
    select x.department_code, x.stay_days, x.total_fen, x.diagnoses, x.discharged_at, x.raw
    from grouping_case x where x.alliance_id = f.alliance_id and x.id = w.id limit 1) d
  where f.alliance_id = %(alliance)s and f.month = %(month)s and f.voided_at is null
    and f.document = 'front_page'
    and (%(institution)s::bigint is null or f.institution_id = %(institution)s)
"""


def _decided(stays: str) -> str:
    """The tables `rule`, `stay` and `decided` of a statement that asks how stays are paid."""
    return f"""
rule as materialized (
  select * from jsonb_to_recordset(%(rules)s::jsonb) as r(
    version int, since date, until date, number int, type text, kinds text[], departments text[],
    diagnoses text[], min_stay int, max_stay int)
), stay as ({stays}), decided as materialized (
  select s.id, s.institution_id, s.record_no, s.visit_no, s.department_code, s.stay_days, s.total_fen,
         s.principal, s.discharged_at, s.day, coalesce(s.said, r.type) as type,
         case when s.said is null then r.version end as version,
         case when s.said is null then r.number end as number
  from stay s
  join alliance_institution i on i.alliance_id = %(alliance)s and i.id = s.institution_id
  left join lateral (
    select r.version, r.number, r.type from rule r
    where s.said is null and s.day >= r.since and s.day < r.until
      and (cardinality(r.kinds) = 0 or i.kind = any (r.kinds))
      and (cardinality(r.departments) = 0
           or exists (select 1 from unnest(r.departments) d where starts_with(s.department_code, d)))
      and (cardinality(r.diagnoses) = 0
           or exists (select 1 from unnest(r.diagnoses) d where starts_with(s.principal, d)))
      and (r.min_stay is null or s.stay_days >= r.min_stay)
      and (r.max_stay is null or s.stay_days <= r.max_stay)
    order by r.number limit 1
  ) r on true
)
"""


_DECIDED = f"with {_decided(_PAYING)}"
# For the roll-up: type of payment by front page.
PAGE_TYPES = _decided(_PAGES)
PAGES_OUTSIDE = f"with {PAGE_TYPES} select id from decided where type = any(%(outside)s) order by id"
PAYMENT_TYPES = f"{_DECIDED} select id, institution_id, type, version, number from decided order by id"
PAYMENT_TYPE_COUNTS = f"""{_DECIDED}
select institution_id, type, version, number, count(*) as cases, sum(stay_days)::bigint as stay_days,
       sum(total_fen)::bigint as total_fen
from decided group by institution_id, type, version, number order by institution_id, type, version, number
"""
PAYMENT_TYPE_CASES = f"""{_DECIDED}
select id, institution_id, record_no, visit_no, department_code, stay_days, total_fen, principal,
       discharged_at, type, version, number
from decided
where (%(type)s = '' or type = %(type)s)
  and (%(number)s::int is null or number = %(number)s)
  and (not %(by_document)s or number is null)
order by institution_id, discharged_at, id limit %(limit)s offset %(offset)s
"""

# The combination of DIP: four characters of the principal diagnosis without the dot, procedures in order.
_HEAD = "left(replace(coalesce(c.diagnoses[1], ''), '.', ''), 4)"
_PROCEDURES = "array_to_string(array(select distinct p from unnest(c.procedures) p order by p), '+')"

# Past cases by year, level and combination, of discharges from a day on, before another.
DIP_SUMS = f"""
select extract(year from c.month)::int as year, i.level, {_HEAD} as head, {_PROCEDURES} as procedures,
       count(*) as cases, sum(c.total_fen)::bigint as cost_fen
from grouping_case c
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
where c.alliance_id = %(alliance)s and c.month >= %(since)s and c.month <= %(until)s
  and c.voided_at is null and c.document = 'front_page'
group by 1, 2, 3, 4
"""

# The month's encounters that DRG or DIP pays, with the weight of their group and their combination.
BOTH_WAYS = f"""{_DECIDED}
select d.id, d.institution_id, i.level, {_HEAD} as head, {_PROCEDURES} as procedures, d.total_fen,
       case when g.status = 'grouped' then g.weight end as weight, g.drg, i.code, c.discharge_way,
       (d.discharged_at at time zone 'Asia/Shanghai')::date as day, d.record_no, d.visit_no, d.discharged_at,
       ltrim(coalesce(c.raw ->> 'A46C', ''), '0') as insurance
from decided d
join grouping_case c on c.alliance_id = %(alliance)s and c.id = d.id
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
where d.type in ('drg', 'dip')
order by d.id
"""
# What the comparison leaves to other types of payment, so that its parts add up to the month.
OTHER_TYPES = (
    f"{_DECIDED} select count(*) as cases from decided where coalesce(type, '') not in ('drg', 'dip')"
)
BOTH_WAYS_CASES = f"""
select * from ({BOTH_WAYS}) b
where (%(head)s = '' or head = %(head)s) and (%(procedures)s::text is null or procedures = %(procedures)s)
order by institution_id, discharged_at, id limit %(limit)s offset %(offset)s
"""

# Every stay of the month by the document that pays for it, with all that its payment rests on. Department
# and doctor are those of the front page where there is one: the metrics of a place count the same stays. The
# kind of insurance is the front page's RC032 or the list's hi_type.
PAID_CASES = f"""{_DECIDED}
select d.id, d.institution_id, i.code, i.level, coalesce(f.department_code, c.department_code) as department,
       {DOCTOR.format("coalesce(f.recorded, c.recorded)")} as doctor,
       g.status, g.drg, case when g.status = 'grouped' then g.weight end as weight, d.total_fen,
       c.discharge_way, d.day,
       case when c.document = 'front_page' then left(ltrim(coalesce(c.recorded ->> 'payment', ''), '0'), 1)
            else coalesce(c.raw ->> 'hi_type', '') end as insurance,
       case when %(minimal)s::text[] is null then null
            else c.procedures && %(minimal)s::varchar[] end as minimal,
       d.type, c.document = 'front_page' as estimated
from decided d
join grouping_case c on c.alliance_id = %(alliance)s and c.id = d.id
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
left join grouping_pairing p on p.alliance_id = c.alliance_id and p.settlement_id = c.id
left join grouping_case f on f.alliance_id = c.alliance_id and f.id = p.page_id
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
order by d.id
"""

# Front pages of several periods by institution: `before` and `after`, each first and last month.
EFFECT = """
select p.name, c.institution_id, count(*) as cases, sum(c.stay_days)::bigint as stay_days,
       sum(c.total_fen)::bigint as cost_fen, count(c.own_pay_fen) as stated,
       coalesce(sum(c.total_fen) filter (where c.own_pay_fen is not null), 0)::bigint as stated_cost_fen,
       coalesce(sum(c.own_pay_fen), 0)::bigint as own_pay_fen
from jsonb_to_recordset(%(periods)s::jsonb) as p(name text, first date, last date)
join grouping_case c on c.alliance_id = %(alliance)s and c.month between p.first and p.last
where c.voided_at is null and c.document = 'front_page'
group by p.name, c.institution_id
"""

_FEE = {
    name: " + ".join(f"coalesce((c.fees ->> '{column}')::bigint, 0)" for column in FEE_CLASSES[name])
    for name in ("western_drugs", "patent_drugs", "herbal_drugs", "consumables")
}
# Sums of front pages of two periods for the evaluation of the fund; a death is way of discharge 5, against
# advice 4, to another institution 2 or 3.
FUND = f"""
select p.name, count(*) as cases, sum(c.stay_days)::bigint as stay_days, sum(c.total_fen)::bigint as cost_fen,
       count(c.own_pay_fen) as stated,
       coalesce(sum(c.total_fen) filter (where c.own_pay_fen is not null), 0)::bigint as stated_cost_fen,
       coalesce(sum(c.own_pay_fen), 0)::bigint as own_pay_fen,
       sum({_FEE["western_drugs"]} + {_FEE["patent_drugs"]} + {_FEE["herbal_drugs"]})::bigint
         as drug_fen,
       sum({_FEE["consumables"]})::bigint as consumable_fen,
       count(*) filter (where g.status = 'grouped') as grouped,
       count(g.weight) filter (where g.status = 'grouped') as weighted,
       coalesce(sum(g.weight) filter (where g.status = 'grouped'), 0) as weight,
       count(*) filter (where c.discharge_way = 5) as deaths,
       count(*) filter (where c.discharge_way = 4) as against_advice,
       count(*) filter (where c.discharge_way in (2, 3)) as passed_on,
       count(*) filter (where i.level = 'primary') as primary_cases,
       count(*) filter (where c.stay_days > 30) as long_stays
from jsonb_to_recordset(%(periods)s::jsonb) as p(name text, first date, last date)
join grouping_case c on c.alliance_id = %(alliance)s and c.month between p.first and p.last
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
where c.voided_at is null and c.document = 'front_page'
group by p.name
"""


def stream(statement: str, **parameters: object) -> Iterator[tuple[Any, ...]]:
    """Run one question for the alliance in scope; its rows come in pieces, so that memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"alliance": current_alliance_id(), **parameters})
        while rows := cursor.fetchmany(PIECE):
            yield from rows
