"""SQL of the work queues: items are found, return and close in sets, each with its step kept."""

from __future__ import annotations

from grouping.sql import IN_FORCE

_SUBJECT = """left(coalesce(nullif(b.raw ->> 'A48', '') || '/' || coalesce(nullif(b.raw ->> 'A49', ''), '1'),
                           '#' || b.file_id || '/' || b.line), 60)"""
_MONTH = r"""to_date(substring(translate(b.raw ->> 'B15', '-/.', '')
                               from '^((?:19|20)\d\d(?:0[1-9]|1[0-2]))'), 'YYYYMM')"""
_SAME = "(alliance_id, institution_id, document, subject, cause)"

# Every bad row of a file, by record and cause; the same record again only brings its newest findings. One
# look into the key's index a row: the planner knows nothing yet of the cases that the same transaction
# stored, and a join by the institution alone would cost the square of the rows. The order is that index's; a
# row's institution is known before (OFFSET 0), else the index could not be asked for it.
FIND_ROWS = f"""
insert into grouping_workitem as w
  (alliance_id, institution_id, document, subject, cause, state, case_id, file_id, line, month,
   department_code, detail, found_at, changed_at)
select r.alliance_id, r.institution_id, r.document, r.subject, r.cause, 'open', max(c.id), r.file_id,
       min(r.line), max(r.month), max(r.department),
       jsonb_build_object('rows', jsonb_agg(r.finding order by r.id)), clock_timestamp(), clock_timestamp()
from (
  select b.id, b.alliance_id, coalesce(i.id, f.institution_id) as institution_id, f.document, b.file_id,
         b.line, b.raw ->> 'A48' as record_no,
         {_SUBJECT} as subject, {_MONTH} as month, left(coalesce(b.raw ->> 'B16C', ''), 20) as department,
         coalesce(k.cause, 'value') as cause,
         jsonb_build_object('column', b."column", 'code', b.code, 'value', b.value, 'message', b.message,
                            'params', b.params) as finding
  from grouping_badrow b
  join grouping_casefile f on f.alliance_id = b.alliance_id and f.id = b.file_id
  left join alliance_institution i on i.alliance_id = b.alliance_id and i.organisation = b.raw ->> 'A01'
  left join unnest(%(codes)s::text[], %(causes)s::text[]) as k (code, cause)
    on k.code = case when b.code = any(%(unknown)s) and b.value = any(%(clinical)s::text[])
                     then %(clinical_code)s else b.code end
  where b.alliance_id = %(alliance)s and b.file_id = %(file)s offset 0
) r
left join lateral (
  select x.id from grouping_case x where x.alliance_id = r.alliance_id and x.institution_id = r.institution_id
    and x.record_no = r.record_no and x.document = r.document
    and x.record_no || '/' || x.visit_no = r.subject order by x.visit_no limit 1) c on true
group by r.alliance_id, r.institution_id, r.document, r.subject, r.cause, r.file_id
on conflict {_SAME} do update
set file_id = excluded.file_id, line = excluded.line, detail = excluded.detail,
    changed_at = clock_timestamp(), month = coalesce(excluded.month, w.month),
    department_code = excluded.department_code,
    case_id = coalesce(excluded.case_id, w.case_id)
where w.file_id is distinct from excluded.file_id
"""

UNKNOWN_VALUES = """
select distinct value from grouping_badrow
where alliance_id = %(alliance)s and file_id = %(file)s and code = any(%(unknown)s)
"""

# What grouping and cost show of stored cases.
FIND_CASES = f"""
insert into grouping_workitem as w
  (alliance_id, institution_id, document, subject, cause, state, case_id, file_id, line, month,
   department_code, detail, found_at, changed_at)
select c.alliance_id, c.institution_id, c.document, c.record_no || '/' || c.visit_no, x.cause, 'open', c.id,
       c.file_id, c.line, c.month, c.department_code, x.detail::jsonb, clock_timestamp(), clock_timestamp()
from unnest(%(cases)s::bigint[], %(causes)s::text[], %(details)s::text[]) as x (case_id, cause, detail)
join grouping_case c on c.alliance_id = %(alliance)s and c.id = x.case_id
on conflict {_SAME} do update
set case_id = excluded.case_id, file_id = excluded.file_id, line = excluded.line, month = excluded.month,
    department_code = excluded.department_code, detail = excluded.detail, changed_at = clock_timestamp()
where w.detail is distinct from excluded.detail or w.month is distinct from excluded.month
"""


def _moved(which: str, name: str, to: str, note: str) -> str:
    """Items of a question move one step, each step kept in the same statement; counts them."""
    return f"""
with was as (select w.id, w.state from grouping_workitem w {which} for update of w),
moved as (
  update grouping_workitem w set state = '{to}', changed_at = clock_timestamp()
  from was where w.alliance_id = %(alliance)s and w.id = was.id returning w.id
)
insert into alliance_transition
  (alliance_id, about_kind, about_id, name, from_state, to_state, by_id, at, note)
select %(alliance)s, 'grouping.workitem', was.id, '{name}', was.state, '{to}', null, clock_timestamp(),
       '{note}'
from was join moved on moved.id = was.id
"""


# The file has them as bad rows again.
RETURN_ROWS = _moved(
    """where w.alliance_id = %(alliance)s and w.file_id = %(file)s and w.cause = any(%(row_causes)s)
  and w.state = 'closed'""",
    "return_", "open", "found_again",
)  # fmt: skip

# A good row of the record came: all its findings are gone. Items are few and rows of a file are many: each
# item looks into the index of the staged rows, in its institution, or in every one where it says none. A row
# that never said which record it is goes when a later file delivers its institution's month.
CLOSE_ROWS = _moved(
    r"""join grouping_casefile f
    on f.alliance_id = w.alliance_id and f.id = %(file)s and f.document = w.document
  where w.alliance_id = %(alliance)s and w.cause = any(%(row_causes)s) and w.state <> 'closed'
    and w.file_id is distinct from %(file)s and w.subject ~ '/'
    and exists (
      select 1 from alliance_institution i
      cross join lateral (
        select 1 from grouping_stagedcase s
        where s.alliance_id = i.alliance_id and s.file_id = %(file)s and s.institution_id = i.id
          and s.record_no = substring(w.subject from '^(.*)/[^/]*$')
          and s.record_no || '/' || s.visit_no = w.subject
          and (w.institution_id is not null or s.month = w.month) order by s.visit_no limit 1) s
      where i.alliance_id = w.alliance_id and i.id = coalesce(w.institution_id, i.id) offset 0)""",
    "close", "closed", "corrected",
)  # fmt: skip
CLOSE_NAMELESS = _moved(
    """where w.alliance_id = %(alliance)s and w.subject like '#%%' and w.state <> 'closed'
    and w.file_id < %(file)s and exists (
      select 1 from grouping_casefile f
      cross join jsonb_to_recordset(f.months) as m (month text, institution bigint)
      where f.alliance_id = w.alliance_id and f.id = %(file)s and m.institution = w.institution_id
        and (w.month is null or to_char(w.month, 'YYYY-MM') = m.month))""",
    "close", "closed", "corrected",
)  # fmt: skip

# A file put aside takes along what it alone brought and nobody has touched.
WITHDRAW = _moved(
    """join grouping_casefile f on f.alliance_id = w.alliance_id and f.id = w.file_id
  where w.alliance_id = %(alliance)s and w.file_id = %(file)s and w.state = 'open'
    and w.cause = any(%(row_causes)s) and w.found_at >= f.received_at""",
    "close", "closed", "withdrawn",
)  # fmt: skip

# Findings of files nobody stored: items begin where a file is stored, those of earlier versions did not.
WITHDRAW_UNSTORED = _moved(
    """join grouping_casefile f on f.alliance_id = w.alliance_id and f.id = w.file_id
  where w.alliance_id = %(alliance)s and w.state = 'open' and w.cause = any(%(row_causes)s)
    and (w.month is null or w.month = %(month)s) and f.state <> 'published'""",
    "close", "closed", "withdrawn",
)  # fmt: skip

_PRESENT = """(select 1 from unnest(%(cases)s::bigint[], %(causes)s::text[]) as x (case_id, cause)
               where x.case_id = w.case_id and x.cause = w.cause)"""
RETURN_CASES = _moved(
    f"""where w.alliance_id = %(alliance)s and w.state = 'closed' and w.cause = any(%(case_causes)s)
  and exists {_PRESENT}""",
    "return_", "open", "found_again",
)  # fmt: skip
CLOSE_CASES = _moved(
    f"""join grouping_case c on c.alliance_id = w.alliance_id and c.id = w.case_id
  where w.alliance_id = %(alliance)s and w.state <> 'closed' and w.cause = any(%(case_causes)s)
    and (w.month = %(month)s or c.month = %(month)s) and not exists {_PRESENT}""",
    "close", "closed", "corrected",
)  # fmt: skip

FILL_INTERNAL = """
update grouping_workitem set internal_from = %(at)s
where alliance_id = %(alliance)s and month = %(month)s and internal_from is null
"""
MONTHS_WITHOUT_LIMIT = """
select distinct month from grouping_workitem
where alliance_id = %(alliance)s and month is not null and internal_from is null
"""

# Coding quality of a month -----------------------------------------------------------------------------
# An error counts once found, also when it was corrected later; not what was no error, nor what only a file
# that was put aside had brought.
_ERROR = """
w.alliance_id = %(alliance)s and w.month = %(month)s and w.document = 'front_page'
  and w.cause = any(%(row_causes)s) and w.state <> 'accepted'
  and (%(institution)s::bigint is null or w.institution_id = %(institution)s)
  and not (w.state = 'closed' and exists (
    select 1 from alliance_transition t where t.alliance_id = w.alliance_id
      and t.about_kind = 'grouping.workitem' and t.about_id = w.id and t.note = 'withdrawn'
      and not exists (select 1 from alliance_transition later where later.alliance_id = t.alliance_id
                        and later.about_kind = t.about_kind and later.about_id = t.about_id
                        and later.id > t.id)))
"""
_KEYS = {"institution": "r.institution_id", "department": "r.institution_id, r.department",
         "coder": "r.institution_id, r.coder"}  # fmt: skip


_BAD = f"""
bad as (select distinct w.institution_id, w.subject, w.department_code from grouping_workitem w
         where {_ERROR})"""
# Every front page of the month, and the bad rows that never became one.
_RECORDS = f"""
records as (
  select c.institution_id, c.department_code as department, c.record_no || '/' || c.visit_no as subject,
         coalesce(c.recorded -> 'doctors' ->> 'B29', '') as coder, g.status
  from grouping_case c
  left join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id
    and g.revision = c.revision and g.scheme_id = {IN_FORCE}
  where c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null
    and c.document = 'front_page' and (%(institution)s::bigint is null or c.institution_id = %(institution)s)
),
everything as (
  select * from records
  union all
  select b.institution_id, max(b.department_code), b.subject, '', null from bad b
  where b.institution_id is not null and not exists (
    select 1 from records r where r.institution_id = b.institution_id and r.subject = b.subject)
  group by b.institution_id, b.subject
)"""
_ASKED = """
asked as (
  select w.institution_id, w.subject,
         count(*) filter (where q.answered_at is not null or q.due_at <= %(now)s) as due,
         count(*) filter (where q.answered_at < q.due_at) as in_time
  from grouping_casequestion q
  join grouping_workitem w on w.alliance_id = q.alliance_id and w.id = q.item_id
  where q.alliance_id = %(alliance)s and w.month = %(month)s
  group by w.institution_id, w.subject
)"""


def quality(by: str) -> str:
    """Records of a month with their errors, groups and answers, by "institution", "department" or "coder".

    In no group 未入组 and ambiguous 歧义病例 are the outcomes of the grouper, counted as everywhere else
    (grouping.sql.CASE_FACTS); whether somebody works on the record changes neither.

    The coder is the one of the stored front page; a bad row not yet corrected names none.
    """
    key = _KEYS[by]
    return f"""
with {_BAD}, {_RECORDS}, {_ASKED}
select {key}, count(*) as records,
       count(*) filter (where exists (select 1 from bad b where b.institution_id = r.institution_id
                                        and b.subject = r.subject)) as errors,
       count(*) filter (where r.status = 'ungroupable') as ungrouped,
       count(*) filter (where r.status = 'ambiguous') as ambiguous,
       coalesce(sum(a.due), 0)::int as due, coalesce(sum(a.in_time), 0)::int as in_time
from everything r
left join asked a on a.institution_id = r.institution_id and a.subject = r.subject
group by {key} order by {key}
"""


FIELDS = f"""
select x.finding ->> 'column' as "column", count(distinct (w.institution_id, w.subject)) as records
from grouping_workitem w cross join lateral jsonb_array_elements(w.detail -> 'rows') as x (finding)
where {_ERROR} group by 1 order by 2 desc, 1 limit 20
"""
