"""SQL of the frozen roster: no line of a month whose pay is computed changes but by a named correction."""

from __future__ import annotations

# Frozen: a pool that ends at persons has been proposed. A draft is no pay yet and is thrown away.
INSTALL = """
create function public.performance_roster_kept(
  an_alliance bigint, a_month date, a_staff bigint, an_institution bigint, a_department bigint)
returns boolean language sql stable as $roster$
  select exists (select 1 from public.performance_paypool p
      where p.alliance_id = an_alliance and p.month = a_month and p.persons and p.state <> 'draft')
    and not exists (select 1 from public.performance_rosterchange c
      where c.alliance_id = an_alliance and c.month = a_month and c.staff_id = a_staff
        and c.institution_id = an_institution and c.department_id is not distinct from a_department
        and c.confirmed_at is not null and c.applied_at is null)
$roster$;
create function public.performance_keep_roster() returns trigger language plpgsql as $roster$
begin
  if tg_op <> 'INSERT' and public.performance_roster_kept(
       old.alliance_id, old.month, old.staff_id, old.institution_id, old.department_id)
    or tg_op <> 'DELETE' and public.performance_roster_kept(
       new.alliance_id, new.month, new.staff_id, new.institution_id, new.department_id) then
    raise exception 'the roster is frozen: the pay of the month is computed'
      using errcode = 'restrict_violation', constraint = 'roster_frozen';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $roster$;
create trigger performance_keep_roster before insert or update or delete on public.alliance_rosterrow
  for each row execute function public.performance_keep_roster();
"""
REMOVE = """
drop trigger performance_keep_roster on public.alliance_rosterrow;
drop function public.performance_keep_roster();
drop function public.performance_roster_kept(bigint, date, bigint, bigint, bigint);
"""
