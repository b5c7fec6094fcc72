"""SQL of mutual confirmation: the triggers that let only a party speak, and only about what was counted.

Functions run with the rights of whoever writes and name tables with their schema.
"""

from __future__ import annotations

# Who speaks belongs to the side it speaks for; what it refers to is the line's latest picture.
STATEMENT = """
create or replace function public.confirmation_admit_statement() returns trigger
language plpgsql as $confirm$
declare
  line record;
begin
  select l.giver_id, l.taker_id, l.number into line from public.confirmation_line l
   where l.alliance_id = new.alliance_id and l.id = new.line_id;
  if new.institution_id is distinct from
     (case new.side when 'giver' then line.giver_id when 'taker' then line.taker_id end) then
    raise exception 'only a side of the line speaks about it'
      using errcode = 'check_violation', constraint = 'confirmation_party';
  end if;
  if not exists (
    select from public.alliance_membership m
     where m.alliance_id = new.alliance_id and m.id = new.by_id
       and m.institution_id = new.institution_id) then
    raise exception 'who speaks belongs to the institution of the side'
      using errcode = 'check_violation', constraint = 'confirmation_speaker';
  end if;
  if not exists (
    select from public.confirmation_picture p
     where p.alliance_id = new.alliance_id and p.id = new.picture_id and p.line_id = new.line_id
       and p.number = line.number and p.digest = new.digest and p.count = new.count
       and new.record_ids <@ p.ids) then
    raise exception 'a side speaks about the latest picture of the line and its records'
      using errcode = 'check_violation', constraint = 'confirmation_of_picture';
  end if;
  return new;
end $confirm$;
create trigger confirmation_admit_statement before insert on public.confirmation_statement
  for each row execute function public.confirmation_admit_statement();
"""

# Agreed is what both sides confirmed with one digest, neither word taken back.
AGREEMENT = """
create or replace function public.confirmation_admit_agreement() returns trigger
language plpgsql as $confirm$
begin
  if (select count(*) from public.confirmation_statement s
       join public.confirmation_picture p on p.alliance_id = s.alliance_id and p.id = new.picture_id
      where s.alliance_id = new.alliance_id and s.line_id = new.line_id and s.superseded_at is null
        and s.verdict = 'confirmed' and s.digest = new.digest
        and p.line_id = new.line_id and p.digest = new.digest
        and p.count = new.count and p.units = new.units
        and (s.id, s.side) in ((new.giver_statement_id, 'giver'), (new.taker_statement_id, 'taker'))
     ) <> 2 then
    raise exception 'agreed is only what both sides confirmed alike'
      using errcode = 'check_violation', constraint = 'confirmation_both_sides';
  end if;
  return new;
end $confirm$;
create trigger confirmation_admit_agreement before insert on public.confirmation_agreement
  for each row execute function public.confirmation_admit_agreement();
"""

# A difference rests on an objection of its side; the other side answers; the office alone decides.
DIFFERENCE = """
create or replace function public.confirmation_admit_difference() returns trigger
language plpgsql as $confirm$
begin
  if not exists (
    select from public.confirmation_statement s
     where s.alliance_id = new.alliance_id and s.id = new.statement_id and s.line_id = new.line_id
       and s.side = new.side and s.verdict = 'objected') then
    raise exception 'a difference rests on an objection of its side'
      using errcode = 'check_violation', constraint = 'confirmation_of_objection';
  end if;
  if new.answered_by_id is not null and not exists (
    select from public.confirmation_line l
      join public.alliance_membership m on m.alliance_id = l.alliance_id and m.id = new.answered_by_id
     where l.alliance_id = new.alliance_id and l.id = new.line_id
       and m.institution_id = (case new.side when 'giver' then l.taker_id else l.giver_id end)) then
    raise exception 'the other side answers a difference'
      using errcode = 'check_violation', constraint = 'confirmation_answerer';
  end if;
  if new.how = 'office' and not exists (
    select from public.alliance_membership m
     where m.alliance_id = new.alliance_id and m.id = new.settled_by_id and m.institution_id is null) then
    raise exception 'only the office of the alliance decides a difference'
      using errcode = 'check_violation', constraint = 'confirmation_decider';
  end if;
  return new;
end $confirm$;
create trigger confirmation_admit_difference before insert or update on public.confirmation_difference
  for each row execute function public.confirmation_admit_difference();
"""

# A month, its lines and its differences stay; what a line is about does not change.
KEEP = """
create or replace function public.confirmation_keep() returns trigger language plpgsql as $confirm$
begin
  raise exception 'rows of % stay, and so does what they are about', tg_table_name
    using errcode = 'restrict_violation';
end $confirm$;
create trigger confirmation_keep_round before delete on public.confirmation_round
  for each row execute function public.confirmation_keep();
create trigger confirmation_keep_month before update on public.confirmation_round
  for each row when (new.month is distinct from old.month) execute function public.confirmation_keep();
create trigger confirmation_keep_line before delete on public.confirmation_line
  for each row execute function public.confirmation_keep();
create trigger confirmation_keep_sides before update on public.confirmation_line
  for each row when ((new.round_id, new.kind, new.giver_id, new.taker_id)
                     is distinct from (old.round_id, old.kind, old.giver_id, old.taker_id))
  execute function public.confirmation_keep();
create trigger confirmation_keep_difference before delete on public.confirmation_difference
  for each row execute function public.confirmation_keep();
create trigger confirmation_keep_objector before update on public.confirmation_difference
  for each row when ((new.line_id, new.side) is distinct from (old.line_id, old.side))
  execute function public.confirmation_keep();
"""

# After the deadline nobody objects to what both agreed on or the office decided, unless the office opened the
# line again.
REOPENING = """
create or replace function public.confirmation_admit_objection() returns trigger
language plpgsql as $confirm$
declare
  due timestamptz;
begin
  select greatest(r.due_at, (
           select max(o.until) from public.confirmation_reopening o
            where o.alliance_id = l.alliance_id and o.line_id = l.id and o.at <= new.at))
    into due
    from public.confirmation_line l
    join public.confirmation_round r on r.alliance_id = l.alliance_id and r.id = l.round_id
   where l.alliance_id = new.alliance_id and l.id = new.line_id;
  if new.at < due or exists (
    select from public.confirmation_difference d
     where d.alliance_id = new.alliance_id and d.line_id = new.line_id and d.state <> 'settled') then
    return new;
  end if;
  if exists (
    select from public.confirmation_difference d
     where d.alliance_id = new.alliance_id and d.line_id = new.line_id and d.how = 'office'
       and d.digest = new.digest)
  or exists (
    select from public.confirmation_agreement a
      join public.confirmation_statement g on g.alliance_id = a.alliance_id and g.id = a.giver_statement_id
      join public.confirmation_statement t on t.alliance_id = a.alliance_id and t.id = a.taker_statement_id
     where a.alliance_id = new.alliance_id and a.line_id = new.line_id and a.digest = new.digest
       -- Both words are the last of their side; the speaker's own may have been superseded a moment ago.
       and not exists (
         select from public.confirmation_statement s
          where s.alliance_id = a.alliance_id and s.line_id = a.line_id
            and s.number > (case s.side when 'giver' then g.number else t.number end)))
  then
    raise exception 'agreed or decided, and the deadline is over: the office opens the line again'
      using errcode = 'check_violation', constraint = 'confirmation_closed';
  end if;
  return new;
end $confirm$;
create trigger confirmation_admit_objection before insert on public.confirmation_statement
  for each row when (new.verdict = 'objected') execute function public.confirmation_admit_objection();
create or replace function public.confirmation_admit_reopening() returns trigger
language plpgsql as $confirm$
begin
  if not exists (
    select from public.alliance_membership m
     where m.alliance_id = new.alliance_id and m.id = new.by_id and m.institution_id is null) then
    raise exception 'only the office of the alliance opens a line again'
      using errcode = 'check_violation', constraint = 'confirmation_reopener';
  end if;
  return new;
end $confirm$;
create trigger confirmation_admit_reopening before insert on public.confirmation_reopening
  for each row execute function public.confirmation_admit_reopening();
"""
REMOVE_REOPENING = """
drop trigger confirmation_admit_objection on public.confirmation_statement;
drop trigger confirmation_admit_reopening on public.confirmation_reopening;
drop function public.confirmation_admit_objection();
drop function public.confirmation_admit_reopening();
"""

INSTALL = STATEMENT + AGREEMENT + DIFFERENCE + KEEP
REMOVE = """
drop trigger confirmation_admit_statement on public.confirmation_statement;
drop trigger confirmation_admit_agreement on public.confirmation_agreement;
drop trigger confirmation_admit_difference on public.confirmation_difference;
drop trigger confirmation_keep_round on public.confirmation_round;
drop trigger confirmation_keep_month on public.confirmation_round;
drop trigger confirmation_keep_line on public.confirmation_line;
drop trigger confirmation_keep_sides on public.confirmation_line;
drop trigger confirmation_keep_difference on public.confirmation_difference;
drop trigger confirmation_keep_objector on public.confirmation_difference;
drop function public.confirmation_admit_statement();
drop function public.confirmation_admit_agreement();
drop function public.confirmation_admit_difference();
drop function public.confirmation_keep();
"""
