"""SQL of months: what the database itself keeps of a run (walls 2: a closed month never changes)."""

from __future__ import annotations

# A run keeps the result it was given; once posted nothing of it changes, and none with a result is deleted.
INSTALL = """
create or replace function public.performance_keep_run() returns trigger language plpgsql as $month$
begin
  if tg_op = 'UPDATE' and old.state <> 'posted'
    and (new.alliance_id, new.month, new.number) = (old.alliance_id, old.month, old.number)
    and (old.settlement_id is null or new.settlement_id is not distinct from old.settlement_id) then
    return new;
  end if;
  if tg_op = 'DELETE' and old.settlement_id is null then
    return old;
  end if;
  raise exception 'run % of % keeps its result', old.number, to_char(old.month, 'YYYY-MM')
    using errcode = 'restrict_violation';
end $month$;
create trigger performance_keep_run before update or delete on public.performance_monthrun
  for each row execute function public.performance_keep_run();
"""
REMOVE = """
drop trigger performance_keep_run on public.performance_monthrun;
drop function public.performance_keep_run();
"""
