"""SQL of surveys: what the database keeps, writing an answer nobody may read, reading them to count.

How an answer stays apart from who gave it:

1. The ticket is spent by one conditional update; its row bears no time and no order of spending.
2. The answer is inserted into another table with survey and stratum alone: no ticket, no person, no time.
3. Row security shows answers only inside `counting`, which nothing but the closing of the survey opens.
4. Closing writes all tickets of the survey anew in one statement, so that not even the numbers of
   transactions, which PostgreSQL keeps with each row, tell any more which ticket went with which answer.

While a survey runs, the operator of the database server could still compare those numbers; no page, role or
query of the application can.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

INSTALL = """
create function public.surveys_running() returns trigger language plpgsql as $survey$
begin
  if not exists (
    select from public.surveys_campaign c
     where c.alliance_id = new.alliance_id and c.id = new.campaign_id and c.state = 'running') then
    raise exception 'this survey takes nothing any more'
      using errcode = 'check_violation', constraint = 'survey_running';
  end if;
  return new;
end $survey$;
create trigger surveys_running before insert on public.surveys_stratum
  for each row execute function public.surveys_running();
create trigger surveys_running before insert on public.surveys_ticket
  for each row execute function public.surveys_running();
create trigger surveys_running before insert on public.surveys_answer
  for each row execute function public.surveys_running();
create trigger surveys_running before insert on public.surveys_remark
  for each row execute function public.surveys_running();
create trigger surveys_running before insert on public.surveys_result
  for each row execute function public.surveys_running();
create trigger surveys_running before insert on public.surveys_comment
  for each row execute function public.surveys_running();

create function public.surveys_keep_ticket() returns trigger language plpgsql as $survey$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - array['spent', 'sealed'] = to_jsonb(old) - array['spent', 'sealed']
     and not (old.spent and not new.spent) and not (old.sealed and not new.sealed)
     and (new.spent = old.spent or not old.sealed) then
    if new.spent <> old.spent and not exists (
      select from public.surveys_campaign c
       where c.alliance_id = new.alliance_id and c.id = new.campaign_id and c.state = 'running') then
      raise exception 'this survey takes nothing any more'
        using errcode = 'check_violation', constraint = 'survey_running';
    end if;
    return new;
  end if;
  raise exception 'a survey link is spent once and never changed'
    using errcode = 'restrict_violation';
end $survey$;
create trigger surveys_keep_ticket before update or delete on public.surveys_ticket
  for each row execute function public.surveys_keep_ticket();

create function public.surveys_keep_campaign() returns trigger language plpgsql as $survey$
begin
  if tg_op = 'UPDATE' and old.state = 'running'
     and to_jsonb(new) - array['state', 'version', 'closed_at', 'why']
       = to_jsonb(old) - array['state', 'version', 'closed_at', 'why'] then
    return new;
  end if;
  raise exception 'a survey keeps what it began with' using errcode = 'restrict_violation';
end $survey$;
create trigger surveys_keep_campaign before update or delete on public.surveys_campaign
  for each row execute function public.surveys_keep_campaign();

create function public.surveys_released_edition() returns trigger language plpgsql as $survey$
begin
  if not exists (
    select from public.surveys_edition e
     where e.alliance_id = new.alliance_id and e.id = new.edition_id and e.released_at is not null) then
    raise exception 'only a released edition is asked'
      using errcode = 'check_violation', constraint = 'survey_released_edition';
  end if;
  return new;
end $survey$;
create trigger surveys_released_edition before insert on public.surveys_campaign
  for each row execute function public.surveys_released_edition();
"""
# A link also goes on paper once, on a run of its own survey; of a run that is void it gets another code.
PRINTING = """
create or replace function public.surveys_keep_ticket() returns trigger language plpgsql as $survey$
declare
  spends text[] := array['spent', 'sealed']; prints text[] := array['run_id', 'turn', 'token_hash'];
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - spends = to_jsonb(old) - spends
     and not (old.spent and not new.spent) and not (old.sealed and not new.sealed)
     and (new.spent = old.spent or not old.sealed) then
    if new.spent <> old.spent and not exists (
      select from public.surveys_campaign c
       where c.alliance_id = new.alliance_id and c.id = new.campaign_id and c.state = 'running') then
      raise exception 'this survey takes nothing any more'
        using errcode = 'check_violation', constraint = 'survey_running';
    end if;
    return new;
  end if;
  if tg_op = 'UPDATE' and not old.spent and to_jsonb(new) - prints = to_jsonb(old) - prints and (
      (old.run_id is null and new.turn = old.turn and new.token_hash = old.token_hash and exists (
        select from public.surveys_printrun r join public.surveys_stratum s on s.id = new.stratum_id
         where r.id = new.run_id and r.campaign_id = new.campaign_id and r.voided_at is null
           and r.institution_id = s.institution_id))
      or (new.run_id is null and new.turn = old.turn + 1 and new.token_hash <> old.token_hash and exists (
        select from public.surveys_printrun r where r.id = old.run_id and r.voided_at is not null))) then
    return new;
  end if;
  raise exception 'a survey link is spent once and never changed'
    using errcode = 'restrict_violation';
end $survey$;
"""
NOT_PRINTING = INSTALL[
    INSTALL.index("create function public.surveys_keep_ticket") : INSTALL.index(
        "create trigger surveys_keep_ticket"
    )
].replace("create function", "create or replace function")
REMOVE = """
drop trigger surveys_released_edition on public.surveys_campaign;
drop function public.surveys_released_edition();
drop trigger surveys_keep_campaign on public.surveys_campaign;
drop function public.surveys_keep_campaign();
drop trigger surveys_keep_ticket on public.surveys_ticket;
drop function public.surveys_keep_ticket();
drop trigger surveys_running on public.surveys_comment;
drop trigger surveys_running on public.surveys_result;
drop trigger surveys_running on public.surveys_remark;
drop trigger surveys_running on public.surveys_answer;
drop trigger surveys_running on public.surveys_ticket;
drop trigger surveys_running on public.surveys_stratum;
drop function public.surveys_running();
"""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to be stored: its stratum, levels and options, free texts by question."""

    stratum: int
    body: Mapping[str, int | str]
    texts: Mapping[str, str]
    flag: str = ""


def put_answers(campaign: int, answers: Sequence[Given]) -> None:
    """Store answers and, apart from them, their texts; two statements for any number. Nothing comes back."""
    if not answers:
        return
    alliance = current_alliance_id()
    bodies = [(one.stratum, json.dumps(dict(one.body)), one.flag) for one in answers]
    texts = [(one.stratum, code, text) for one in answers for code, text in one.texts.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into surveys_answer (alliance_id, campaign_id, stratum_id, body, flag)"
            " select %s, %s, s, b::jsonb, f from unnest(%s::bigint[], %s::text[], %s::text[])"
            " as given (s, b, f)",
            [alliance, campaign, *(list(column) for column in zip(*bodies, strict=True))],
        )
        if texts:
            cursor.execute(
                "insert into surveys_remark (alliance_id, campaign_id, stratum_id, question, text)"
                " select %s, %s, s, q, t from unnest(%s::bigint[], %s::text[], %s::text[])"
                " as given (s, q, t)",
                [alliance, campaign, *(list(column) for column in zip(*texts, strict=True))],
            )


@contextmanager
def counting(campaign: int) -> Iterator[None]:
    """Inside, the answers of one survey can be read: by `answers` and `texts` of this module alone."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.counting_survey', %s, true)", [str(campaign)])
        yield
        cursor.execute("select set_config('app.counting_survey', '', true)")


def answers(campaign: int) -> list[tuple[int, dict[str, Any], str]]:
    """(stratum, levels and options, flag) of every answer, in no order that means anything."""
    return [
        (stratum, json.loads(body) if isinstance(body, str) else body, flag)
        for stratum, body, flag in _read("select stratum_id, body, flag from surveys_answer", campaign)
    ]


def texts(campaign: int) -> list[tuple[int, str, str]]:
    """(stratum, question, text) of every free text."""
    return [(s, q, t) for s, q, t in _read("select stratum_id, question, text from surveys_remark", campaign)]


def _read(what: str, campaign: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{what} where alliance_id = %s and campaign_id = %s order by random()",
            [current_alliance_id(), campaign],
        )
        return list(cursor.fetchall())


def seal_tickets(campaign: int) -> int:
    """Write all tickets of a survey anew in one statement; returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update surveys_ticket set sealed = true where alliance_id = %s and campaign_id = %s",
            [current_alliance_id(), campaign],
        )
        return int(cursor.rowcount)
