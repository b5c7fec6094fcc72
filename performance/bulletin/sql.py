"""What the database keeps of papers: what is released never changes."""

INSTALL = """
create function public.performance_keep_paper() returns trigger language plpgsql as $paper$
begin
  if old.state = 'released' then
    raise exception 'a released paper is not changed; the next number corrects it'
      using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $paper$;
create trigger performance_keep_paper before update or delete on public.performance_paper
  for each row execute function public.performance_keep_paper();
"""
REMOVE = """
drop trigger performance_keep_paper on public.performance_paper;
drop function public.performance_keep_paper();
"""
