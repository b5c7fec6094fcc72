"""What the database keeps of responsibility letters: the digest is the text's, a signature one's own."""

INSTALL = """
create function public.duty_true_version() returns trigger language plpgsql as $true$
begin
  if encode(sha256(convert_to(new.canonical, 'UTF8')), 'hex') <> new.digest
     or new.canonical::jsonb <> jsonb_build_object(
       'title', new.title, 'paragraphs', new.paragraphs, 'clauses', new.clauses, 'number', new.number,
       'months', new.months) then
    raise exception 'the digest of a letter is that of its text' using errcode = 'restrict_violation';
  end if;
  if jsonb_typeof(new.clauses) <> 'array' or jsonb_array_length(new.clauses) = 0
     or jsonb_typeof(new.paragraphs) <> 'array' or jsonb_array_length(new.paragraphs) = 0 then
    raise exception 'a letter has a text and clauses' using errcode = 'restrict_violation';
  end if;
  if new.enforced_at is not null and (tg_op = 'INSERT' or exists (
    select from public.alliance_membership x join public.alliance_membership y on y.user_id = x.user_id
    where x.id = new.entered_by_id and y.id = new.enforced_by_id)) then
    raise exception 'a letter is put in force by a second person' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger duty_true_version before insert or update on public.duty_letterversion
  for each row execute function public.duty_true_version();

create function public.duty_true_round() returns trigger language plpgsql as $true$
declare
  opened date := (new.opened_at at time zone 'Asia/Shanghai')::date;
begin
  if tg_op = 'INSERT' and (new.due_on < opened or not exists (
    select from public.duty_letterversion v
    where v.id = new.version_id and v.enforced_at is not null and v.from_date <= new.due_on)) then
    raise exception 'a round signs a version in force, until a day to come'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger duty_true_round before insert on public.duty_signinground
  for each row execute function public.duty_true_round();

create function public.duty_true_signature() returns trigger language plpgsql as $true$
declare
  v record;
  m record;
  day date := (new.signed_at at time zone 'Asia/Shanghai')::date;
begin
  select * into v from public.duty_letterversion where id = new.version_id;
  if v.enforced_at is null or v.digest <> new.digest then
    raise exception 'what is signed is the text in force' using errcode = 'restrict_violation';
  end if;
  if exists (
    select from public.duty_letterversion n where n.alliance_id = v.alliance_id and n.enforced_at is not null
      and n.from_date > v.from_date and n.from_date <= day) or v.from_date > day then
    raise exception 'what is signed is the version of the day' using errcode = 'restrict_violation';
  end if;
  if exists (
    select from jsonb_array_elements(v.clauses) c where not (c ->> 'code') = any (new.read)) then
    raise exception 'every clause was read' using errcode = 'restrict_violation';
  end if;
  select x.institution_id, x.department_id, x.roles, x.is_active, x.user_id, u.name into m
    from public.alliance_membership x join public.alliance_user u on u.id = x.user_id
    where x.id = new.membership_id;
  if nullif(current_setting('app.user', true), '')::bigint is distinct from m.user_id then
    raise exception 'nobody signs for somebody else' using errcode = 'restrict_violation';
  end if;
  if not m.is_active or m.name <> new.name or new.institution_id is distinct from m.institution_id
     or new.department_id is distinct from m.department_id or new.roles <> m.roles then
    raise exception 'a signature keeps who signs as the person stands today'
      using errcode = 'restrict_violation';
  end if;
  if new.valid_from <> day and not exists (
    select from public.duty_signature s
    where s.membership_id = new.membership_id and s.version_id = new.version_id
      and s.valid_from <= day and s.valid_to >= day and s.valid_to + 1 = new.valid_from) then
    raise exception 'a signature holds from its day, or follows the one that holds'
      using errcode = 'restrict_violation';
  end if;
  if new.valid_to <> (new.valid_from + make_interval(months => v.months))::date - 1 then
    raise exception 'a signature holds as long as its version says' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger duty_true_signature before insert on public.duty_signature
  for each row execute function public.duty_true_signature();
"""
REMOVE = """
drop trigger duty_true_signature on public.duty_signature;
drop trigger duty_true_round on public.duty_signinground;
drop trigger duty_true_version on public.duty_letterversion;
drop function public.duty_true_signature();
drop function public.duty_true_round();
drop function public.duty_true_version();
"""
