"""What the database keeps of filings: an answered state has its round, what was sent stays as sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

INSTALL = """
create function public.offsite_true_filing() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' then
    raise exception 'a filing is not taken away' using errcode = 'restrict_violation';
  end if;
  if (new.number, new.institution_id, new.channel, new.kind, new.name, new.id_number, new.phone, new.city,
      new.from_on, new.received_at, new.mark, new.link_hash)
     is distinct from
     (old.number, old.institution_id, old.channel, old.kind, old.name, old.id_number, old.phone, old.city,
      old.from_on, old.received_at, old.mark, old.link_hash) then
    raise exception 'what was sent stays as it was sent' using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and new.state in ('filed', 'more', 'refused') and not exists (
    select from public.offsite_round r
    where r.filing_id = new.id and r.verdict = new.state and r.answered_at is not null
      and r.number = (select max(o.number) from public.offsite_round o where o.filing_id = new.id)
  ) then
    raise exception 'a filing is answered by its last round' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger offsite_true_filing before update or delete on public.offsite_filing
  for each row execute function public.offsite_true_filing();
"""
REMOVE = """
drop trigger offsite_true_filing on public.offsite_filing;
drop function public.offsite_true_filing();
"""

# One row a day and alliance: the row lock orders those who send at the same moment.
NEXT_NUMBER = """
insert into offsite_filingnumber as counter (alliance_id, day, last) values (%(alliance)s, %(day)s, 1)
on conflict (alliance_id, day) do update set last = counter.last + 1 returning last
"""


def next_number(day: date) -> int:
    """Take the next running number of a local day, from 1."""
    values: dict[str, Any] = {"alliance": current_alliance_id(), "day": day}
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, values)
        return int(cursor.fetchone()[0])
