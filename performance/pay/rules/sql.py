"""SQL of rules of flow: the teams' least share of the DRG reward (S0-65), as dated data."""

from __future__ import annotations

# The value of a parameter that holds on a day, as a number; null where none holds.
NUMBER = """
create function public.performance_number(an_alliance bigint, a_key text, a_day date)
returns numeric language sql stable as $pay$
  select (p.value #>> '{}')::numeric from public.alliance_parameter p
   where p.alliance_id = an_alliance and p.key = a_key and p.level = '' and p.from_date <= a_day
   order by p.from_date desc limit 1
$pay$;
"""
# At least the dated part of the DRG reward goes to the teams first (S0-65): by the rule as it is entered and
# confirmed, and in the month of each pool that flows by it.
TEAM_LEAST = """
create function public.performance_team_least() returns trigger language plpgsql as $pay$
declare
  percent numeric; day date;
begin
  if tg_table_name = 'performance_payrule' then
    percent := (new.body ->> 'team_percent')::numeric; day := new.from_date;
  else
    select (r.body ->> 'team_percent')::numeric, new.month into percent, day
      from public.performance_payrule r where r.alliance_id = new.alliance_id and r.id = new.rule_id;
  end if;
  if not coalesce(percent >= public.performance_number(new.alliance_id, 'fd.team_share_min', day), false) then
    raise exception 'the teams get less of the reward than their least share'
      using errcode = 'check_violation', constraint = 'payrule_team_least';
  end if;
  return new;
end $pay$;
create trigger performance_team_least before insert on public.performance_payrule
  for each row when (new.kind = 'reward') execute function public.performance_team_least();
create trigger performance_team_least_confirmed before update on public.performance_payrule
  for each row when (new.kind = 'reward' and new.confirmed_at is not null)
  execute function public.performance_team_least();
create trigger performance_team_least before update on public.performance_paypool
  for each row when (new.kind = 'reward' and new.persons and new.state = 'posted' and old.state <> 'posted')
  execute function public.performance_team_least();
"""
NO_TEAM_LEAST = """
drop trigger performance_team_least on public.performance_paypool;
drop trigger performance_team_least_confirmed on public.performance_payrule;
drop trigger performance_team_least on public.performance_payrule;
drop function public.performance_team_least();
drop function public.performance_number(bigint, text, date);
"""
