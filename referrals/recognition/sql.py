"""SQL of recognition."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

# One row a day and alliance: the row lock orders those who order at the same moment.
NEXT_NUMBER = """
insert into recognition_ordernumber as counter (alliance_id, day, last)
values (%(alliance)s, %(day)s, %(many)s)
on conflict (alliance_id, day) do update set last = counter.last + %(many)s
returning last
"""


def next_number(day: date, many: int = 1) -> int:
    """Take the next `many` running numbers of a local day, from 1; returns the first of them."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"alliance": current_alliance_id(), "day": day, "many": many})
        return int(cursor.fetchone()[0]) - many + 1


# A recognised result is one that was shown for this very order (the database keeps the proof, S3-32).
INSTALL = """
create or replace function public.recognition_keep_shown() returns trigger language plpgsql as $shown$
begin
  if not exists (
    select 1 from public.recognition_offer o
    where o.alliance_id = new.alliance_id and o.order_id = new.id and o.result_id = new.result_id
  ) then
    raise exception 'order % recognises a result that was not shown for it', new.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end $shown$;
create trigger recognition_keep_shown before update of result_id on public.recognition_order
  for each row when (new.result_id is not null) execute function public.recognition_keep_shown();
"""
REMOVE = """
drop trigger recognition_keep_shown on public.recognition_order;
drop function public.recognition_keep_shown();
"""

# Examinations of a span made although the alliance held a valid result of the same family, and no doctor of
# the house had said why beforehand (definitions 5.2; rule R11 of section 8). The order that gave the reason
# lies between the two results. One row: the repeated result, and the latest one it repeats.
DUPLICATES = """
select again.id, again.institution_id, earlier.id
from recognition_result again
cross join lateral (
  select r.id, r.taken_at from recognition_result r
  where r.alliance_id = again.alliance_id and r.person_id = again.person_id and r.family = again.family
    and r.withdrawn_at is null and r.taken_at < again.taken_at and r.valid_until > again.taken_at
  order by r.taken_at desc, r.id desc limit 1
) earlier
where again.alliance_id = %(alliance)s and again.withdrawn_at is null
  and again.taken_at >= %(begin)s and again.taken_at < %(end)s
  and not exists (
    select 1 from recognition_order o
    where o.alliance_id = again.alliance_id and o.person_id = again.person_id and o.family = again.family
      and o.institution_id = again.institution_id and o.state = 'repeated'
      and o.ordered_at > earlier.taken_at and o.ordered_at <= again.taken_at
  )
order by again.id
"""


def duplicates(begin: datetime, end: datetime) -> list[tuple[int, int, int]]:
    """(result, its institution, the earlier result it repeats) of examinations made in a span."""
    values = {"alliance": current_alliance_id(), "begin": begin, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(DUPLICATES, values)
        return [(int(again), int(place), int(earlier)) for again, place, earlier in cursor.fetchall()]
