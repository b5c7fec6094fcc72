"""What the database keeps of decisions on paper: who entered or proposed one does not check it."""

# By the person, not the membership: one user may hold several.
PAPERS = """
create function public.approvals_keep_papers() returns trigger language plpgsql as $papers$
begin
  if new.checked_by_id is not null and exists (
    select from public.alliance_membership c
      join public.approvals_approval a on a.id = new.approval_id
      join public.alliance_membership o on o.id in (new.entered_by_id, a.proposed_by_id)
     where c.id = new.checked_by_id and o.user_id = c.user_id) then
    raise exception 'a document is checked by neither its enterer nor the proposer'
      using errcode = 'check_violation', constraint = 'outside_two_people';
  end if;
  return new;
end $papers$;
create trigger approvals_keep_papers after insert or update on public.approvals_outsidedecision
  for each row execute function public.approvals_keep_papers();
"""
REMOVE_PAPERS = """
drop trigger approvals_keep_papers on public.approvals_outsidedecision;
drop function public.approvals_keep_papers();
"""
