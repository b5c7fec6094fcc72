"""SQL of uplifts: a sheet never passes the maximum, its lines are figures of decided months and add up, and a
total that rose is exactly the one of its confirmed sheet.
"""

from __future__ import annotations

INSTALL = """
create function public.performance_keep_uplift() returns trigger language plpgsql as $pay$
declare
  most numeric := (new.terms->>'cp.salary_uplift_max')::numeric;
  earned numeric;
  possible numeric;
begin
  if most is null or new.fen * 100 > new.base_fen * most
     or new.fen * 100 * new.full > new.base_fen * most * new.earned
     or (new.fen > 0 and (new.base_fen + new.fen) * 100 * new.heads_first
                         > new.base_fen * (100 + most) * new.heads) then
    raise exception 'an uplift never passes its maximum, in all, by its score or a head'
      using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' or new.confirmed_by_id is null or old.confirmed_by_id is not null then
    return new;
  end if;
  if new.set_aside_at is not null then
    raise exception 'a sheet that was set aside is not confirmed' using errcode = 'check_violation';
  end if;
  select coalesce(sum(l.weight * l.score * 0.01), 0), sum(l.weight) filter (where l.score is not null)
    into earned, possible
    from performance_payupliftline l where l.alliance_id = new.alliance_id and l.sheet_id = new.id;
  if earned is distinct from new.earned or possible is distinct from new.full then
    raise exception 'the lines do not add up to the sheet' using errcode = 'check_violation';
  end if;
  if not exists (
      select from performance_paytotal t
       where t.alliance_id = new.alliance_id and t.id = new.base_id and t.fen = new.base_fen
         and t.institution_id = new.institution_id and t.year = new.year and t.uplift_id is null
         and t.confirmed_by_id is not null
         and not exists (select from performance_paytotal later
              where later.alliance_id = t.alliance_id and later.institution_id = t.institution_id
                and later.year = t.year and later.uplift_id is null and later.confirmed_by_id is not null
                and later.revision > t.revision)) then
    raise exception 'an uplift rises from the approved total in force' using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_keep_uplift before insert or update on public.performance_payuplift
  for each row execute function public.performance_keep_uplift();

create function public.performance_line_of_uplift() returns trigger language plpgsql as $pay$
begin
  if not exists (
      select from performance_payuplift u
       where u.alliance_id = new.alliance_id and u.id = new.sheet_id
         and u.confirmed_by_id is null and u.set_aside_at is null) then
    raise exception 'a decided sheet takes no further line' using errcode = 'restrict_violation';
  end if;
  if not exists (
      select from performance_payuplift u
        join performance_score s on s.alliance_id = u.alliance_id and s.id = new.result_id
             and s.institution_id = u.institution_id
        join performance_monthrun r on r.alliance_id = u.alliance_id and r.settlement_id = s.settlement_id
             and r.month = new.month and r.state in ('approved', 'posted')
        join performance_paylinked k on k.alliance_id = u.alliance_id and k.id = new.linked_id
             and k.confirmed_by_id is not null and k.from_date <= new.month
             and new.indicator = any(k.indicators)
       where u.alliance_id = new.alliance_id and u.id = new.sheet_id
         and s.indicator = new.indicator and s.weight = new.weight and s.score is not distinct from new.score
         and extract(year from new.month) = u.year and new.month <= u.through) then
    raise exception 'a line is a linked figure of a decided month of its institution'
      using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_line_of_uplift before insert on public.performance_payupliftline
  for each row execute function public.performance_line_of_uplift();

create function public.performance_total_of_uplift() returns trigger language plpgsql as $pay$
begin
  if new.uplift_id is not null and not exists (
      select from performance_payuplift u
       where u.alliance_id = new.alliance_id and u.id = new.uplift_id
         and u.institution_id = new.institution_id and u.year = new.year
         and u.base_fen + u.fen = new.fen and u.entered_by_id = new.entered_by_id
         and u.confirmed_by_id = new.confirmed_by_id) then
    raise exception 'a total that rose is the one of its confirmed sheet' using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_total_of_uplift before insert on public.performance_paytotal
  for each row execute function public.performance_total_of_uplift();
"""
# Of an institution and year each sheet follows the one in force and says something else than it; a total that
# rose is never lowered below what was given of it, by whatever row (practice.md 6).
FOLLOWS = """
create or replace function public.performance_uplift_follows() returns trigger language plpgsql as $pay$
begin
  if new.replaces_id is not null and not exists (
      select from public.performance_payuplift u
       where u.alliance_id = new.alliance_id and u.id = new.replaces_id
         and u.institution_id = new.institution_id and u.year = new.year
         and u.confirmed_by_id is not null) then
    raise exception 'an uplift replaces a confirmed one of its institution and year'
      using errcode = 'check_violation';
  end if;
  if new.replaces_id = (
      select t.uplift_id from public.performance_paytotal t
       where t.alliance_id = new.alliance_id and t.institution_id = new.institution_id and t.year = new.year
         and t.confirmed_by_id is not null
       order by t.revision desc limit 1)
     and exists (
      select from public.performance_payuplift u
       where u.alliance_id = new.alliance_id and u.id = new.replaces_id
         and (u.base_fen, u.through, u.terms, u.earned, u."full", u.weight_all, u.heads_first, u.heads, u.fen)
           = (new.base_fen, new.through, new.terms, new.earned, new."full", new.weight_all, new.heads_first,
              new.heads, new.fen)) then
    raise exception 'an uplift says something else than the one in force'
      using errcode = 'check_violation', constraint = 'payuplift_other';
  end if;
  return new;
end $pay$;
"""
TOTAL_GIVEN = """
create or replace function public.performance_total_given() returns trigger language plpgsql as $pay$
declare
  one record;
begin
  perform pg_advisory_xact_lock(hashtext('performance.pay_total'), new.alliance_id::integer);
  select bool_or(t.uplift_id is not null) as rose, max(t.revision) as revision into one
    from public.performance_paytotal t
   where t.alliance_id = new.alliance_id and t.institution_id = new.institution_id and t.year = new.year
     and t.confirmed_by_id is not null and t.id <> new.id;
  if (new.uplift_id is not null or one.rose)
     and coalesce(one.revision, 0) < new.revision
     and new.fen < public.performance_given(new.alliance_id, new.institution_id, new.year) then
    raise exception 'a total that rose is not lowered below what was given of it'
      using errcode = 'check_violation', constraint = 'paytotal_given';
  end if;
  return new;
end $pay$;
"""
FOLLOW = f"""
{FOLLOWS}
create trigger performance_uplift_follows before insert on public.performance_payuplift
  for each row execute function public.performance_uplift_follows();
{TOTAL_GIVEN}
create trigger performance_total_given before insert or update on public.performance_paytotal
  for each row when (new.confirmed_by_id is not null) execute function public.performance_total_given();
"""
UNFOLLOW = """
drop trigger performance_total_given on public.performance_paytotal;
drop function public.performance_total_given();
drop trigger performance_uplift_follows on public.performance_payuplift;
drop function public.performance_uplift_follows();
"""
# Sheets confirmed before they said what they replace followed each other in order of their numbers.
EARLIER = """
alter table public.performance_payuplift no force row level security, disable trigger user;
update public.performance_payuplift u
   set replaces_id = before.id, replaces_why = '同一年度的后一张核定单'
  from (select id, lag(id) over (partition by alliance_id, institution_id, year order by number) as before
          from public.performance_payuplift where confirmed_by_id is not null) row
  join public.performance_payuplift before on before.id = row.before
 where u.id = row.id;
set constraints all immediate;
alter table public.performance_payuplift force row level security, enable trigger user;
"""
REMOVE = """
drop trigger performance_total_of_uplift on public.performance_paytotal;
drop function public.performance_total_of_uplift();
drop trigger performance_line_of_uplift on public.performance_payupliftline;
drop function public.performance_line_of_uplift();
drop trigger performance_keep_uplift on public.performance_payuplift;
drop function public.performance_keep_uplift();
"""
