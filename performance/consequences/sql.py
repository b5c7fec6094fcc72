"""SQL of consequences: a checked decision on an earlier year keeps its lines."""

from __future__ import annotations

INSTALL_EARLIER = """
create function public.performance_keep_earlier() returns trigger language plpgsql as $earlier$
begin
  if not exists (select 1 from performance_earlieryear d
      where d.alliance_id = new.alliance_id and d.id = new.decision_id and d.state = 'entered') then
    raise exception 'a decision that was checked takes no further line'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $earlier$;
create trigger performance_keep_earlier before insert on public.performance_earlierscore
  for each row execute function public.performance_keep_earlier();
"""
REMOVE_EARLIER = """
drop trigger performance_keep_earlier on public.performance_earlierscore;
drop function public.performance_keep_earlier();
"""
