"""What the database keeps of agreements: two people, no two at once, clauses as signed, true checks."""

INSTALL = """
create function public.agreements_same_person(a bigint, b bigint) returns boolean
language sql stable as $same$
  select exists (
    select from public.alliance_membership x join public.alliance_membership y on y.user_id = x.user_id
    where x.id = a and y.id = b)
$same$;
create function public.agreements_keep() returns trigger language plpgsql as $keep$
begin
  if tg_op = 'DELETE' then
    raise exception 'an agreement is withdrawn or ended, never taken away'
      using errcode = 'restrict_violation';
  end if;
  if old.state not in ('draft', 'waiting') and
     (new.kind, new.institution_id, new.party, new.party_name, new.number, new.title, new.begins, new.ends,
      new.signed_on, new.scan_id, new.follows_id, new.entered_by_id, new.checked_by_id)
     is distinct from
     (old.kind, old.institution_id, old.party, old.party_name, old.number, old.title, old.begins, old.ends,
      old.signed_on, old.scan_id, old.follows_id, old.entered_by_id, old.checked_by_id) then
    raise exception 'a signed agreement stays as it was signed' using errcode = 'restrict_violation';
  end if;
  if old.state in ('ended', 'withdrawn') then
    raise exception 'an ended agreement is not changed' using errcode = 'restrict_violation';
  end if;
  if new.state = 'in_force' and old.state = 'waiting' then
    if public.agreements_same_person(new.entered_by_id, new.checked_by_id) then
      raise exception 'an agreement is checked by another person than entered it'
        using errcode = 'restrict_violation';
    end if;
    if not exists (select from public.agreements_clause c where c.agreement_id = new.id) then
      raise exception 'an agreement promises something' using errcode = 'restrict_violation';
    end if;
    perform pg_advisory_xact_lock(hashtext('agreements'), new.institution_id::int);
    if exists (
      select from public.agreements_agreement o
      where o.alliance_id = new.alliance_id and o.institution_id = new.institution_id and o.kind = new.kind
        and o.party = new.party and o.id <> new.id and o.state in ('in_force', 'ending', 'ended')
        and o.begins <= new.ends and coalesce(o.ended_on, o.ends) >= new.begins
    ) then
      raise exception 'two agreements of a kind do not hold on the same day'
        using errcode = 'restrict_violation';
    end if;
  end if;
  if new.state = 'ended' and old.state = 'ending' and new.ended_by_id is not null
     and public.agreements_same_person(new.end_asked_by_id, new.ended_by_id) then
    raise exception 'the end is confirmed by another person than asked for it'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $keep$;
create trigger agreements_keep before update or delete on public.agreements_agreement
  for each row execute function public.agreements_keep();
create function public.agreements_keep_clause() returns trigger language plpgsql as $clause$
declare
  parent record;
begin
  select * into parent from public.agreements_agreement a
    where a.id = case when tg_op = 'DELETE' then old.agreement_id else new.agreement_id end;
  if tg_op <> 'DELETE' and new.checker_id is not null and exists (
    select from public.alliance_membership m
    where m.id = new.checker_id and m.institution_id = parent.institution_id
  ) then
    raise exception 'nobody checks the own institution' using errcode = 'restrict_violation';
  end if;
  if parent.state <> 'draft' and (tg_op <> 'UPDATE' or
     (to_jsonb(new) - 'checker_id') is distinct from (to_jsonb(old) - 'checker_id')) then
    raise exception 'clauses stay as they were signed' using errcode = 'restrict_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $clause$;
create trigger agreements_keep_clause before insert or update or delete on public.agreements_clause
  for each row execute function public.agreements_keep_clause();
create function public.agreements_true_check() returns trigger language plpgsql as $true$
declare
  c record;
  a record;
  lasts integer;
  known integer;
  least numeric;
  most numeric;
  total numeric;
begin
  select * into c from public.agreements_clause where id = new.clause_id;
  select * into a from public.agreements_agreement where id = c.agreement_id;
  if a.state not in ('in_force', 'ending', 'ended') then
    raise exception 'only a signed agreement is checked' using errcode = 'restrict_violation';
  end if;
  lasts := case c.per when 'month' then 1 when 'quarter' then 3 else 12 end;
  if (extract(month from new.first)::int - 1) % lasts <> 0 or new.first < a.begins
     or (new.first + make_interval(months => lasts))::date - 1 > coalesce(a.ended_on, a.ends) then
    raise exception 'a check is of a whole period of the agreement' using errcode = 'restrict_violation';
  end if;
  if c.way = 'hand' then
    if new.checked_by_id is distinct from c.checker_id or new.note = '' or new.value is not null
       or new.figures <> '{}' then
      raise exception 'what is checked by hand is checked by its checker, in words'
        using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  select count(distinct s.month), min(v.value), max(v.value), sum(v.value)
    into known, least, most, total
    from public.performance_indicatorvalue v
    join public.performance_settlement s on s.id = v.settlement_id
    where v.id = any (new.figures) and v.institution_id = a.institution_id and v.indicator = c.indicator
      and s.month >= new.first and s.month < new.first + make_interval(months => lasts);
  if known <> lasts or cardinality(new.figures) <> lasts or new.checked_by_id is not null then
    raise exception 'a measured clause rests on what each month computed'
      using errcode = 'restrict_violation';
  end if;
  if new.standing = 'unassessed' then
    if new.value is not null then
      raise exception 'what has a value is assessed' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  -- A share of several months lies between theirs, an amount is their sum; of one month it is the value.
  if new.value is null or not (new.value between least and most or (lasts > 1 and new.value = total)) then
    raise exception 'the value is what the months computed' using errcode = 'restrict_violation';
  end if;
  if (new.standing = 'broken') is distinct from
     (case c.side when 'at_least' then new.value < c.bound else new.value > c.bound end) then
    raise exception 'a clause is broken exactly when its bound is missed'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger agreements_true_check before insert on public.agreements_clausecheck
  for each row execute function public.agreements_true_check();
"""
REMOVE = """
drop trigger agreements_true_check on public.agreements_clausecheck;
drop trigger agreements_keep_clause on public.agreements_clause;
drop trigger agreements_keep on public.agreements_agreement;
drop function public.agreements_true_check();
drop function public.agreements_keep_clause();
drop function public.agreements_keep();
drop function public.agreements_same_person(bigint, bigint);
"""
