"""SQL of readmission: every stay of the patients of some months judged in one statement.

As grouping.engine.readmission, which is its yardstick: the nearest previous discharge is the latest one not
after the admission, at one instant that of the admission's own institution, else the smallest key.
"""

from __future__ import annotations

from grouping.sql import DOCTOR, IN_FORCE

# By month, which of the members that deliver have not covered it. A member covers a month with files that
# came after its last day and hold enough of it: a stray row of November in October's file is no November. It
# is expected from its first month on.
COVERAGE = """
with entries as (
  select e.institution_id, e.month, e.rows, f.delivered_on,
         max(e.rows) over (partition by f.id, e.institution_id) as most
  from grouping_casefile f
  cross join lateral (
    select (x ->> 'institution')::bigint as institution_id, to_date(x ->> 'month', 'YYYY-MM') as month,
           (x ->> 'rows')::integer as rows from jsonb_array_elements(f.months) x) e
  where f.alliance_id = %(alliance)s and f.state = 'published' and f.document = 'front_page'
), declared as (
  select distinct on (institution_id, month) institution_id, month, discharges from grouping_declaration
  where alliance_id = %(alliance)s and department_id is null
  order by institution_id, month, revision desc
), members as (
  select s.institution_id, min(s.month) as since
  from (select institution_id, month from entries
        union all
        select d.institution_id, d.month from declared d
        join alliance_institution v on v.alliance_id = %(alliance)s and v.id = d.institution_id
        where d.discharges > 0 and v.kind <> 'village') s
  join alliance_institution i on i.alliance_id = %(alliance)s and i.id = s.institution_id and i.is_active
  group by 1
), months as (
  select generate_series(least(%(month)s::date - interval '12 months', min(since)),
                         greatest(%(month)s::date, (select max(month) from entries)) + interval '1 month',
                         interval '1 month')::date as month from members
), covered as (
  select m.month, h.institution_id,
         coalesce(d.discharges = 0, false)
         or case when d.discharges is null then coalesce(bool_or(e.rows * 100 >= %(share)s * e.most), false)
                 else coalesce(sum(e.rows), 0) * 100 >= %(share)s * d.discharges end as whole
  from months m
  join members h on h.since <= m.month
  left join declared d on d.institution_id = h.institution_id and d.month = m.month
  left join entries e on e.institution_id = h.institution_id and e.month = m.month
    and e.delivered_on >= m.month + interval '1 month'
  group by m.month, h.institution_id, d.discharges
)
select month, array_agg(institution_id order by institution_id) filter (where not whole) as missing
from covered group by month order by month
"""

# Looked up by the index on (alliance, person, admitted): a patient has few stays.
_PREVIOUS = """
left join lateral (
  select p.id from grouping_case p
  join alliance_institution pi on pi.alliance_id = p.alliance_id and pi.id = p.institution_id
  where p.alliance_id = %(alliance)s and p.person_id = s.person_id and p.id <> s.id
    and p.document = 'front_page' and p.voided_at is null and p.discharged_at <= s.admitted_at {more}
  order by p.discharged_at desc, (p.institution_id <> s.institution_id), pi.organisation collate "C",
           p.record_no collate "C", p.visit_no
  limit 1
) {name} on true
"""


def _alike(first: str, second: str) -> str:
    return (
        f"(left({first}.dx, 3) = left({second}.dx, 3) and {first}.dx <> ''"
        f" or {first}.adrg <> '' and {first}.adrg = {second}.adrg)"
    )


def _transferred(first: str, second: str) -> str:
    return (
        f"({first}.way in (2, 3) and {first}.receiver_id = {second}.institution_id"
        f" and {second}.admitted_at - {first}.discharged_at <= %(transfer)s)"
    )


def _gap(first: str, second: str) -> str:
    return f"({second}.admitted::date - {first}.discharged::date)"


_REFERRED = (
    "exists (select 1 from grouping_referrallink l"
    " where l.alliance_id = %(alliance)s and l.admission_id = {0}.id)"
)


def _split(first: str) -> str:
    """Why a stay is no R01 after `first`, or "flag"; the first reason wins."""
    return f"""case
    when {first}.id is null then 'no_previous'
    when {_gap(first, "s")} > %(split_days)s then 'over_' || %(split_days)s || '_days'
    when not {_alike(first, "s")} then 'different_diagnosis_and_group'
    when {first}.way in (2, 3, 5) then 'first_was_death_or_transfer'
    when {first}.plan = 2 then 'planned'
    when {_REFERRED.format("s")} then 'accepted_referral'
    when {_transferred(first, "s")} then 'transfer_within_24h'
    when s.dx like 'Z51.%%' or s.dx like 'Z49%%' then 'therapy'
    when s.emergency then 'emergency_critical' else 'flag' end"""


_STAYS = f"""
stays as materialized (
  select c.id, c.person_id, c.institution_id, c.month, c.admitted_at, c.discharged_at,
         c.admitted_at at time zone 'Asia/Shanghai' as admitted,
         c.discharged_at at time zone 'Asia/Shanghai' as discharged,
         c.discharge_way as way, c.readmission_plan as plan, c.age, c.age_days,
         coalesce(c.diagnoses[1], '') as dx, coalesce(g.adrg, '') as adrg,
         case when g.status = 'grouped' then g.drg else '' end as drg, c.department_code as department,
         {DOCTOR.format("c.recorded")} as doctor,
         r.id as receiver_id, r.level as receiver_level,
         coalesce(c.raw ->> 'emergency_critical', '') = '1' as emergency
  from grouping_case c
  left join alliance_institution r on r.alliance_id = c.alliance_id and r.name = c.receiver
    and c.receiver <> ''
  left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
    and g.revision = c.revision and g.scheme_id = {IN_FORCE} and g.status in ('grouped', 'adrg_only')
  where c.alliance_id = %(alliance)s and c.document = 'front_page' and c.voided_at is null
    and c.person_id in (select person_id from grouping_case
                         where alliance_id = %(alliance)s and month = any(%(months)s::date[])
                           and document = 'front_page' and voided_at is null) {{bound}}
)"""

_EXCLUDED = """
case when s.way = 5 then 'death'
     when s.age = 0 and s.age_days <= %(newborn_days)s then 'newborn'
     when s.way = 2 and exists (
       select 1 from grouping_case o where o.alliance_id = %(alliance)s
         and o.person_id = s.person_id and o.document = 'front_page' and o.voided_at is null
         and o.institution_id <> s.institution_id and o.admitted_at >= s.discharged_at
         and (o.admitted_at at time zone 'Asia/Shanghai')::date = s.discharged::date)
       then 'same_day_transfer'
     when %(data_end)s::date - s.discharged::date < %(days)s then 'window' else '' end"""

# Of an admission `s` after the nearest discharge `p` before it.
_REASON = f"""
case when p.id is null then 'no_previous'
     when p.excluded <> '' then 'index_' || p.excluded
     when {_gap("p", "s")} > %(days)s then 'beyond_window'
     when {_REFERRED.format("s")} then 'accepted_referral'
     when {_transferred("p", "s")} then 'transfer_within_24h'
     when p.plan = 2 then 'planned'
     when s.dx like 'Z51.0%%' or s.dx like 'Z51.1%%' or s.dx like 'Z49%%' then 'therapy'
     else 'counted' end"""

_AGAIN = """
again as (
  select previous_id, array_agg(id order by admitted_at, discharged_at, id) as all_ids,
         array_agg(id order by admitted_at, discharged_at, id)
           filter (where dx <> '' and left(dx, 3) = left(previous_dx, 3)) as dx3_ids,
         array_agg(id order by admitted_at, discharged_at, id)
           filter (where adrg <> '' and adrg = previous_adrg) as adrg_ids
  from reasoned where reason = 'counted' group by previous_id
)"""

JUDGE = f"""
with {_STAYS.format(bound="")}, judged as (
  select s.*, before.id as previous_id, home.id as home_id,
         {_EXCLUDED} as excluded
  from stays s
  {_PREVIOUS.format(name="before", more="")}
  {_PREVIOUS.format(name="home", more="and p.institution_id = s.institution_id")}
), reasoned as (
  select s.*, p.dx as previous_dx, p.adrg as previous_adrg, {_gap("p", "s")} as gap,
         {_REASON} as reason,
         {_gap("h", "s")} as home_gap, {_split("h")} as split_reason, {_split("p")} = 'flag' as split_anywhere
  from judged s
  left join judged p on p.id = s.previous_id
  left join judged h on h.id = s.home_id
), {_AGAIN.strip()}, pairs as (
  select a.id, b.id as other,
         case when least(a.discharged_at, b.discharged_at) - greatest(a.admitted_at, b.admitted_at)
                   <= %(overlap)s then 'overlap_up_to'
              when exists (select 1 from grouping_referrallink l where l.alliance_id = %(alliance)s
                            and l.admission_id in (a.id, b.id)
                            and ((l.origin_id = a.institution_id and l.target_id = b.institution_id)
                              or (l.origin_id = b.institution_id and l.target_id = a.institution_id)))
                then 'referral'
              when case when (a.admitted_at, a.discharged_at, a.id) < (b.admitted_at, b.discharged_at, b.id)
                        then a.way in (2, 3) and a.discharged::date = b.admitted::date
                        else b.way in (2, 3) and b.discharged::date = a.admitted::date end
                then 'same_day_transfer' else 'flag' end as reason
  from stays a join stays b on b.person_id = a.person_id and b.id <> a.id
    and b.institution_id <> a.institution_id
    and least(a.discharged_at, b.discharged_at) > greatest(a.admitted_at, b.admitted_at)
), shared as (
  select id, array_agg(other order by other) filter (where reason = 'flag') as others,
         min(case reason when 'flag' then 1 when 'referral' then 2 when 'same_day_transfer' then 3 else 4 end)
           as rank
  from pairs group by id
)
select s.id, s.person_id, s.institution_id, s.month, s.excluded, s.previous_id, s.gap, s.reason,
       s.department, s.doctor, s.drg, a.all_ids, a.dx3_ids, a.adrg_ids,
       s.home_id, s.home_gap, s.split_reason, s.split_anywhere,
       o.others, coalesce((array['flag', 'referral', 'same_day_transfer', 'overlap_up_to'])[o.rank], '')
         as overlap,
       exists (select 1 from grouping_referrallink l where l.alliance_id = %(alliance)s
                and l.source_id = s.id and l.direction = 'down' and l.admission_id is not null)
       or (s.way = 3 or s.way = 2 and s.receiver_level = 'primary') and exists (
         select 1 from grouping_case t where t.alliance_id = %(alliance)s and t.person_id = s.person_id
           and t.id <> s.id and t.document = 'front_page' and t.voided_at is null
           and t.institution_id = s.receiver_id and t.admitted_at >= s.discharged_at
           and (t.admitted_at at time zone 'Asia/Shanghai')::date - s.discharged::date
               <= %(down_days)s) as down_referral
from reasoned s
left join again a on a.previous_id = s.id
left join shared o on o.id = s.id
order by s.id
"""

# The key of a level, of the index discharge: whose rate it is.
LEVELS = {
    "alliance": ("0::bigint", "''"),
    "institution": ("j.institution_id", "''"),
    "department": ("j.institution_id", "j.department"),
    "doctor": ("j.institution_id", "j.doctor"),
    "drg": ("j.institution_id", "j.drg"),
    "group": ("0::bigint", "j.drg"),
}
_NAMED = {"doctor": "and j.doctor <> ''", "drg": "and j.drg <> ''", "group": "and j.drg <> ''"}


# A rate asks of each discharge of the months only who came back within its window: no stay before the first
# month and none begun after the last window takes part, whatever the patients' histories hold.
_FIRST = "(select min(m) from unnest(%(months)s::date[]) m)"
_IN_REACH = f"""
    and c.month >= {_FIRST}
    and (c.admitted_at at time zone 'Asia/Shanghai')::date
        <= (select max(m) + interval '1 month' from unnest(%(months)s::date[]) m)::date + %(days)s"""


def rates(level: str) -> str:
    """Eligible and readmitted index discharges by the key of a level."""
    institution, key = LEVELS[level]
    return f"""
with {_STAYS.format(bound=_IN_REACH)}, judged as (
  select s.*, before.id as previous_id, {_EXCLUDED} as excluded
  from stays s {_PREVIOUS.format(name="before", more=f"and p.month >= {_FIRST}")}
), reasoned as (
  select s.*, p.dx as previous_dx, p.adrg as previous_adrg, {_REASON} as reason
  from judged s join judged p on p.id = s.previous_id
), {_AGAIN}
select {institution} as institution_id, {key} as key,
       count(*) filter (where excluded = '') as eligible,
       count(*) filter (where excluded = '' and a.all_ids is not null) as all_times,
       count(*) filter (where excluded = '' and a.dx3_ids is not null) as dx3_times,
       count(*) filter (where excluded = '' and a.adrg_ids is not null) as adrg_times
from judged j left join again a on a.previous_id = j.id
where j.month = any(%(months)s::date[]) {_NAMED.get(level, "")}
  and (%(institution)s::bigint is null or j.institution_id = %(institution)s)
  and (%(department)s::text is null or j.department = %(department)s)
  and (%(doctor)s::text is null or j.doctor = %(doctor)s)
  and (%(drg)s::text is null or j.drg = %(drg)s)
group by 1, 2 order by 1, 2
"""


REPLACE_LINKS = """
insert into grouping_referrallink
  (alliance_id, number, direction, origin_id, target_id, source_id, admission_id)
select %(alliance)s, * from unnest(%(numbers)s::text[], %(directions)s::text[], %(origins)s::bigint[],
                                   %(targets)s::bigint[], %(sources)s::bigint[], %(admissions)s::bigint[])
on conflict (alliance_id, number) do update
set direction = excluded.direction, origin_id = excluded.origin_id, target_id = excluded.target_id,
    source_id = excluded.source_id, admission_id = excluded.admission_id
"""

_NEAREST = """
left join lateral (
  select c.id from grouping_case c where c.alliance_id = %(alliance)s and c.person_id = r.person
    and c.institution_id = r.{place} and c.document = 'front_page' and c.voided_at is null
    and c.{moment} between r.moment - %(days)s and r.moment + %(days)s
  order by abs(extract(epoch from c.{moment} - r.moment)), c.id limit 1
) {name} on true
"""
FOLLOW = f"""
insert into grouping_referrallink
  (alliance_id, number, direction, origin_id, target_id, source_id, admission_id)
select %(alliance)s, r.number, r.direction, r.origin, r.target, s.id, a.id
from unnest(%(numbers)s::text[], %(directions)s::text[], %(origins)s::bigint[], %(targets)s::bigint[],
            %(persons)s::bigint[], %(moments)s::timestamptz[])
     as r (number, direction, origin, target, person, moment)
{_NEAREST.format(place="origin", moment="discharged_at", name="s")}
{_NEAREST.format(place="target", moment="admitted_at", name="a")}
on conflict (alliance_id, number) do update
set direction = excluded.direction, origin_id = excluded.origin_id, target_id = excluded.target_id,
    source_id = excluded.source_id, admission_id = excluded.admission_id
"""
