"""What the database keeps of days of patients: held or cancelled, a day stays; none lies in another month."""

INSTALL = """
create function public.events_true_day() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.state <> 'planned' then
    raise exception 'a day of patients is not taken away, a held one not changed'
      using errcode = 'restrict_violation';
  end if;
  if date_trunc('month', coalesce(new.held_on, new.planned_on)) <> new.month then
    raise exception 'the day of a month lies in it' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger events_true_day before insert or update or delete on public.events_patientday
  for each row execute function public.events_true_day();
"""
REMOVE = """
drop trigger events_true_day on public.events_patientday;
drop function public.events_true_day();
"""
