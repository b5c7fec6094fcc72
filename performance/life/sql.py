"""SQL of the month's life: what no code may skip (practice.md 4; walls 2: a closed month never changes)."""

from __future__ import annotations

# A row begins with a posted run of its month. Paid: no pot of a posted pool is on its way. Closed: its books
# are closed. What was written of a publication or a payment stays.
INSTALL = """
create function public.performance_keep_life() returns trigger language plpgsql as $life$
declare
  moving constant text[] := array['state', 'version', 'published_at', 'published_until', 'paid_at',
                                  'closed_at', 'final_at'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a month after its approval is not deleted' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'INSERT' then
    if not exists (select 1 from public.performance_monthrun r where r.alliance_id = new.alliance_id
        and r.id = new.run_id and r.month = new.month and r.state = 'posted') then
      raise exception 'a month is published from its posted run' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if to_jsonb(new) - moving <> to_jsonb(old) - moving
    or old.published_at is not null and (old.published_at, old.published_until)
       is distinct from (new.published_at, new.published_until)
    or old.paid_at is not null and old.paid_at is distinct from new.paid_at
    or old.closed_at is not null and old.closed_at is distinct from new.closed_at then
    raise exception 'what a month has been through stays' using errcode = 'restrict_violation';
  end if;
  if new.state = old.state then return new; end if;
  if new.state = 'paid' and exists (
      select 1 from public.performance_paypot o
        join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
       where o.alliance_id = new.alliance_id and p.month = new.month and p.state = 'posted'
         and o.state <> 'posted') then
    raise exception 'a pot of the month is not in the books' using errcode = 'check_violation';
  end if;
  if new.state = 'closed' and not exists (
      select 1 from public.ledger_period b
       where b.alliance_id = new.alliance_id and b.month = new.month and b.state = 'closed') then
    raise exception 'the books of the month are open' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
create trigger performance_keep_life before insert or update or delete on public.performance_monthlife
  for each row execute function public.performance_keep_life();
"""
REMOVE = """
drop trigger performance_keep_life on public.performance_monthlife;
drop function public.performance_keep_life();
"""
