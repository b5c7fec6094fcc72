"""SQL of on-site assessment: what the database itself keeps of visits."""

INSTALL = """
-- Nobody inspects the own institution, nor a village room of it, under whatever membership.
create function performance_onsite_inspect() returns trigger language plpgsql as $onsite$
begin
  select m.institution_id into new.place_id from public.alliance_membership m
   where m.alliance_id = new.alliance_id and m.id = new.member_id;
  if exists (
    select from public.performance_onsitevisit v
      join public.alliance_institution i on i.alliance_id = v.alliance_id and i.id = v.institution_id
      join public.alliance_membership mine on mine.alliance_id = v.alliance_id and mine.id = new.member_id
      join public.alliance_membership held on held.alliance_id = v.alliance_id
        and held.user_id = mine.user_id and held.is_active
     where v.alliance_id = new.alliance_id and v.id = new.visit_id
       and held.institution_id in (i.id, i.parent_id)) then
    raise exception 'nobody inspects the own institution'
      using errcode = 'restrict_violation', constraint = 'onsite_own_institution';
  end if;
  return new;
end $onsite$;
create trigger performance_onsite_inspect before insert or update on public.performance_onsiteinspector
  for each row execute function public.performance_onsite_inspect();

-- A device's answers, photos and signatures are taken only while the visit is under way.
create function performance_onsite_open() returns trigger language plpgsql as $onsite$
declare standing text;
begin
  select v.state into standing from public.performance_onsitevisit v
   where v.alliance_id = new.alliance_id and v.id = new.visit_id for share;
  if standing is distinct from 'open' then
    raise exception 'the visit is not under way'
      using errcode = 'restrict_violation', constraint = 'onsite_not_open';
  end if;
  return new;
end $onsite$;
create trigger performance_onsite_open before insert on public.performance_onsiteanswer
  for each row execute function public.performance_onsite_open();
create trigger performance_onsite_open before insert on public.performance_onsitephoto
  for each row execute function public.performance_onsite_open();
create trigger performance_onsite_open before insert on public.performance_onsitesignature
  for each row execute function public.performance_onsite_open();

-- A published checklist is what visits were carried out with: it never changes.
create function performance_onsite_freeze() returns trigger language plpgsql as $onsite$
begin
  if old.state <> 'draft' and (tg_op = 'DELETE' or
     (new.code, new.number, new.body, new.kinds, new.from_date)
     is distinct from (old.code, old.number, old.body, old.kinds, old.from_date)) then
    raise exception 'a published checklist never changes' using errcode = 'restrict_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $onsite$;
create trigger performance_onsite_freeze before update or delete on public.performance_onsitechecklist
  for each row execute function public.performance_onsite_freeze();
"""
REMOVE = """
drop trigger performance_onsite_freeze on public.performance_onsitechecklist;
drop function public.performance_onsite_freeze();
drop trigger performance_onsite_open on public.performance_onsitesignature;
drop trigger performance_onsite_open on public.performance_onsitephoto;
drop trigger performance_onsite_open on public.performance_onsiteanswer;
drop function public.performance_onsite_open();
drop trigger performance_onsite_inspect on public.performance_onsiteinspector;
drop function public.performance_onsite_inspect();
"""
