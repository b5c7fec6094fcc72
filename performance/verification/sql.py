"""What the database keeps of opinions: the sample as drawn, every record looked at, a signed one for good."""

INSTALL = """
create function public.verification_keep() returns trigger language plpgsql as $keep$
begin
  if tg_op = 'DELETE' or old.signed_at is not null
     or (new.month, new.institution_id, new.seed, new.size, new.population, new.drawn_by_id, new.drawn_at)
        is distinct from
        (old.month, old.institution_id, old.seed, old.size, old.population, old.drawn_by_id, old.drawn_at)
  then
    raise exception 'a sample stays as it was drawn, an opinion as it was signed'
      using errcode = 'restrict_violation';
  end if;
  if new.signed_at is not null then
    if (select count(*) from public.verification_verifieditem i where i.opinion_id = new.id) <> new.size
       or exists (select from public.verification_verifieditem i
                  where i.opinion_id = new.id and i.found = '') then
      raise exception 'an opinion is signed when every record was looked at'
        using errcode = 'restrict_violation';
    end if;
    if new.verdict = 'true' and exists (select from public.verification_verifieditem i
                                        where i.opinion_id = new.id and i.found <> 'confirmed') then
      raise exception 'data are true when every record is' using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $keep$;
create trigger verification_keep before update or delete on public.verification_opinion
  for each row execute function public.verification_keep();
create function public.verification_outside() returns trigger language plpgsql as $outside$
begin
  if exists (
    select from public.alliance_membership x join public.alliance_membership y on y.user_id = x.user_id
    where x.id = new.drawn_by_id and y.institution_id is not null) then
    raise exception 'an evaluator belongs to no institution' using errcode = 'restrict_violation';
  end if;
  return new;
end $outside$;
create trigger verification_outside before insert on public.verification_opinion
  for each row execute function public.verification_outside();
create function public.verification_keep_item() returns trigger language plpgsql as $item$
declare
  o record;
begin
  if tg_op = 'DELETE' then
    raise exception 'a sample stays as it was drawn' using errcode = 'restrict_violation';
  end if;
  select * into o from public.verification_opinion where id = new.opinion_id;
  if o.signed_at is not null or (tg_op = 'UPDATE' and
     (new.opinion_id, new.place, new.case_id, new.record_no) is distinct from
     (old.opinion_id, old.place, old.case_id, old.record_no)) then
    raise exception 'a sample stays as it was drawn, an opinion as it was signed'
      using errcode = 'restrict_violation';
  end if;
  if not exists (
    select from public.grouping_case c
    where c.id = new.case_id and c.institution_id = o.institution_id and c.month = o.month) then
    raise exception 'a record of the sample is of the institution and the month'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $item$;
create trigger verification_keep_item before insert or update or delete on public.verification_verifieditem
  for each row execute function public.verification_keep_item();
"""
REMOVE = """
drop trigger verification_keep_item on public.verification_verifieditem;
drop trigger verification_outside on public.verification_opinion;
drop trigger verification_keep on public.verification_opinion;
drop function public.verification_keep_item();
drop function public.verification_outside();
drop function public.verification_keep();
"""
