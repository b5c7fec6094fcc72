"""SQL of pairs: matching a month's documents in single statements, and what a month is paid by."""

from __future__ import annotations

from grouping.sql import IN_FORCE

# A visit number of a source that has none is the day of discharge as yyyymmdd (readers.assembling).
STATED = 9_999
_DAY = "({0}.discharged_at at time zone 'Asia/Shanghai')::date"
_SAME = f"""
f.alliance_id = l.alliance_id and f.institution_id = l.institution_id and f.record_no = l.record_no
  and {_DAY.format("f")} = {_DAY.format("l")}
  and (f.visit_no = l.visit_no or l.visit_no > {STATED} or f.visit_no > {STATED})
  and f.document = 'front_page' and f.voided_at is null
"""

# Every list of the months stands in the queue once; a file of front pages brings none.
ENSURE = """
insert into grouping_pairing (alliance_id, settlement_id, how, reason, verdict, verdict_note)
select c.alliance_id, c.id, 'open', '', '', ''
from grouping_case c
where c.alliance_id = %(alliance)s and c.month = any(%(months)s::date[]) and c.voided_at is null
  and c.document = 'settlement_list'
  and exists (select 1 from grouping_casefile f where f.alliance_id = %(alliance)s and f.id = %(file)s
                and f.document = 'settlement_list')
on conflict do nothing
"""

# A correction of this file changed a number or a day: the match no longer holds.
REOPEN = f"""
update grouping_pairing p set page_id = null, how = 'open'
from grouping_case l, grouping_case was
where p.alliance_id = %(alliance)s and p.how = 'key'
  and l.alliance_id = p.alliance_id and l.id = p.settlement_id
  and was.alliance_id = p.alliance_id and was.id = p.page_id
  and (l.file_id = %(file)s or was.file_id = %(file)s)
  and not exists (select 1 from grouping_case f where f.id = p.page_id and {_SAME})
"""

# One list, one free front page, each the other's only candidate; anything else waits for a person, and so
# does what a person has parted.
MATCH = f"""
with found as (
  select p.id as pairing_id, f.id as page_id,
         count(*) over (partition by p.id) as pages, count(*) over (partition by f.id) as lists
  from grouping_pairing p
  join grouping_case l on l.alliance_id = p.alliance_id and l.id = p.settlement_id and l.voided_at is null
  join grouping_case f on {_SAME}
  where p.alliance_id = %(alliance)s and p.how = 'open' and p.decided_at is null
    and (l.month = any(%(months)s::date[]) or l.file_id = %(file)s)
    and not exists (select 1 from grouping_pairing x where x.alliance_id = f.alliance_id and x.page_id = f.id)
)
update grouping_pairing p set page_id = found.page_id, how = 'key'
from found where p.alliance_id = %(alliance)s and p.id = found.pairing_id and pages = 1 and lists = 1
"""

# Front pages that may belong to a list: same patient or record, days that overlap (one day of tolerance).
CANDIDATES = """
select f.id
from grouping_case l
join grouping_case f on f.alliance_id = l.alliance_id and f.institution_id = l.institution_id
  and f.document = 'front_page' and f.voided_at is null
  and (f.person_id = l.person_id or f.record_no = l.record_no)
  and f.admitted_at <= l.discharged_at + interval '1 day'
  and f.discharged_at >= l.admitted_at - interval '1 day'
where l.alliance_id = %(alliance)s and l.id = %(list)s
  and not exists (select 1 from grouping_pairing x where x.alliance_id = f.alliance_id and x.page_id = f.id)
order by (f.record_no = l.record_no) desc,
         abs(extract(epoch from f.discharged_at - l.discharged_at)), f.id
limit 10
"""

# What a stay is paid by: its settlement list, else its front page as an estimate. A list that still waits for
# its match is left out, because its front page may be among the estimates.
PAID_BY = """
c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null and (
  (c.document = 'settlement_list' and exists (
     select 1 from grouping_pairing p where p.alliance_id = c.alliance_id and p.settlement_id = c.id
       and p.how <> 'open'))
  or (c.document = 'front_page' and not exists (
     select 1 from grouping_pairing p
     join grouping_case l on l.alliance_id = p.alliance_id and l.id = p.settlement_id and l.voided_at is null
     where p.alliance_id = c.alliance_id and p.page_id = c.id)))
"""

PAYMENT_FACTS = f"""
select i.id as institution_id, i.code, count(*) as stays,
       count(*) filter (where c.document = 'front_page') as estimated,
       sum(c.total_fen)::bigint as cost_fen,
       coalesce(sum(c.total_fen) filter (where c.document = 'front_page'), 0)::bigint as estimated_fen,
       sum(g.weight) filter (where g.status = 'grouped') as total_weight,
       count(g.weight) filter (where g.status = 'grouped') as weighted_stays,
       count(*) filter (where g.id is null) as pending,
       (select count(*) from grouping_pairing p
         join grouping_case l on l.alliance_id = p.alliance_id and l.id = p.settlement_id
        where p.alliance_id = %(alliance)s and p.how = 'open' and l.month = %(month)s and l.voided_at is null
          and l.institution_id = i.id) as unmatched
from grouping_case c
join alliance_institution i on i.alliance_id = c.alliance_id and i.id = c.institution_id
left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
  and g.revision = c.revision and g.scheme_id = {IN_FORCE}
where {PAID_BY}
group by i.id, i.code order by i.code
"""
