"""SQL of complaints: running numbers, the clocks' claims, the lock of the sealed box."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from alliance import roles
from alliance.tenancy.scope import current_alliance_id
from complaints import machine

# One row a day and alliance: the row lock orders those who complain at the same moment.
NEXT_NUMBER = """
insert into complaints_complaintnumber as counter (alliance_id, day, last) values (%(alliance)s, %(day)s, 1)
on conflict (alliance_id, day) do update set last = counter.last + 1 returning last
"""

# Who holds the complaint office of a level at this moment, by name; `p` is the institution complained of.
OFFICE = """coalesce((
         select left(string_agg(u.name, '、' order by u.name), 500)
           from alliance_membership m join alliance_user u on u.id = m.user_id
          where m.alliance_id = p.alliance_id and m.is_active and u.is_active
            and m.roles && %(roles)s::varchar[]
            and case when {level} = 'institution' then m.institution_id in (p.id, p.parent_id)
                     else m.institution_id is null end), '')"""
LEVEL_UP = "case when c.level = 'department' then 'institution' else 'alliance' end"

# What a clock claims it alone has claimed: a second run, or a second worker, meets the unique key.
ESCALATE = f"""
insert into complaints_escalation
  (alliance_id, complaint_id, round, clock, "when", level, due_at, at, by_id, reason, told)
select c.alliance_id, c.id, c.round, %(clock)s, %(when)s, {LEVEL_UP},
       case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end, %(now)s, null, '',
       {OFFICE.format(level=LEVEL_UP)}
from complaints_complaint c join alliance_institution p on p.id = c.institution_id
where c.alliance_id = %(alliance)s and c.state = any(%(states)s)
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {{sooner}} %(until)s
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {{later}} %(now)s
order by c.id
on conflict do nothing
returning complaint_id, level
"""


def next_number(day: date) -> int:
    """Take the next running number of a local day, from 1."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"alliance": current_alliance_id(), "day": day})
        return int(cursor.fetchone()[0])


def escalate(
    clock: str, when: str, states: list[str], until: datetime, now: datetime
) -> list[tuple[int, str]]:
    """Claim every complaint in these states whose limit lies at `until` or before; for "before" only limits
    that are not over at `now`. Returns (complaint, level it goes to), each once a round.
    """
    before = when == "before"
    statement = ESCALATE.format(sooner="<=" if before else "<", later=">=" if before else "<")
    values: dict[str, Any] = {
        "alliance": current_alliance_id(), "clock": clock, "when": when, "states": states, "until": until,
        "now": now, "roles": _office_roles(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(int(pk), str(level)) for pk, level in cursor.fetchall()]


def _office_roles() -> list[str]:
    return sorted(code for code in roles.roles() if roles.allows([code], machine.HANDLE))


def office_of(institution: int, level: str) -> str:
    """The names of who holds the complaint office of a level for an institution now."""
    office = OFFICE.format(level="%(level)s")
    statement = f"select {office} from alliance_institution p where p.id = %(place)s"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"level": level, "place": institution, "roles": _office_roles()})
        return str(cursor.fetchone()[0])


def open_link(link_hash: str) -> None:
    """Let the rest of this transaction take the word of the person with this private link."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.complaint_link', %s, true)", [link_hash])


def set_box(state: str) -> str:
    """Open the sealed box for the rest of this transaction: "m:<membership>" for a keeper, "k:<hash>" for the
    one report of a link or of a form; "" shuts it. Returns what it was.
    """
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.sealed_box', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("select set_config('app.sealed_box', %s, true)", [state])
    return str(before)


def box_now() -> datetime:
    """The clock by which the database opens the box."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed_box_now()")
        found: datetime = cursor.fetchone()[0]
    return found


def box_standing(membership: int) -> bool:
    """Whether a member's appointment to the sealed box stands now."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed_box_standing(%s)", [membership])
        return bool(cursor.fetchone()[0])


# Whose word closes or withdraws a complaint: that of the link only in a transaction that has opened the link;
# an order taken back by the hotline is noted by a member who stands for no institution.
WORD_GUARD = """
create function complaint_word_guard() returns trigger language plpgsql as $word$
begin
  if new.word = 'link' and coalesce(current_setting('app.complaint_link', true), '') <> new.link_hash then
    raise exception 'only the private link says this'
      using errcode = 'check_violation', constraint = 'complaint_word_link';
  end if;
  if new.word = 'staff' and new.state = 'withdrawn' and new.channel in ('12345', '12393')
     and not exists (select 1 from alliance_membership m
                      where m.id = new.word_by_id and m.institution_id is null) then
    raise exception 'an order is taken back by the hotline, noted by the alliance office'
      using errcode = 'check_violation', constraint = 'complaint_word_hotline';
  end if;
  return new;
end $word$;
create trigger complaint_word_guard before update of word, word_by_id on complaints_complaint
  for each row when (old.word is distinct from new.word or old.word_by_id is distinct from new.word_by_id)
  execute function complaint_word_guard();
"""
DROP_WORD_GUARD = "drop function complaint_word_guard() cascade"
# Who gives no name is not betrayed by a file that keeps one: photos come bare, others keep their author.
FILE_GUARD = """
create function nameless_file_guard() returns trigger language plpgsql as $file$
declare nameless boolean;
begin
  if tg_table_name = 'complaints_reportfile' then
    select r.name is null and r.phone is null into nameless
      from complaints_report r where r.id = new.report_id;
  else
    select c.anonymous into nameless from complaints_complaint c where c.id = new.complaint_id;
  end if;
  if nameless is not false and not exists (select 1 from alliance_attachment a
      where a.id = new.attachment_id and a.content_type in ('image/jpeg', 'image/png')) then
    raise exception 'an anonymous sender sends photos only: other files keep who wrote them'
      using errcode = 'check_violation', constraint = 'nameless_file';
  end if;
  return new;
end $file$;
create trigger nameless_file_guard before insert on complaints_complaintfile
  for each row execute function nameless_file_guard();
create trigger nameless_file_guard before insert on complaints_reportfile
  for each row execute function nameless_file_guard();
"""
DROP_FILE_GUARD = "drop function nameless_file_guard() cascade"
# Two complaints are one only by the word of the alliance's office: the later goes into an earlier one of the
# same institution that is not merged itself.
MERGE_RULE = """
create or replace function complaint_merge_guard() returns trigger language plpgsql as $merge$
begin
  if not exists (select 1 from alliance_membership m
                  where m.id = new.merged_by_id and m.institution_id is null and m.is_active) then
    raise exception 'the alliance office merges duplicates, not who is complained of'
      using errcode = 'check_violation', constraint = 'complaint_merged_by';
  end if;
  if not exists (select 1 from complaints_complaint t
                  where t.id = new.merged_into_id and t.id <> new.id and t.state <> 'merged'
                    and t.institution_id = new.institution_id and t.received_at <= new.received_at) then
    raise exception 'a duplicate goes into an earlier complaint of the same institution'
      using errcode = 'check_violation', constraint = 'complaint_merged_earlier';
  end if;{once}
  return new;
end $merge$;
"""
MERGE_GUARD = (
    MERGE_RULE.replace("{once}", "")
    + """
create trigger complaint_merge_guard before insert or update of state, merged_into_id, merged_by_id
  on complaints_complaint for each row when (new.state = 'merged') execute function complaint_merge_guard();
"""
)
# Merged once, into one of the same kind; what goes on with its target to another one was judged before.
MERGE_ONCE = MERGE_RULE.replace(
    "{once}",
    """
  if tg_op = 'INSERT' or old.state <> 'merged' then
    if new.parted_at is not null then
      raise exception 'what was taken apart as a matter of its own is not merged again'
        using errcode = 'check_violation', constraint = 'complaint_merged_once';
    end if;
    if not exists (select 1 from complaints_complaint t
                    where t.id = new.merged_into_id and t.category = new.category) then
      raise exception 'a duplicate is of the same kind'
        using errcode = 'check_violation', constraint = 'complaint_merged_kind';
    end if;
  end if;""",
)
MERGE_BEFORE = MERGE_RULE.replace("{once}", "")
# A limit that was given moves later only by the time for which the complaint had ended, by the order of a
# hotline, by a longer rule, by a new round of the result, or where its calendar was provisional.
CLOCK_GUARD = """
create function complaint_clock_guard() returns trigger language plpgsql as $clock$
declare stood interval := interval '0'; by_order boolean := new.channel in ('12345', '12393');
begin
  if old.state in ('merged', 'withdrawn') and new.state <> old.state then
    stood := greatest(new.reopened_at, new.closed_at) - old.closed_at;
  end if;
  if new.first_due_at > old.first_due_at + stood and not (by_order and new.first_rule = '')
     or new.result_from > old.result_from + stood and new.round = old.round
     or new.result_due_at > old.result_due_at + stood and new.result_from = old.result_from
        and new.result_rule = old.result_rule and not old.provisional
        and not (by_order and new.result_rule = '')
  then
    raise exception 'a limit of a complaint does not move later'
      using errcode = 'check_violation', constraint = 'complaint_limit_moved';
  end if;
  if old.parted_at is not null and new.parted_at is null then
    raise exception 'that it was taken apart is not forgotten'
      using errcode = 'check_violation', constraint = 'complaint_parted';
  end if;
  if new.settled_at is not null and old.settled_at is null
     and coalesce(current_setting('app.complaint_link', true), '') <> new.link_hash then
    raise exception 'only the private link says this'
      using errcode = 'check_violation', constraint = 'complaint_word_link';
  end if;
  return new;
end $clock$;
create trigger complaint_clock_guard before update on complaints_complaint
  for each row execute function complaint_clock_guard();
"""
DROP_CLOCK_GUARD = "drop function complaint_clock_guard() cascade"
DROP_MERGE_GUARD = "drop function complaint_merge_guard() cascade"
# What was said before it was kept apart: by whom, the history of steps knows. Alliance by alliance.
WORDS_SAID = """
do $words$
declare house bigint; inside text := coalesce(current_setting('app.alliance', true), '');
begin
  for house in select id from alliance_alliance loop
    perform set_config('app.alliance', house::text, true);
    update complaints_complaint c
       set word = case when t.by_id is null then 'link' else 'staff' end, word_by_id = t.by_id,
           word_note = case when t.by_id is null then '' else left(t.note, 300) end
      from (select distinct on (about_id, name) about_id, name, by_id, note from alliance_transition
             where about_kind = 'complaints.complaint' and name in ('close', 'withdraw')
             order by about_id, name, id desc) t
     where t.about_id = c.id
       and (c.state = 'withdrawn' and t.name = 'withdraw'
            or c.state = 'closed' and c.solved and t.name = 'close');
  end loop;
  perform set_config('app.alliance', inside, true);
end $words$;
set constraints all immediate;
"""

# Who opens the box is decided here and not in the application. The box's policy (complaints.models.box) asks
# `sealed_box_seen`; a deed about an appointment passes `box_deed_guard`; a password or a second factor that
# changes by any hand but its owner's (who is named in app.own_sign_in, after giving the old one) suspends.
# An appointment by a paper takes effect after the days in which whoever is told may object.
BOX_STANDING = """
create or replace function sealed_box_now() returns timestamptz stable language sql as $box$
  select now()
$box$;
create or replace function sealed_box_standing(member bigint) returns boolean stable language sql as $box$
  select exists (
    select 1 from complaints_boxkeeper k
      join alliance_membership m on m.id = k.membership_id join alliance_user u on u.id = m.user_id
     where k.membership_id = member and k.user_id = m.user_id and m.institution_id is null
       and m.is_active and u.is_active
       and (k.until is null or k.until >= (now() at time zone 'Asia/Shanghai')::date)
       and exists (select 1 from complaints_boxdeed d where d.keeper_id = k.id and d.what = 'consented'
                     and (d.opens_at is null or d.opens_at <= sealed_box_now()))
       and not exists (select 1 from complaints_boxdeed d where d.keeper_id = k.id
                         and d.what in ('ended', 'objected'))
       and 'suspended' is distinct from (select d.what from complaints_boxdeed d where d.keeper_id = k.id
             and d.what in ('suspended', 'resumed') order by d.id desc limit 1))
$box$;
"""
BOX_DEED = """
create or replace function box_deed_guard() returns trigger language plpgsql as $box$
declare
  k complaints_boxkeeper; proposer bigint; actor bigint; causes int; last text; days int;
begin
  new.opens_at := null;
  if new.what in ('suspended', 'noted', 'ended') then return new; end if;
  if new.what = 'objected' then
    -- Who is told may object until it takes effect; nobody from inside an institution is told.
    if not exists (select 1 from complaints_boxdeed d where d.keeper_id = new.keeper_id
                      and d.what = 'consented' and d.opens_at > sealed_box_now())
       or exists (select 1 from complaints_boxdeed d where d.keeper_id = new.keeper_id and d.what = 'ended')
       or not exists (select 1 from alliance_membership m
                       where m.id = new.by_id and m.is_active and m.institution_id is null) then
      raise exception 'an objection comes before the appointment takes effect'
        using errcode = 'check_violation', constraint = 'box_objection';
    end if;
    return new;
  end if;
  select * into strict k from complaints_boxkeeper where id = new.keeper_id;
  select user_id into proposer from alliance_membership where id = k.proposed_by_id;
  select user_id into actor from alliance_membership where id = new.by_id;
  if new.what = 'consented' and new.approval_id is null then
    if actor in (proposer, k.user_id) or not sealed_box_standing(new.by_id) then
      raise exception 'another keeper of the sealed box has to consent'
        using errcode = 'check_violation', constraint = 'box_second_person';
    end if;
  elsif new.what = 'consented' then
    -- The first keeper, or where none is left: a decision on paper, entered and checked by two whose sign-ins
    -- are in neither the proposer's nor the keeper's hands.
    if exists (select 1 from complaints_boxkeeper o
                where o.user_id not in (k.user_id, proposer) and sealed_box_standing(o.membership_id)) then
      raise exception 'another keeper of the sealed box has to consent'
        using errcode = 'check_violation', constraint = 'box_second_person';
    end if;
    if not exists (
      select 1 from approvals_approval a join approvals_outsidedecision o on o.approval_id = a.id
        join alliance_membership e on e.id = o.entered_by_id
        join alliance_membership c on c.id = o.checked_by_id
       where a.id = new.approval_id and a.kind = 'sealed_box.keeper' and a.state = 'approved'
         and a.about_kind = 'complaints.boxkeeper' and a.about_id = k.id
         and o.verdict = 'yes' and o.correct and o.attachment_id is not null and btrim(o.document) <> ''
         and e.user_id <> c.user_id and e.user_id not in (proposer, k.user_id)
         and c.user_id not in (proposer, k.user_id)
         and not exists (select 1 from sign_in_hands(e.user_id) h where h in (proposer, k.user_id))
         and not exists (select 1 from sign_in_hands(c.user_id) h where h in (proposer, k.user_id))) then
      raise exception 'no decision with its scan consents to this keeper of the sealed box'
        using errcode = 'check_violation', constraint = 'box_decision';
    end if;
    -- Who could forge the paper cannot hasten it: the days are those of the parameter, from now.
    select (p.value #>> '{}')::int into days from alliance_parameter p
     where p.key = 'sealed_box.objection' and p.level = ''
       and p.from_date <= (sealed_box_now() at time zone 'Asia/Shanghai')::date
     order by p.from_date desc limit 1;
    if days is null or days < 1 then
      raise exception 'the days for objections are not decided'
        using errcode = 'check_violation', constraint = 'box_days';
    end if;
    new.opens_at := sealed_box_now() + make_interval(days => days);
  else
    select what into last from complaints_boxdeed
     where keeper_id = k.id and what in ('suspended', 'resumed') order by id desc limit 1;
    select count(distinct cause) into causes from complaints_boxdeed
     where keeper_id = k.id and what = 'suspended' and id > coalesce(
       (select max(id) from complaints_boxdeed where keeper_id = k.id and what = 'resumed'), 0);
    if last is distinct from 'suspended' or not (
        actor = k.user_id and causes = 1
        or actor <> k.user_id and sealed_box_standing(new.by_id)
           and actor not in (select sign_in_hands(k.user_id))) then
      raise exception 'another keeper of the sealed box has to confirm this'
        using errcode = 'check_violation', constraint = 'box_second_person';
    end if;
  end if;
  return new;
end $box$;
"""
# A migration that comes before the columns of a later one makes these functions unread.
KEEPERS = (
    "set local check_function_bodies = off;"
    + BOX_STANDING
    + BOX_DEED
    + """
create function sealed_box_seen(link text, mark text) returns boolean stable language sql as $box$
  select case left(opened, 2)
    when 'k:' then substr(opened, 3) in (link, mark)
    when 'm:' then sealed_box_standing(substr(opened, 3)::bigint)
    else false end
  from (select coalesce(current_setting('app.sealed_box', true), '') as opened) asked
$box$;

create function sealed_box_holds(report bigint) returns boolean stable language sql as $box$
  select exists (select 1 from complaints_report r where r.id = report)
$box$;

-- Whose hands hold the key of a sign-in: who made it, or gave it another password or second factor.
create function sign_in_hands(person bigint) returns setof bigint stable language sql as $box$
  select j.user_id from alliance_journal j
   where j.about_kind = 'alliance.membership'
     and j.about_id in (select m.id from alliance_membership m where m.user_id = person)
     and (j.verb in ('password.reset', 'second_factor.reset')
          or j.verb = 'membership.granted' and j.detail ->> 'new_sign_in' = 'true')
$box$;

create function box_keeper_guard() returns trigger language plpgsql as $box$
begin
  if not exists (select 1 from alliance_membership m
                  where m.id = new.membership_id and m.user_id = new.user_id
                    and m.institution_id is null) then
    raise exception 'the sealed box is opened by a member of the whole alliance'
      using errcode = 'check_violation', constraint = 'box_keeper_member';
  end if;
  if exists (select 1 from alliance_membership m where m.id = new.proposed_by_id
                and m.user_id = new.user_id) then
    raise exception 'nobody proposes himself for the sealed box'
      using errcode = 'check_violation', constraint = 'box_keeper_other';
  end if;
  return new;
end $box$;
create trigger box_keeper_guard before insert on complaints_boxkeeper
  for each row execute function box_keeper_guard();

create trigger box_deed_guard before insert on complaints_boxdeed
  for each row execute function box_deed_guard();

create function sealed_box_suspend(person bigint, why text) returns void language plpgsql as $box$
declare
  member record; named text := coalesce(current_setting('app.user', true), '');
  inside text := coalesce(current_setting('app.alliance', true), '');
begin
  if coalesce(current_setting('app.own_sign_in', true), '') = person::text then return; end if;
  perform set_config('app.user', person::text, true);
  for member in select m.id, m.alliance_id from alliance_membership m where m.user_id = person loop
    perform set_config('app.alliance', member.alliance_id::text, true);
    insert into complaints_boxdeed (alliance_id, keeper_id, what, cause, at)
    select k.alliance_id, k.id, 'suspended', why, now() from complaints_boxkeeper k
     where k.membership_id = member.id
       and exists (select 1 from complaints_boxdeed d where d.keeper_id = k.id and d.what = 'consented')
       and not exists (select 1 from complaints_boxdeed d where d.keeper_id = k.id and d.what = 'ended');
  end loop;
  perform set_config('app.alliance', inside, true), set_config('app.user', named, true);
end $box$;
create function sealed_box_password() returns trigger language plpgsql as $box$
begin perform sealed_box_suspend(new.id, 'password'); return null; end $box$;
create trigger sealed_box_password after update of password on alliance_user
  for each row when (old.password is distinct from new.password) execute function sealed_box_password();
create function sealed_box_factor() returns trigger language plpgsql as $box$
begin perform sealed_box_suspend(old.user_id, 'factor'); return null; end $box$;
create trigger sealed_box_factor after delete on otp_totp_totpdevice
  for each row when (old.confirmed) execute function sealed_box_factor();
create trigger sealed_box_factor_key after update of key, user_id on otp_totp_totpdevice
  for each row when (old.confirmed and (old.key, old.user_id) is distinct from (new.key, new.user_id))
  execute function sealed_box_factor();
"""
)
DROP_KEEPERS = """
drop trigger sealed_box_factor_key on otp_totp_totpdevice;
drop trigger sealed_box_factor on otp_totp_totpdevice;
drop trigger sealed_box_password on alliance_user;
drop function sealed_box_factor(), sealed_box_password(), sealed_box_suspend(bigint, text);
drop function box_deed_guard() cascade; drop function box_keeper_guard() cascade;
drop function sealed_box_seen(text, text) cascade; drop function sealed_box_holds(bigint) cascade;
drop function sign_in_hands(bigint), sealed_box_standing(bigint), sealed_box_now();
"""
