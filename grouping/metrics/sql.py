"""SQL of the roll-up: one month summed in one statement a scheme, what makes it stale, sums read from it."""

from __future__ import annotations

from typing import Any

from grouping.engine.stays import FEE_CLASSES
from grouping.engine.sums import SUMMED
from grouping.reports.sql import PAGE_TYPES
from grouping.sql import DOCTOR, IN_FORCE

# A case that appears, changes or goes, and a result that appears, mark the month of discharge: the month it
# had and the month it has. The database does it, so that no way of storing can forget it. A run says which
# months it is of: its results need not be asked one by one. Of those of before runs were kept each looks into
# its case, whatever the planner believes of rows just inserted: a join would cost the square of their number.
STALE_TRIGGERS = """
create function mark_stale_from_new() returns trigger language plpgsql as $mark$
begin
  insert into grouping_stalemark (alliance_id, month) select distinct alliance_id, month from new_rows;
  return null;
end $mark$;
create function mark_stale_from_old() returns trigger language plpgsql as $mark$
begin
  insert into grouping_stalemark (alliance_id, month) select distinct alliance_id, month from old_rows;
  return null;
end $mark$;
create function mark_stale_from_both() returns trigger language plpgsql as $mark$
begin
  insert into grouping_stalemark (alliance_id, month)
  select alliance_id, month from new_rows union select alliance_id, month from old_rows;
  return null;
end $mark$;
create function mark_stale_from_results() returns trigger language plpgsql as $mark$
begin
  insert into grouping_stalemark (alliance_id, month)
  select n.alliance_id, m.month::date
  from (select distinct alliance_id, run_id from new_rows) n
  join grouping_groupingrun r on r.alliance_id = n.alliance_id and r.id = n.run_id
  cross join lateral generate_series(r.first_month, r.last_month, interval '1 month') as m (month)
  union
  select n.alliance_id, c.month from new_rows n
  cross join lateral (select x.month from grouping_case x
                       where x.alliance_id = n.alliance_id and x.id = n.case_id limit 1) c
  where n.run_id is null;
  return null;
end $mark$;
create trigger stale_case_new after insert on grouping_case
  referencing new table as new_rows for each statement execute function mark_stale_from_new();
create trigger stale_case_changed after update on grouping_case
  referencing new table as new_rows old table as old_rows
  for each statement execute function mark_stale_from_both();
create trigger stale_case_gone after delete on grouping_case
  referencing old table as old_rows for each statement execute function mark_stale_from_old();
create trigger stale_result_new after insert on grouping_groupedcase
  referencing new table as new_rows for each statement execute function mark_stale_from_results();
"""
# How a stay is paid follows from its settlement list too: a match made or undone, by numbers or by a person,
# marks the months of both documents.
PAIR_TRIGGERS = """
create function mark_stale_from_pairs() returns trigger language plpgsql as $mark$
begin
  insert into grouping_stalemark (alliance_id, month)
  select distinct c.alliance_id, c.month
  from (select alliance_id, page_id, settlement_id from new_rows where page_id is not null
        union select alliance_id, page_id, settlement_id from old_rows where page_id is not null) n
  cross join lateral (select x.alliance_id, x.month from grouping_case x
                       where x.alliance_id = n.alliance_id and x.id in (n.page_id, n.settlement_id)) c;
  return null;
end $mark$;
create trigger stale_pair_changed after update on grouping_pairing
  referencing new table as new_rows old table as old_rows
  for each statement execute function mark_stale_from_pairs();
"""
DROP_PAIR_TRIGGERS = "drop function mark_stale_from_pairs() cascade"
DROP_STALE_TRIGGERS = """
drop function mark_stale_from_new() cascade; drop function mark_stale_from_old() cascade;
drop function mark_stale_from_both() cascade; drop function mark_stale_from_results() cascade;
"""

TAKE_MARKS = "delete from grouping_stalemark where alliance_id = %(alliance)s and month = %(month)s"
CLEAR_MONTH = "delete from grouping_monthsum where alliance_id = %(alliance)s and month = %(month)s"

# Months with a mark, or rolled up never, or by other rules than those asked for; oldest first.
STALE_MONTHS = """
select m.month from (
  select month from grouping_stalemark where alliance_id = %(alliance)s
  union
  select month from grouping_case where alliance_id = %(alliance)s group by month
) m
left join grouping_rolledmonth r on r.alliance_id = %(alliance)s and r.month = m.month
where r.id is null
   or exists (select 1 from grouping_stalemark s where s.alliance_id = %(alliance)s and s.month = m.month)
order by m.month
"""

_TIMES = "coalesce(o.{name}, 0)"
_FEES = {
    name: " + ".join(f"coalesce((c.fees ->> '{column}')::bigint, 0)" for column in columns)
    for name, columns in FEE_CLASSES.items()
}
_ALIVE = "c.discharge_way <> 5"
# A case without a result has no status: it counts as none of them, and a sum of such cases is 0, not null.
_EACH = {
    "submitted": "1",
    "grouped": "(g.status is not distinct from 'grouped')::int",
    "ungrouped": "(g.status is not distinct from 'ungroupable')::int",
    "ambiguous": "(g.status is not distinct from 'ambiguous')::int",
    "adrg_only": "(g.status is not distinct from 'adrg_only')::int",
    "pending": "(g.status is null)::int",
    "out_of_scope": "outside::int",
    "out_of_scope_grouped": "(outside and g.status is not distinct from 'grouped')::int",
    "weighted_cases": "(g.status is not distinct from 'grouped' and g.weight is not null)::int",
    "weight_sum": "case when g.status = 'grouped' then coalesce(g.weight, 0) else 0 end",
    "stay_days": "c.stay_days",
    "cost_fen": "c.total_fen",
    "own_pay_fen": "coalesce(c.own_pay_fen, 0)",
    "own_pay_cost_fen": "case when c.own_pay_fen is null then 0 else c.total_fen end",
    "deaths": "(not alive)::int",
    "day_surgery_24h": "(alive and o.id is not null and lasted <= %(day)s)::int",
    "day_surgery_48h": "(alive and o.id is not null and lasted <= %(delayed)s)::int",
    "day_surgery_24h_any_procedure": "(alive and c.procedures <> '{{}}' and lasted <= %(day)s)::int",
    "table_times": _TIMES.format(name="times"),
    "level3_times": _TIMES.format(name="level3"),
    "level4_times": _TIMES.format(name="level4"),
    "minimal_times": _TIMES.format(name="minimal"),
    "elective_times": "case when elective then coalesce(o.times, 0) else 0 end",
    "day_times": "case when elective and alive and lasted <= %(day)s then coalesce(o.times, 0) else 0 end",
    **{f"{name}_fen": terms for name, terms in _FEES.items()},
}
assert _EACH.keys() == {*SUMMED, "weight_sum"}
COLUMNS = tuple(_EACH)


def _each(name: str) -> str:
    """One column of one case; the words alive, lasted, elective, outside stand for what they say."""
    text = _EACH[name].replace("{{}}", "{}")
    text = text.replace("outside", "coalesce(t.type = any(%(outside)s), false)")
    text = text.replace("alive", f"({_ALIVE})").replace("lasted", "(c.discharged_at - c.admitted_at)")
    return text.replace("elective", "(c.admission_path is distinct from 1)")


_SUMS = ", ".join(f"sum({_each(name)}) as {name}" for name in COLUMNS)

_DOCTOR = DOCTOR.format("c.recorded")
# Table-times: operations of the list that are recorded at one moment share one (grouping.engine.stays).
# The doctor is the first filled of the columns the alliance counts by.
_ROLLED = f"""
with {PAGE_TYPES}, c as materialized (
  select c.* from grouping_case c
  where c.alliance_id = %(alliance)s and c.month = %(month)s and c.document = 'front_page'
    and c.voided_at is null and c.discharged_at >= %(since)s and c.discharged_at < %(until)s
), operations as (
  select c.id, coalesce(c.recorded -> 'procedures' -> (p.place - 1)::int ->> 2, '') as at,
         max((c.recorded -> 'procedures' -> (p.place - 1)::int ->> 3)::int) as level,
         bool_or(p.code = any(%(minimal)s)) as minimal
  from c cross join lateral unnest(c.procedures) with ordinality as p (code, place)
  where p.code in (select unnest(%(valid)s::text[]))
  group by 1, 2
), o as (
  select id, count(*) as times, count(*) filter (where level = 3) as level3,
         count(*) filter (where level = 4) as level4, count(*) filter (where minimal) as minimal
  from operations group by id
)
{{insert}}
select %(alliance)s as alliance_id, %(month)s as month, c.institution_id, c.department_code,
       {_DOCTOR} as doctor,
       case when g.status = 'grouped' then g.drg else '' end as drg, {_SUMS}
from c
left join lateral (
  select x.status, x.drg, x.weight from grouping_groupedcase x
  where x.alliance_id = c.alliance_id and x.case_id = c.id and x.revision = c.revision
    and x.scheme_id = %(scheme)s limit 1) g on true
left join o on o.id = c.id
left join decided t on t.id = c.id
group by c.institution_id, c.department_code, 5, 6
"""
_INSERT = f"""insert into grouping_monthsum
  (alliance_id, month, institution_id, department_code, doctor, drg, {", ".join(COLUMNS)})"""
ROLL_UP = (
    _ROLLED.replace("{insert}", _INSERT)
    + f"""
on conflict (alliance_id, month, institution_id, department_code, doctor, drg) do update
set {", ".join(f"{name} = grouping_monthsum.{name} + excluded.{name}" for name in COLUMNS)}
"""
)

# The same sums of some cases alone; nothing is stored.
SUMS_OF = _ROLLED.replace("{insert}", "").replace(
    "c.voided_at is null and", "c.voided_at is null and c.id = any(%(ids)s) and"
)

NOTE_MONTH = """
insert into grouping_rolledmonth (alliance_id, month, rules, refreshed_at)
values (%(alliance)s, %(month)s, %(rules)s, clock_timestamp())
on conflict (alliance_id, month) do update set rules = excluded.rules, refreshed_at = excluded.refreshed_at
"""

LEVELS = {
    "alliance": ("0::bigint as institution_id", "'' as key"),
    "institution": ("s.institution_id", "'' as key"),
    "department": ("s.institution_id", "s.department_code as key"),
    "doctor": ("s.institution_id", "s.doctor as key"),
    "drg": ("s.institution_id", "s.drg as key"),
    "group": ("0::bigint as institution_id", "s.drg as key"),
}
_WHERE = """
from grouping_monthsum s
where s.alliance_id = %(alliance)s and s.month = any(%(months)s::date[])
  and (%(institution)s::bigint is null or s.institution_id = %(institution)s)
  and (%(department)s::text is null or s.department_code = %(department)s)
  and (%(doctor)s::text is null or s.doctor = %(doctor)s)
  and (%(drg)s::text is null or s.drg = %(drg)s)
"""


def totals(level: str) -> str:
    """Sums by the key of a level."""
    sums = ", ".join(f"sum({name}) as {name}" for name in COLUMNS)
    only = " and s.drg <> ''" if level in ("drg", "group") else " and s.doctor <> ''" * (level == "doctor")
    return f"select {', '.join(LEVELS[level])}, {sums} {_WHERE} {only} group by 1, 2 order by 1, 2"


def groups(level: str) -> str:
    """Grouped cases by the key of a level and DRG."""
    only = " and s.doctor <> ''" * (level == "doctor")
    return f"""select {", ".join(LEVELS[level])}, s.drg, sum(s.grouped) as cases, sum(s.cost_fen) as cost_fen,
      sum(s.stay_days) as stay_days, sum(s.deaths) as deaths
      {_WHERE} and s.drg <> '' {only} group by 1, 2, 3 order by 1, 2, 3"""


# Cases of a month with what the sums are made of; read where a figure depends on more than sums.
_CASES = f"""
(select c.id, c.institution_id, c.department_code, c.total_fen, c.month, g.drg, {_DOCTOR} as doctor
 from grouping_case c
 join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
   and g.revision = c.revision and g.scheme_id = {IN_FORCE}
 where c.alliance_id = %(alliance)s and c.month = any(%(months)s::date[]) and c.document = 'front_page'
   and c.voided_at is null and g.status = 'grouped') s
join unnest(%(drgs)s::text[], %(tops)s::numeric[], %(bottoms)s::numeric[]) as n (drg, top, bottom)
  on n.drg = s.drg
where (%(institution)s::bigint is null or s.institution_id = %(institution)s)
  and (%(department)s::text is null or s.department_code = %(department)s)
  and (%(doctor)s::text is null or s.doctor = %(doctor)s)
  and (%(drg)s::text is null or s.drg = %(drg)s)
"""
_OVER = "s.total_fen * n.bottom * %(high_bottom)s > n.top * %(high_top)s"
_BELOW = "s.total_fen * n.bottom * %(low_bottom)s < n.top * %(low_top)s"


def unusual(level: str) -> str:
    """Cases that cost more, or less, than the multiples of their group's mean (top / bottom), by level."""
    return f"""select {", ".join(LEVELS[level])}, count(*) filter (where {_OVER}) as over,
      count(*) filter (where {_BELOW}) as below from {_CASES} group by 1, 2"""


UNUSUAL_IDS = {
    "over": f"select s.id from {_CASES} and {_OVER}",
    "below": f"select s.id from {_CASES} and {_BELOW}",
}


def with_doctor(found: Any, columns: list[str]) -> Any:
    """Annotate the doctor a case counts for: the first filled of the columns."""
    from django.db.models import CharField, F, Value
    from django.db.models.fields.json import KT
    from django.db.models.functions import Cast, Coalesce, Left, NullIf

    names = [NullIf(Cast(KT(f"recorded__doctors__{column}"), CharField()), Value("")) for column in columns]
    return found.annotate(doctor=Left(Coalesce(*names, Value("")), 60)).order_by(*map(F, _ORDER))


_ORDER = ("institution__code", "discharged_at", "pk")


def has_operation(valid: list[str], levels: tuple[int, ...] | None, codes: list[str] | None) -> Any:
    """Whether a case has a procedure of the list, of certain levels, of certain codes."""
    from django.db.models import BooleanField
    from django.db.models.expressions import RawSQL

    more, values = "", [valid]
    if levels is not None:
        more += (
            " and (grouping_case.recorded -> 'procedures' -> (p.place - 1)::int ->> 3)::int = any(%s::int[])"
        )
        values.append(list(levels))  # type: ignore[arg-type]
    if codes is not None:
        more += " and p.code in (select unnest(%s::text[]))"
        values.append(codes)
    text = (
        "exists (select 1 from unnest(grouping_case.procedures) with ordinality as p (code, place)"
        f" where p.code in (select unnest(%s::text[])){more})"
    )
    return RawSQL(text, values, output_field=BooleanField())  # noqa: S611 (own text, values apart)


def lasted_at_most(length: Any) -> Any:
    """Whether a case lasted at most so long from admission to discharge, to the second."""
    from django.db.models import BooleanField
    from django.db.models.expressions import RawSQL

    text = "(grouping_case.discharged_at - grouping_case.admitted_at) <= %s"
    return RawSQL(text, [length], output_field=BooleanField())  # noqa: S611 (own text, values apart)


# Months whose sums a rule entered now concerns.
MARK_SINCE = """
insert into grouping_stalemark (alliance_id, month)
select %(alliance)s, month from grouping_rolledmonth where alliance_id = %(alliance)s and month >= %(month)s
"""
