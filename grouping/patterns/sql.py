"""SQL of patterns: one statement a question, whatever the number of cases."""

from __future__ import annotations

from grouping.readmission.sql import JUDGE
from grouping.sql import IN_FORCE

# Admissions by institution, department and group, with those that look split (R01) and are not planned.
# `paid`: charge of the stay before by the mean of its group among the stays judged.
SPLITS = f"""
with judged as ({JUDGE}), told as (
  select j.*, c.diagnoses[1] as dx, c.total_fen,
         avg(c.total_fen) over (partition by j.drg) as mean_fen
  from judged j join grouping_case c on c.alliance_id = %(alliance)s and c.id = j.id
), marked as (
  select t.*, p.id as first_id, case when %(anywhere)s then t.gap else t.home_gap end as days,
         case when p.drg <> '' then round(p.total_fen / nullif(p.mean_fen, 0), 2)::text else '' end as paid,
         (case when %(anywhere)s then t.split_anywhere else t.split_reason = 'flag' end)
           and p.id is not null and not coalesce(t.dx, '') like any(%(planned)s::text[]) as split
  from told t
  left join told p on p.id = case when %(anywhere)s then t.previous_id else t.home_id end
  where t.month = any(%(months)s::date[])
)
select i.code as place, m.department, m.drg as group, count(*)::int as admissions,
       coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'first', m.first_id, 'days', m.days,
                                             'paid', coalesce(m.paid, '')) order by m.id)
                filter (where m.split), '[]') as split
from marked m join alliance_institution i on i.alliance_id = %(alliance)s and i.id = m.institution_id
group by 1, 2, 3 order by 1, 2, 3
"""

# Who came back within the window, by the institution that had discharged: readmissions counted, and those an
# accepted referral took out of the count although it does not continue the stay (down, by who discharged).
ERASED = f"""
with judged as ({JUDGE})
select i.code as place, count(*) filter (where j.reason = 'counted')::int as counted,
       coalesce(jsonb_agg(jsonb_build_object('id', j.id, 'first', p.id, 'days', j.gap, 'referral', l.number,
                                             'direction', l.direction) order by j.id)
                filter (where l.number is not null), '[]') as erased
from judged j
join judged p on p.id = j.previous_id
join alliance_institution i on i.alliance_id = %(alliance)s and i.id = p.institution_id
left join lateral (
  select r.number, r.direction from grouping_referrallink r
  where r.alliance_id = %(alliance)s and r.admission_id = j.id and j.reason = 'accepted_referral'
    and not exists (
      select 1 from grouping_referrallink c where c.alliance_id = %(alliance)s and c.admission_id = j.id
        and c.direction = 'down' and c.origin_id = p.institution_id)
  order by r.number limit 1
) l on true
where p.month = any(%(months)s::date[]) and j.reason in ('counted', 'accepted_referral')
group by 1 order by 1
"""

# Discharges of each month by institution, and those on its last days; `ids` of the month asked for.
LAST_DAYS = """
with told as (
  select c.id, c.institution_id, c.month,
         (c.discharged_at at time zone 'Asia/Shanghai')::date
           > (c.month + interval '1 month')::date - 1 - %(days)s as hit
  from grouping_case c
  where c.alliance_id = %(alliance)s and c.month = any(%(months)s::date[]) and c.document = 'front_page'
    and c.voided_at is null
)
select i.code as place, t.month, count(*)::int as events, count(*) filter (where t.hit)::int as hits,
       (array_agg(t.id order by t.id) filter (where t.hit and t.month = %(month)s))[1:%(most)s] as ids
from told t join alliance_institution i on i.alliance_id = %(alliance)s and i.id = t.institution_id
group by 1, 2 order by 1, 2
"""

_GROUPED = f"""
with told as (
  select c.id, c.institution_id, g.adrg, g.drg, g.weight,
         (c.discharged_at at time zone 'Asia/Shanghai')::date >= %(change)s as after
  from grouping_case c
  join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
    and g.revision = c.revision and g.scheme_id = {IN_FORCE} and g.status = 'grouped'
    and g.weight is not null
  where c.alliance_id = %(alliance)s and c.month between %(first)s and %(last)s
    and c.document = 'front_page' and c.voided_at is null
), members as (
  select adrg, drg, avg(weight) filter (where after) as weight from told group by 1, 2
), lightest as (
  select distinct on (adrg) adrg, drg from members where weight is not null order by adrg, weight, drg
), families as (
  select m.adrg, l.drg as lightest from members m join lightest l on l.adrg = m.adrg
  where m.weight is not null group by 1, 2 having count(*) > 1
)
"""

# Cases of each family of groups with lighter and heavier members, before and after a day.
FAMILIES = f"""
{_GROUPED}
select i.code as place, t.adrg as family,
       count(*) filter (where not t.after)::int as cases_before,
       count(*) filter (where not t.after and t.drg <> f.lightest)::int as heavy_before,
       count(*) filter (where t.after)::int as cases_after,
       count(*) filter (where t.after and t.drg <> f.lightest)::int as heavy_after
from told t join families f on f.adrg = t.adrg
join alliance_institution i on i.alliance_id = %(alliance)s and i.id = t.institution_id
group by 1, 2 order by 1, 2
"""
HEAVIER = f"""
{_GROUPED}
select t.id, t.drg from told t join families f on f.adrg = t.adrg
join alliance_institution i on i.alliance_id = %(alliance)s and i.id = t.institution_id
where t.after and t.drg <> f.lightest and i.code = %(place)s and t.adrg = any(%(families)s::text[])
order by t.id limit %(most)s
"""
