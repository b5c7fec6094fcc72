"""SQL of central results: finding their cases and comparing the groups, each one statement a file."""

from __future__ import annotations

from grouping.sql import IN_FORCE

# The city groups settlement lists: the list of the stay where there is one, else its front page.
FIND = """
update grouping_centralresult r set case_id = (
  select c.id from grouping_case c
  where c.alliance_id = r.alliance_id and c.institution_id = r.institution_id and c.record_no = r.record_no
    and (c.discharged_at at time zone 'Asia/Shanghai')::date = r.day and c.voided_at is null
    and (r.visit_no is null or c.visit_no = r.visit_no or c.visit_no > 9999)
  order by (c.document = 'settlement_list') desc, c.id limit 1)
where r.alliance_id = %(alliance)s and r.file_id = %(file)s
"""

# The first cause that explains the difference; FORMAT 9: an ADRG has three characters, its first is the MDC.
COMPARE = f"""
with seen as (
  select r.id, g.drg as ours,
    case when c.id is null then 'no_case'
         when g.id is null then 'pending'
         when g.drg = r.drg then 'equal'
         when not r.drg = any(%(known)s::text[]) then 'unknown'
         when r.principal <> '' and r.principal <> c.diagnoses[1] then 'principal'
         when exists (
           select 1 from grouping_pairing p
           join grouping_case o on o.alliance_id = p.alliance_id
             and o.id = case when p.settlement_id = c.id then p.page_id else p.settlement_id end
           join grouping_groupedcase og on og.alliance_id = o.alliance_id and og.case_id = o.id
             and og.revision = o.revision and og.drg = r.drg
           where p.alliance_id = c.alliance_id and (p.settlement_id = c.id or p.page_id = c.id))
           then 'document'
         when exists (
           select 1 from grouping_groupedcase x where x.alliance_id = c.alliance_id and x.case_id = c.id
             and x.revision = c.revision and x.scheme_id <> g.scheme_id and x.drg = r.drg) then 'version'
         when r.version <> '' and position(h.version in r.version) = 0 then 'version'
         when left(g.drg, 3) = left(r.drg, 3) then 'split'
         when left(g.drg, 1) = left(r.drg, 1) then 'adrg'
         else 'mdc' end as why
  from grouping_centralresult r
  left join grouping_case c on c.alliance_id = r.alliance_id and c.id = r.case_id
  left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
    and g.revision = c.revision and g.scheme_id = {IN_FORCE}
  left join grouping_scheme h on h.alliance_id = g.alliance_id and h.id = g.scheme_id
  where r.alliance_id = %(alliance)s and r.file_id = %(file)s
)
update grouping_centralresult r set ours = coalesce(seen.ours, ''), why = seen.why
from seen where r.alliance_id = %(alliance)s and r.id = seen.id
"""
