"""SQL of scheme versions: what the database itself keeps, and taking over what was adopted before."""

from __future__ import annotations

# A released version is what cases were grouped by: nothing of it changes and it is never deleted. Only the
# manifest of one whose files were not kept may be filled, once: its digest says which files they are.
KEEP_FILES = """
create or replace function public.grouping_keep_version() returns trigger language plpgsql as $version$
begin
  if old.state = 'released' and not (tg_op = 'UPDATE' and old.manifest = '{}'::jsonb
      and to_jsonb(new) - 'manifest' = to_jsonb(old) - 'manifest') then
    raise exception 'version % of scheme % is released', old.version, old.code
      using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $version$;
"""
INSTALL = """
create or replace function public.grouping_keep_version() returns trigger language plpgsql as $version$
begin
  if old.state = 'released' then
    raise exception 'version % of scheme % is released', old.version, old.code
      using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $version$;
create trigger grouping_keep_version before update or delete on public.grouping_schemeversion
  for each row execute function public.grouping_keep_version();
"""
REMOVE = """
drop trigger grouping_keep_version on public.grouping_schemeversion;
drop function public.grouping_keep_version();
"""

# Schemes adopted before versions were kept become released versions, one a package. Row security binds the
# owner too, so that it goes alliance by alliance; states go their steps, because the database allows no jump.
TAKE_OVER = """
do $take$
declare a bigint;
begin
  for a in select id from public.alliance_alliance loop
    perform set_config('app.alliance', a::text, true);
    insert into public.grouping_schemeversion (alliance_id, state, form, code, name, version, digest,
      manifest, upload_id, errors, warnings, made_by_id, made_at)
    select distinct on (s.digest) a, 'received', case when s.package_id is null then 'shipped' else 'zip' end,
      s.code, s.name, s.version, s.digest, '{}', s.package_id, 0, 0, f.owner_id, coalesce(f.created_at, now())
    from public.grouping_scheme s left join public.alliance_attachment f on f.id = s.package_id
    where s.alliance_id = a and not exists (
      select 1 from public.grouping_schemeversion v where v.alliance_id = a and v.digest = s.digest)
    order by s.digest, s.from_date;
    update public.grouping_schemeversion set state = 'draft'
      where alliance_id = a and state = 'received' and manifest = '{}' and digest <> ''
        and exists (select 1 from public.grouping_scheme s where s.alliance_id = a
                     and s.digest = grouping_schemeversion.digest);
    update public.grouping_schemeversion set state = 'released'
      where alliance_id = a and state = 'draft' and manifest = '{}' and digest <> ''
        and exists (select 1 from public.grouping_scheme s where s.alliance_id = a
                     and s.digest = grouping_schemeversion.digest);
  end loop;
  perform set_config('app.alliance', '', true);
end $take$;
"""
