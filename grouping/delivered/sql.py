"""SQL of a delivered file: what storing it would do, what it lacks, and storing it, by sets."""

from __future__ import annotations

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
       array_remove(array[{_CHANGED}], null), %(now)s
{_MATCH} and c.digest <> s.digest
"""

CORRECT = f"""
update grouping_case o set {_SET}, revision = o.revision + 1, file_id = s.file_id, line = s.line,
       changed_at = %(now)s, person_id = s.person_id, voided_at = null
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
select s.alliance_id, {_DOCUMENT}, s.institution_id, p.id, 1, s.file_id, s.line, %(now)s, {_STAGED}
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
CLEAR_STAGING = "delete from grouping_stagedcase where alliance_id = %(alliance)s and file_id = %(file)s"
