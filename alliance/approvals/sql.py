"""What the database keeps of approvals: two people look at a paper, and who decides is itself decided."""

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

# Who decides is itself decided: by an approval of its own kind that has ended in yes.
CHAINS = """
create function public.approvals_keep_chains() returns trigger language plpgsql as $chains$
begin
  if new.approval_id is null then
    if new.code = new.object_kind or exists (
      select from public.approvals_chain c
       where c.alliance_id = new.alliance_id and c.code = new.code and c.decided_by = '系统预置') then
      raise exception 'a chain is decided by an approval'
        using errcode = 'check_violation', constraint = 'chain_decided';
    end if;
  elsif not exists (
    select from public.approvals_approval a
     where a.id = new.approval_id and a.kind = 'approvals.chain' and a.state = 'approved'
       and a.terms ->> 'code' = new.code and (a.terms ->> 'from_date')::date = new.from_date
       and a.terms -> 'steps' = new.steps) then
    raise exception 'a chain holds as it was approved'
      using errcode = 'check_violation', constraint = 'chain_as_approved';
  end if;
  return new;
end $chains$;
create trigger approvals_keep_chains before insert on public.approvals_chain
  for each row execute function public.approvals_keep_chains();
"""
REMOVE_CHAINS = """
drop trigger approvals_keep_chains on public.approvals_chain;
drop function public.approvals_keep_chains();
"""
