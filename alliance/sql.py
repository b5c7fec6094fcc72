"""SQL of the ground that the ORM cannot say: a claim by constraint, and the roster's sum."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

# The partial unique index job_once refuses a second live job; DO NOTHING lets the caller read the first.
INSERT_JOB = """
insert into alliance_job (alliance_id, kind, dedupe, arguments, state, attempt, stuck, fence, inputs_digest,
                          chunks_done, progress_text, result, error, created_by_id, created_at, rung_at)
values (%s, %s, %s, %s, 'queued', 0, 0, 0, '', 0, '', '{}', '', %s, now(), now())
on conflict do nothing returning id
"""

# One person's shares of one month sum to at most 1 (practice.md section 1).
ROSTER_TRIGGER = """
create function roster_share_sum() returns trigger language plpgsql as $roster$
declare total numeric;
begin
  perform set_config('app.alliance', new.alliance_id::text, true);
  select sum(share) into total from alliance_rosterrow
   where alliance_id = new.alliance_id and month = new.month and staff_id = new.staff_id;
  if total > 1 then
    raise exception 'shares of one person in % sum to %, more than 1', to_char(new.month, 'YYYY-MM'), total
      using errcode = 'check_violation', constraint = 'roster_share_sum';
  end if;
  return null;
end $roster$;
create constraint trigger roster_share_sum after insert or update on alliance_rosterrow
  deferrable initially immediate for each row execute function roster_share_sum();
"""
DROP_ROSTER_TRIGGER = "drop function roster_share_sum() cascade"


def insert_job(alliance_id: int, kind: str, dedupe: str, arguments: dict[str, Any], by: int | None) -> int | None:
    """Insert a queued job; return its id, or None when a live one of the same key exists."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_JOB, [alliance_id, kind, dedupe, json.dumps(arguments), by])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
