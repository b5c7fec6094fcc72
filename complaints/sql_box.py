"""The lock of the sealed box, as the database keeps it."""

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
KEEPERS = [
    "set local check_function_bodies = off;",
    BOX_STANDING,
    BOX_DEED,
    """
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
""",
]
DROP_KEEPERS = """
drop trigger sealed_box_factor_key on otp_totp_totpdevice;
drop trigger sealed_box_factor on otp_totp_totpdevice;
drop trigger sealed_box_password on alliance_user;
drop function sealed_box_factor(), sealed_box_password(), sealed_box_suspend(bigint, text);
drop function box_deed_guard() cascade; drop function box_keeper_guard() cascade;
drop function sealed_box_seen(text, text) cascade; drop function sealed_box_holds(bigint) cascade;
drop function sign_in_hands(bigint), sealed_box_standing(bigint), sealed_box_now();
"""
