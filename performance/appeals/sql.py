"""SQL of appeals, what the database itself keeps: whose a number is, who may not decide, what stays."""

from __future__ import annotations

from performance.appeals.involved.sql import INVOLVED

_LINE = """
create function public.performance_appeal_line() returns trigger language plpgsql as $appeal$
declare filed record;
begin
  select a.state, a.month into filed from performance_appeal a
   where a.alliance_id = new.alliance_id and a.id = new.appeal_id;
  if filed.state is distinct from 'filed' then
    raise exception 'an appeal that is examined takes no further line' using errcode = 'restrict_violation';
  end if;
  new.staff_id := null; new.whole_fen := null; new.institution_id := null;
  if new.about = 'pay' then
    select p.staff_id, p.fen, t.institution_id into new.staff_id, new.whole_fen, new.institution_id
      from performance_payline p
      join performance_paypot t on t.alliance_id = p.alliance_id and t.id = p.pot_id and t.plan_id = p.plan_id
      join performance_paypool o on o.alliance_id = t.alliance_id and o.id = t.pool_id
     where p.alliance_id = new.alliance_id and p.id = new.pay_line_id and o.month = filed.month;
  elsif new.about = 'score' then
    select l.institution_id, greatest(l.fen, 0) into new.institution_id, new.whole_fen
      from performance_line l join performance_settlement s
        on s.alliance_id = l.alliance_id and s.id = l.settlement_id
     where l.alliance_id = new.alliance_id and l.id = new.score_id and s.month = filed.month;
  elsif new.about = 'value' then
    select v.institution_id into new.institution_id
      from performance_indicatorvalue v join performance_settlement s
        on s.alliance_id = v.alliance_id and s.id = v.settlement_id
     where v.alliance_id = new.alliance_id and v.id = new.value_id and s.month = filed.month;
  elsif new.about = 'case' then
    select c.institution_id into new.institution_id from grouping_case c
     where c.alliance_id = new.alliance_id and c.id = new.case_id;
  elsif new.about = 'deduction' then
    select c.institution_id, c.staff_id, c.fen into new.institution_id, new.staff_id, new.whole_fen
      from performance_consequence c where c.alliance_id = new.alliance_id and c.id = new.deduction_id;
  end if;
  if new.institution_id is null then
    raise exception 'the number does not belong to the month of the appeal' using errcode = 'check_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_appeal_line before insert on public.performance_appealline
  for each row execute function public.performance_appeal_line();
"""

_KEEP = """
create function public.performance_keep_appeal() returns trigger language plpgsql as $appeal$
declare
  moving constant text[] := array['state', 'version', 'due_at', 'escalates_at', 'provisional', 'handler_id',
    'assigned_at', 'answer', 'decided_by_id', 'decided_at', 'bearer', 'from_month', 'revision', 'approval_id',
    'journal_id', 'ended_at'];
  person bigint;
begin
  if tg_op = 'DELETE' then
    raise exception 'an appeal is kept' using errcode = 'restrict_violation';
  end if;
  if old.ended_at is not null or to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'an appeal keeps what was filed and how it ended' using errcode = 'restrict_violation';
  end if;
  for person in
    select m.user_id from alliance_membership m where m.alliance_id = new.alliance_id
       and (m.id = new.handler_id and new.handler_id is distinct from old.handler_id
            or m.id = new.decided_by_id and (new.decided_by_id is distinct from old.decided_by_id
                                             or new.state is distinct from old.state))
    union
    select m.user_id from ledger_ledgerjournal j
      join alliance_membership m
        on m.alliance_id = j.alliance_id and m.id in (j.posted_by_id, j.confirmed_by_id)
     where j.alliance_id = new.alliance_id and j.id = new.journal_id
  loop
    if public.performance_appeal_involved(new.alliance_id, new.id, person) then
      raise exception 'somebody involved does not decide an appeal' using errcode = 'check_violation';
    end if;
  end loop;
  if new.state in ('upheld', 'corrected') and exists (
      select 1 from performance_appealcorrection c where c.alliance_id = new.alliance_id
         and c.appeal_id = new.id and c.revision = new.revision having sum(c.fen) <> 0) then
    raise exception 'the correcting entries do not add up to zero' using errcode = 'check_violation';
  end if;
  if new.state = 'corrected' and new.journal_id is null and exists (
      select 1 from performance_appealcorrection c where c.alliance_id = new.alliance_id
         and c.appeal_id = new.id and c.revision = new.revision) then
    raise exception 'a correction is in the books before an appeal ends' using errcode = 'check_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_keep_appeal before update or delete on public.performance_appeal
  for each row execute function public.performance_keep_appeal();

create function public.performance_late_correction() returns trigger language plpgsql as $appeal$
begin
  if not exists (select 1 from performance_appeal a where a.alliance_id = new.alliance_id
      and a.id = new.appeal_id and a.state = 'assigned' and a.revision = new.revision - 1) then
    raise exception 'a correction is made while its appeal is examined' using errcode = 'restrict_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_late_correction before insert on public.performance_appealcorrection
  for each row execute function public.performance_late_correction();
"""
INSTALL = INVOLVED + _LINE + _KEEP
# A line of pay is corrected once its pot is in the books: before, its plan itself is changed.
INSTALL_POSTED = """
create function public.performance_correct_posted() returns trigger language plpgsql as $appeal$
begin
  if new.pay_line_id is not null and not exists (
      select 1 from performance_payline l
        join performance_paypot p
          on p.alliance_id = l.alliance_id and p.id = l.pot_id and p.plan_id = l.plan_id
       where l.alliance_id = new.alliance_id and l.id = new.pay_line_id and p.state = 'posted') then
    raise exception 'a line of pay is corrected once it is in the books' using errcode = 'restrict_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_correct_posted before insert on public.performance_appealcorrection
  for each row execute function public.performance_correct_posted();
"""


def _again(text: str, after: str, more: str) -> str:
    """The first function of a text with more behind a place of it, in the stead of the one so far."""
    end = text.index("$appeal$;") + len("$appeal$;\n")
    assert text[:end].count(after) == 1, after
    return text[:end].replace("create function", "create or replace function").replace(after, after + more)


_OWN_LINE = _again(
    _LINE,
    "where c.alliance_id = new.alliance_id and c.id = new.deduction_id;\n",
    """  elsif new.about = 'own' then
    select s.institution_id, s.staff_id into new.institution_id, new.staff_id
      from performance_levelsubject s
      join performance_levelrun r on r.alliance_id = s.alliance_id and r.id = s.run_id
     where s.alliance_id = new.alliance_id and s.id = new.own_id and s.staff_id is not null
       and r.level = 'person' and r.state = 'computed' and r.month = filed.month
       and exists (select 1 from performance_levelscore v
            where v.alliance_id = s.alliance_id and v.subject_id = s.id and v.indicator = new.indicator);
""",
)
_LATER_LINE = _OWN_LINE.replace(
    "if filed.state is distinct from 'filed' then",
    "if filed.state is distinct from 'filed' and (filed.state is distinct from 'assigned' or not exists (\n"
    "      select 1 from performance_appealaddition d where d.alliance_id = new.alliance_id\n"
    "         and d.id = new.addition_id and d.appeal_id = new.appeal_id)) then",
)
assert _LATER_LINE != _OWN_LINE


# A person's indicator: of the run of its month, of its own person; who started the run has made it. What is
# right instead is decided with the appeal.
INSTALL_OWN = (
    _again(
        INVOLVED,
        "where c.proposed_by_id in (select id from known) or c.decided_by_id in (select id from known))\n",
        """    or exists (
      select 1 from lines l
        join performance_levelsubject s on s.alliance_id = an_alliance and s.id = l.own_id
        join performance_levelrun r on r.alliance_id = an_alliance and r.id = s.run_id
       where r.started_by_id in (select id from known))
""",
    )
    + _OWN_LINE
    + _again(_KEEP, "'journal_id', 'ended_at'", ", 'right'")
)
# What is added: by who filed it, until it is decided. A further line never makes the examiner one who is
# involved, and evidence comes to no appeal that is decided.
INSTALL_ADDED = (
    _again(_KEEP, "'journal_id', 'ended_at'", ", 'right', 'draft'")
    + _LATER_LINE
    + """
create function public.performance_appeal_addition() returns trigger language plpgsql as $appeal$
begin
  if not exists (select 1 from performance_appeal a
        join alliance_membership f on f.alliance_id = a.alliance_id and f.id = a.filed_by_id
        join alliance_membership m on m.alliance_id = a.alliance_id and m.id = new.added_by_id
       where a.alliance_id = new.alliance_id and a.id = new.appeal_id and a.state in ('filed', 'assigned')
         and f.user_id = m.user_id) then
    raise exception 'who filed an appeal adds to it until it is decided' using errcode = 'restrict_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_appeal_addition before insert on public.performance_appealaddition
  for each row execute function public.performance_appeal_addition();

create function public.performance_appeal_added_line() returns trigger language plpgsql as $appeal$
begin
  if exists (select 1 from performance_appeal a
        join alliance_membership m on m.alliance_id = a.alliance_id and m.id = a.handler_id
       where a.alliance_id = new.alliance_id and a.id = new.appeal_id
         and public.performance_appeal_involved(a.alliance_id, a.id, m.user_id)) then
    raise exception 'who examines an appeal is involved in no number of it' using errcode = 'check_violation';
  end if;
  return null;
end $appeal$;
create trigger performance_appeal_added_line after insert on public.performance_appealline
  for each row when (new.addition_id is not null)
  execute function public.performance_appeal_added_line();

create function public.performance_appeal_evidence() returns trigger language plpgsql as $appeal$
begin
  if not exists (select 1 from performance_appeal a where a.alliance_id = new.alliance_id
      and a.id = new.appeal_id and a.state in ('filed', 'assigned')) then
    raise exception 'evidence comes until an appeal is decided' using errcode = 'restrict_violation';
  end if;
  return new;
end $appeal$;
create trigger performance_appeal_evidence before insert on public.performance_appealfile
  for each row execute function public.performance_appeal_evidence();
"""
)
# An appeal about a line of pay may ask for all its pot has to give, what posted corrections of shares moved
# included: who was given nothing has a line of 0. One number is in one open appeal, whatever plan of its pot
# a line of pay stands in. Giving back and withdrawing decide nothing.
_POT_LINE = _LATER_LINE.replace(
    "select p.staff_id, p.fen, t.institution_id",
    """select p.staff_id, t.fen + coalesce((select sum(d.fen) from performance_paydue d
        where d.alliance_id = t.alliance_id and d.pot_id = t.id and d.kind = 'share'), 0),
      t.institution_id""",
).replace(
    "  return new;\nend",
    """  perform pg_advisory_xact_lock(hashtext('performance_appealline'), new.alliance_id::int);
  if exists (
      select 1 from performance_appealline l
        join performance_appeal a on a.alliance_id = l.alliance_id and a.id = l.appeal_id
       where l.alliance_id = new.alliance_id and l.appeal_id <> new.appeal_id and l.about = new.about
         and a.state in ('filed', 'assigned', 'upheld')
         and (l.score_id = new.score_id or l.value_id = new.value_id or l.case_id = new.case_id
              or l.deduction_id = new.deduction_id
              or l.own_id = new.own_id and l.indicator = new.indicator
              or exists (select 1 from performance_payline p
                   join performance_payline q on q.alliance_id = p.alliance_id and q.pot_id = p.pot_id
                    and q.staff_id = p.staff_id
                  where p.alliance_id = new.alliance_id and p.id = l.pay_line_id
                    and q.id = new.pay_line_id))) then
    raise exception 'there is an open appeal about this number' using errcode = 'restrict_violation';
  end if;
  return new;
end""",
)
assert _POT_LINE.count("pg_advisory_xact_lock") == 1 and _POT_LINE.count("performance_paydue") == 1
_ADDED_KEEP = _again(_KEEP, "'journal_id', 'ended_at'", ", 'right', 'draft'")
_DECIDING_KEEP = _ADDED_KEEP.replace("'right', 'draft'", "'right', 'draft', 'more_why'").replace(
    "or new.state is distinct from old.state))",
    "or new.state is distinct from old.state\n"
    "                                                and new.state not in ('assigned', 'withdrawn')))",
)
assert _DECIDING_KEEP != _ADDED_KEEP
INSTALL_ONCE = _POT_LINE + _DECIDING_KEEP
# Whatever an appeal changes, money or a value alone, a second person agreed to it who is not involved.
_SECOND_KEEP = _DECIDING_KEEP.replace(
    "  loop\n",
    """    union
    select d.user_id from approvals_decision d
     where d.alliance_id = new.alliance_id and d.approval_id = new.approval_id and d.verdict = 'yes'
       and new.state = 'corrected' and old.state <> 'corrected'
  loop
""",
).replace(
    "  if new.state = 'corrected' and new.journal_id is null",
    """  if new.state = 'corrected' and not exists (
      select 1 from approvals_approval p where p.alliance_id = new.alliance_id and p.id = new.approval_id
         and p.state = 'approved') then
    raise exception 'a second person agrees before an appeal is corrected' using errcode = 'check_violation';
  end if;
  if new.state = 'corrected' and new.journal_id is null""",
)
assert _SECOND_KEEP.count("approvals_") == 2
INSTALL_SECOND = _SECOND_KEEP
# Entries add up to zero in every pool alone, not only all of them together.
_POOLS_KEEP = _SECOND_KEEP.replace(
    "c.revision = new.revision having sum(c.fen) <> 0",
    "c.revision = new.revision\n       group by c.pool_id having sum(c.fen) <> 0",
)
assert _POOLS_KEEP.count("group by c.pool_id") == 1
INSTALL_POOLS = _POOLS_KEEP
REMOVE_POSTED = """
drop trigger performance_correct_posted on public.performance_appealcorrection;
drop function public.performance_correct_posted();
"""
REMOVE = """
drop trigger performance_late_correction on public.performance_appealcorrection;
drop function public.performance_late_correction();
drop trigger performance_keep_appeal on public.performance_appeal;
drop function public.performance_keep_appeal();
drop trigger performance_appeal_line on public.performance_appealline;
drop function public.performance_appeal_line();
drop function public.performance_appeal_involved(bigint, bigint, bigint);
"""
