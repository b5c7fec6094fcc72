"""SQL of months: what the database itself keeps of a run (walls 2: a closed month never changes)."""

from __future__ import annotations

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

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

# An invitation knows the rater's institution; a rating is of its own invitation, given by the rater alone
# while the round is open. The database fills what follows, so that no code can say otherwise.
INSTALL_EVALUATIONS = """
create function performance_invite() returns trigger language plpgsql as $evaluation$
begin
  select m.institution_id into new.place_id from public.alliance_membership m
   where m.alliance_id = new.alliance_id and m.id = new.rater_id;
  return new;
end $evaluation$;
create trigger performance_invite before insert on public.performance_invitation
  for each row execute function public.performance_invite();
create function performance_rate() returns trigger language plpgsql as $evaluation$
declare open boolean;
begin
  select i.round_id, i.subject_id, i.kind, m.user_id, r.state = 'open'
    into new.round_id, new.subject_id, new.kind, new.rater_user_id, open
    from public.performance_invitation i
    join public.performance_evaluationround r on r.alliance_id = i.alliance_id and r.id = i.round_id
    join public.alliance_membership m on m.alliance_id = i.alliance_id and m.id = i.rater_id
   where i.alliance_id = new.alliance_id and i.id = new.invitation_id;
  if not coalesce(open, false)
    or new.rater_user_id is distinct from nullif(current_setting('app.user', true), '')::bigint then
    raise exception 'a rating is given by its own rater while the round is open'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $evaluation$;
create trigger performance_rate before insert on public.performance_rating
  for each row execute function public.performance_rate();
"""
REMOVE_EVALUATIONS = """
drop trigger performance_rate on public.performance_rating;
drop function public.performance_rate();
drop trigger performance_invite on public.performance_invitation;
drop function public.performance_invite();
"""
# The only statement that reads ratings of others: it sees one round and stores no mean of too few.
_COUNT = """
insert into performance_opinion (alliance_id, round_id, subject_id, kind, n, least, mean, spread)
select r.alliance_id, r.round_id, r.subject_id, r.kind, count(*), %(least)s,
       case when count(*) >= %(least)s then round(avg(r.points), 4) end,
       case when count(*) >= %(least)s then round(stddev_pop(r.points), 2) end
from performance_rating r where r.alliance_id = %(alliance)s and r.round_id = %(round)s
group by r.alliance_id, r.round_id, r.subject_id, r.kind
"""


def count_ratings(round_id: int, least: int) -> int:
    """Count a round's ratings into opinions; returns how many opinions. Once a round."""
    asked = {"round": round_id, "least": least, "alliance": current_alliance_id()}
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.counting', %s, true)", [str(round_id)])
        cursor.execute(_COUNT, asked)
        found = int(cursor.rowcount)
        cursor.execute("select set_config('app.counting', '', true)")
    return found


# Means by the raters' institution, never of fewer raters than the round asks for: read by the look for
# reciprocal praise, which keeps none of them.
_PEER_MEANS = """
select g.code as giver, t.code as taker, count(*)::int as raters, avg(r.points)::float8 as mean
from performance_rating r
join performance_invitation i on i.alliance_id = r.alliance_id and i.id = r.invitation_id
join alliance_institution g on g.alliance_id = r.alliance_id and g.id = i.place_id
join alliance_institution t on t.alliance_id = r.alliance_id and t.id = r.subject_id
where r.alliance_id = %(alliance)s and r.round_id = %(round)s and r.kind = 'peer'
group by 1, 2 having count(*) >= %(least)s order by 1, 2
"""


def peer_means(round_id: int, least: int) -> list[tuple[str, str, int, float]]:
    """Giver, taker, raters, mean of a counted round; only where at least `least` people rated."""
    asked = {"round": round_id, "least": least, "alliance": current_alliance_id()}
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.counting', %s, true)", [str(round_id)])
        cursor.execute(_PEER_MEANS, asked)
        found = list(cursor.fetchall())
        cursor.execute("select set_config('app.counting', '', true)")
    return found


# Results in an own layout were journaled by the same word, with their size.
EARLIER_BUNDLES = """
alter table public.alliance_journal no force row level security;
alter table public.performance_handedout no force row level security;
insert into public.performance_handedout (alliance_id, run_id, number, digest, handed_by_id, handed_at)
select j.alliance_id, j.about_id, row_number() over (partition by j.about_id order by j.id),
       j.detail->>'digest', j.membership_id, j.at
  from public.alliance_journal j
 where j.verb = 'month.exported' and j.about_kind = 'performance.monthrun' and not j.detail ? 'size'
   and j.membership_id is not null
 order by j.id
on conflict do nothing;
set constraints all immediate;
alter table public.performance_handedout force row level security;
alter table public.alliance_journal force row level security;
"""
