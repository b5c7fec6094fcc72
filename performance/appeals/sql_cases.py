"""SQL of cases that an upheld appeal corrects."""

from __future__ import annotations

# What is right of a case is said while its appeal is examined, of a case that is a line of it.
INSTALL_CASES = """
create function public.performance_appeal_case() returns trigger language plpgsql as $appeal$
begin
  if not exists (select 1 from performance_appealline l
        join performance_appeal a on a.alliance_id = l.alliance_id and a.id = l.appeal_id
       where l.alliance_id = new.alliance_id and l.id = new.line_id and l.appeal_id = new.appeal_id
         and l.case_id = new.case_id and a.state = 'assigned' and a.revision = new.revision - 1) then
    raise exception 'a correction is made while its appeal is examined, of a case it is about'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_appeal_case before insert on public.performance_appealcase
  for each row execute function public.performance_appeal_case();
"""
