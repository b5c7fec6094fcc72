"""SQL of disputes: what the database itself keeps."""

from __future__ import annotations

# Involved in a dispute: who filed it or one joined to it, and everybody of the institution it came from.
INVOLVED = """
create function public.grouping_dispute_involved(an_alliance bigint, a_dispute bigint, a_member bigint)
returns boolean language sql stable as $dispute$
  select exists (
    select 1 from grouping_dispute d
      join alliance_membership f on f.alliance_id = d.alliance_id and f.id = d.filed_by_id
      join alliance_membership m on m.alliance_id = d.alliance_id and m.id = a_member
     where d.alliance_id = an_alliance and (d.id = a_dispute or d.merged_into_id = a_dispute)
       and (f.user_id = m.user_id or d.institution_id = m.institution_id))
$dispute$;
"""

KEEP = """
create or replace function public.grouping_keep_dispute() returns trigger language plpgsql as $dispute$
declare
  moving constant text[] := array['state', 'due_at', 'escalates_at', 'provisional', 'opinions_due', 'answer',
    'answered_at', 'answered_by_id', 'settled_by_id', 'settled_in_id', 'settled_kind', 'settled_id',
    'settled_text', 'unchanged', 'settled_at', 'merged_into_id', 'seen_state'];
  head record; given integer; who bigint;
begin
  if tg_op = 'DELETE' then
    raise exception 'a dispute is kept' using errcode = 'restrict_violation';
  end if;
  if to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'a dispute keeps what was filed' using errcode = 'restrict_violation';
  end if;
  if new.merged_into_id is not null and old.merged_into_id is null then
    select d.state, d.id into head from grouping_dispute d
     where d.alliance_id = new.alliance_id and d.id = new.merged_into_id for update;
    if head.id = new.id or head.state = 'merged' or exists (
        select 1 from grouping_dispute c where c.alliance_id = new.alliance_id and c.merged_into_id = new.id)
    then
      raise exception 'a dispute is joined to one that stands alone' using errcode = 'check_violation';
    end if;
  end if;
  if new.opinions_due <> old.opinions_due and not (old.state = 'open' and new.state = 'studied')
     or new.opinions_due = 0 and old.state = 'open' and new.state = 'studied' then
    raise exception 'the panel owes opinions from the study on' using errcode = 'check_violation';
  end if;
  if old.state not in ('studied', 'open') and (new.answer, new.answered_at, new.answered_by_id)
     is distinct from (old.answer, old.answered_at, old.answered_by_id) then
    raise exception 'an answer stays' using errcode = 'check_violation';
  end if;
  if new.state in ('answered', 'settled') and old.state <> new.state then
    who := case new.state when 'answered' then new.answered_by_id else new.settled_by_id end;
    if who is null or public.grouping_dispute_involved(new.alliance_id, new.id, who) or exists (
        select 1 from grouping_disputeexpert e
          join alliance_membership x on x.id = e.member_id
          join alliance_membership m on m.id = who and m.user_id = x.user_id
         where e.alliance_id = new.alliance_id and e.dispute_id = new.id and e.recused_at is null) then
      raise exception 'somebody involved neither answers nor settles' using errcode = 'check_violation';
    end if;
    if new.state = 'settled' and exists (
        select 1 from alliance_membership a join alliance_membership m on m.id = who
         where a.id = new.answered_by_id and a.user_id = m.user_id) then
      raise exception 'who answered does not settle' using errcode = 'check_violation';
    end if;
    select count(*) into given from grouping_disputeopinion o
      join grouping_disputeexpert e on e.alliance_id = o.alliance_id and e.id = o.expert_id
     where o.alliance_id = new.alliance_id and o.dispute_id = new.id and e.recused_at is null;
    if given < new.opinions_due then
      raise exception 'the panel has not given its opinions' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $dispute$;
create or replace trigger grouping_keep_dispute before update or delete on public.grouping_dispute
  for each row execute function public.grouping_keep_dispute();
"""

PANEL = """
create function public.grouping_dispute_expert() returns trigger language plpgsql as $dispute$
begin
  if public.grouping_dispute_involved(new.alliance_id, new.dispute_id, new.member_id) then
    raise exception 'somebody involved gives no opinion' using errcode = 'check_violation';
  end if;
  return new;
end $dispute$;
create trigger grouping_dispute_expert before insert on public.grouping_disputeexpert
  for each row execute function public.grouping_dispute_expert();

create function public.grouping_dispute_opinion() returns trigger language plpgsql as $dispute$
begin
  if not exists (
      select 1 from grouping_disputeexpert e
        join grouping_dispute d on d.alliance_id = e.alliance_id and d.id = e.dispute_id
       where e.alliance_id = new.alliance_id and e.id = new.expert_id and e.dispute_id = new.dispute_id
         and e.recused_at is null and d.state in ('studied', 'answered')
         and not public.grouping_dispute_involved(e.alliance_id, e.dispute_id, e.member_id)) then
    raise exception 'an opinion is given by an uninvolved expert while the dispute is studied'
      using errcode = 'check_violation';
  end if;
  return new;
end $dispute$;
create trigger grouping_dispute_opinion before insert on public.grouping_disputeopinion
  for each row execute function public.grouping_dispute_opinion();
"""

DROP = """
drop trigger grouping_keep_dispute on public.grouping_dispute;
drop function public.grouping_keep_dispute();
drop trigger grouping_dispute_expert on public.grouping_disputeexpert;
drop function public.grouping_dispute_expert();
drop trigger grouping_dispute_opinion on public.grouping_disputeopinion;
drop function public.grouping_dispute_opinion();
drop function public.grouping_dispute_involved(bigint, bigint, bigint);
"""
