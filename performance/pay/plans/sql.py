"""SQL of plans of a second distribution (practice.md 4): their group, their days, their answers."""

from __future__ import annotations

# What a group agreed on is shown by as many as must agree, to its people, for the dated days, and handed in
# with every objection answered (practice.md 4). Where one person has the whole pot, or each a sum by name,
# there is nothing to agree on. A plan is answered while it is shown: who answers holds the pot.
AGREED = """
create function public.performance_pot_agreed() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
declare
  pool record; least numeric; days numeric;
begin
  select p.month, e.kind into pool from public.performance_paypool p
    left join public.performance_entitlement e on e.alliance_id = p.alliance_id and e.id = p.entitlement_id
   where p.alliance_id = new.alliance_id and p.id = new.pool_id;
  least := public.performance_number(new.alliance_id, 'second_distribution.group_min',
                                     (pool.month + interval '1 month - 1 day')::date);
  days := public.performance_number(new.alliance_id, 'second_distribution.shown_days',
                                    (new.shown_at at time zone 'Asia/Shanghai')::date);
  if jsonb_array_length(new.people) > 1 and pool.kind is distinct from 'innovation_personal'
    and not coalesce((select count(*) from public.performance_paymember m
          where m.alliance_id = new.alliance_id and m.plan_id = new.plan_id) >= least, false) then
    raise exception 'too few people agreed on the plan'
      using errcode = 'check_violation', constraint = 'paypot_group';
  end if;
  if not coalesce(new.shown_until >= new.shown_at + days * interval '1 day', false) then
    raise exception 'the plan is shown for fewer days than are due'
      using errcode = 'check_violation', constraint = 'paypot_shown_days';
  end if;
  if new.state <> 'shown' and exists (select from public.performance_payreply r
      where r.alliance_id = new.alliance_id and r.plan_id = new.plan_id
        and not r.agrees and r.answered_at is null) then
    raise exception 'an objection to the plan is not answered'
      using errcode = 'check_violation', constraint = 'paypot_answered';
  end if;
  return new;
end $pay$;
create trigger performance_pot_agreed before update on public.performance_paypot
  for each row when (new.state <> old.state and new.state in ('shown', 'submitted', 'posted'))
  execute function public.performance_pot_agreed();
create function public.performance_answer_shown() returns trigger language plpgsql as $pay$
begin
  perform from public.performance_payplan l
    join public.performance_paypot p on p.alliance_id = l.alliance_id and p.id = l.pot_id
   where l.alliance_id = new.alliance_id and l.id = new.plan_id and p.plan_id = l.id and p.state = 'shown'
     for share of p;
  if not found then
    raise exception 'a plan is answered while it is shown'
      using errcode = 'check_violation', constraint = 'payreply_while_shown';
  end if;
  return new;
end $pay$;
create trigger performance_answer_shown before insert on public.performance_payreply
  for each row execute function public.performance_answer_shown();
"""
NOT_AGREED = """
drop trigger performance_answer_shown on public.performance_payreply;
drop function public.performance_answer_shown();
drop trigger performance_pot_agreed on public.performance_paypot;
drop function public.performance_pot_agreed();
"""
