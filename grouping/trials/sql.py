"""SQL of dry runs: each case's present result beside the one of the trial."""

from __future__ import annotations

from typing import Any

from grouping.sql import IN_FORCE, fetch

# A stay counts once, by its front page. A weight counts where the case is grouped, as in the month's facts.
# Payment methods 1 and 2 of the front page are the employees' and the residents' insurance.
_BOTH = f"""
select c.id, c.institution_id, c.department_code, c.record_no, c.visit_no, c.discharged_at,
       c.discharge_way as way, (c.discharged_at at time zone 'Asia/Shanghai')::date as day,
       case ltrim(coalesce(c.raw ->> 'A46C', ''), '0') when '1' then 'employee' when '2' then 'resident'
            else '' end as insurance,
       c.procedures && %(minimal)s::varchar[] as minimal,
       coalesce(g.drg, '') as old_drg, case when g.status = 'grouped' then g.weight end as old_weight,
       t.drg as new_drg, case when t.status = 'grouped' then t.weight end as new_weight,
       coalesce(g.status = 'grouped', false) as old_grouped, t.status = 'grouped' as new_grouped
from grouping_trialcase t
join grouping_case c on c.alliance_id = t.alliance_id and c.id = t.case_id and c.revision = t.revision
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
where t.alliance_id = %(alliance)s and t.run_id = %(run)s and c.document = 'front_page'
  and c.voided_at is null
"""

# Cases alike in all that decides weight and money, counted: a few thousand rows a month whatever its size.
ALIKE = f"""
select b.institution_id, b.department_code, b.insurance, b.way, b.minimal, b.old_drg, b.old_weight, b.new_drg,
       b.new_weight, b.old_grouped, b.new_grouped,
       (select max(d) from unnest(%(days)s::date[]) d where d <= b.day) as since,
       count(*) as cases
from ({_BOTH}) b group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
"""
CASES = f"""
select b.id, b.institution_id, b.department_code, b.record_no, b.visit_no, b.discharged_at, b.old_drg,
       b.old_weight, b.new_drg, b.new_weight
from ({_BOTH}) b
where (%(changed)s = false or b.old_drg <> b.new_drg or b.old_weight is distinct from b.new_weight)
  and (%(old)s::text is null or b.old_drg = %(old)s) and (%(new)s::text is null or b.new_drg = %(new)s)
  and (%(institution)s::bigint is null or b.institution_id = %(institution)s)
  and (%(department)s::text is null or b.department_code = %(department)s)
order by b.institution_id, b.discharged_at, b.id limit %(limit)s offset %(offset)s
"""


def alike(**parameters: object) -> list[dict[str, Any]]:
    """The counted rows of a trial."""
    return fetch(ALIKE, **parameters)


def cases(**parameters: object) -> list[dict[str, Any]]:
    """Cases of a trial, one page."""
    return fetch(CASES, **parameters)
