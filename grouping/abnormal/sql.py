"""What the database keeps of reports: not taken away, and what was seen and answered stays."""

INSTALL = """
create function public.abnormal_true_report() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' then
    raise exception 'a report is not taken away' using errcode = 'restrict_violation';
  end if;
  if (new.case_id, new.institution_id, new.department_id, new.kind, new.text, new.reported_by_id,
      new.reported_at, new.rule, new.due_at)
     is distinct from
     (old.case_id, old.institution_id, old.department_id, old.kind, old.text, old.reported_by_id,
      old.reported_at, old.rule, old.due_at)
     or old.state = 'answered' and (new.finding, new.answer, new.answered_by_id, new.answered_at)
     is distinct from (old.finding, old.answer, old.answered_by_id, old.answered_at) then
    raise exception 'what was seen and what was answered stay' using errcode = 'restrict_violation';
  end if;
  if new.answered_by_id is not null and new.answered_by_id = new.reported_by_id then
    raise exception 'somebody else than who reported it answers' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger abnormal_true_report before update or delete on public.abnormal_abnormalreport
  for each row execute function public.abnormal_true_report();
"""
REMOVE = """
drop trigger abnormal_true_report on public.abnormal_abnormalreport;
drop function public.abnormal_true_report();
"""
