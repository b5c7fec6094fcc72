"""SQL of declared values: what the database itself keeps of them."""

from __future__ import annotations

# A number is changed only before it is submitted; of whom and when it is, never; nothing is deleted.
# The second person is another user, whatever membership they act by.
INSTALL = """
create or replace function public.performance_keep_declared() returns trigger language plpgsql as $declared$
declare
  first_user bigint;
  second_user bigint;
begin
  if tg_op = 'DELETE' then
    raise exception 'declared value % stays', old.id using errcode = 'restrict_violation';
  end if;
  if (new.alliance_id, new.level, new.fact, new.frequency, new.first_day, new.revision, new.team)
    is distinct from
     (old.alliance_id, old.level, old.fact, old.frequency, old.first_day, old.revision, old.team)
    or (new.institution_id, new.department_id, new.staff_id, new.entered_by_id)
    is distinct from (old.institution_id, old.department_id, old.staff_id, old.entered_by_id)
    or (old.state not in ('entered', 'returned')
        and (new.value, new.responsible, new.note) is distinct from (old.value, old.responsible, old.note))
    or new.proofs < old.proofs then
    raise exception 'declared value % is not overwritten', old.id using errcode = 'restrict_violation';
  end if;
  if new.state = 'confirmed' and old.state <> 'confirmed' then
    select user_id into second_user from public.alliance_membership where id = new.confirmed_by_id;
    for first_user in select user_id from public.alliance_membership
      where id in (new.entered_by_id, new.submitted_by_id) loop
      if first_user = second_user then
        raise exception 'declared value % needs a second person', old.id using errcode = 'check_violation';
      end if;
    end loop;
  end if;
  return new;
end $declared$;
create trigger performance_keep_declared before update or delete on public.performance_declaredvalue
  for each row execute function public.performance_keep_declared();
"""
REMOVE = """
drop trigger performance_keep_declared on public.performance_declaredvalue;
drop function public.performance_keep_declared();
"""
