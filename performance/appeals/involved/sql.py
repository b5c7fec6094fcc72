"""SQL of who is involved in an appeal: one rule for its triggers, its pages and its services."""

from __future__ import annotations

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

# Involved in an appeal: who filed it; whose number it is (a person, or everybody of the institution whose
# score it is); who made the number; who answered its first instance; who gets or loses by its correction.
INVOLVED = """
create function public.performance_appeal_involved(an_alliance bigint, an_appeal bigint, a_user bigint)
returns boolean language sql stable as $appeal$
  with known as (
    select m.id, m.institution_id from alliance_membership m
     where m.alliance_id = an_alliance and m.user_id = a_user),
  lines as (
    select l.* from performance_appealline l where l.alliance_id = an_alliance and l.appeal_id = an_appeal)
  select exists (
      select 1 from performance_appeal a where a.alliance_id = an_alliance and a.id = an_appeal
        and a.filed_by_id in (select id from known))
    or exists (
      select 1 from performance_appeal a
        join performance_appeal f on f.alliance_id = a.alliance_id and f.id = a.earlier_id
       where a.alliance_id = an_alliance and a.id = an_appeal
         and (f.handler_id in (select id from known) or f.decided_by_id in (select id from known)))
    or exists (
      select 1 from lines l join alliance_staff s on s.alliance_id = an_alliance and s.id = l.staff_id
       where s.user_id = a_user)
    or exists (
      select 1 from lines l where l.about <> 'pay' and l.institution_id in (select institution_id from known))
    or exists (
      select 1 from performance_appealcorrection c
        join performance_appeal a on a.alliance_id = c.alliance_id and a.id = c.appeal_id
       where c.alliance_id = an_alliance and c.appeal_id = an_appeal and c.revision >= a.revision
         and (c.staff_id in (select s.id from alliance_staff s
                              where s.alliance_id = an_alliance and s.user_id = a_user)
              or c.staff_id is null and c.institution_id in (select institution_id from known)))
    or exists (
      select 1 from lines l
        join performance_payline p on p.alliance_id = an_alliance and p.id = l.pay_line_id
        join performance_payplan n on n.alliance_id = an_alliance and n.id = p.plan_id
        join performance_paypot t on t.alliance_id = an_alliance and t.id = p.pot_id
        left join ledger_ledgerjournal j on j.alliance_id = an_alliance and j.id = t.journal_id
       where n.made_by_id in (select id from known) or t.submitted_by_id in (select id from known)
          or j.confirmed_by_id in (select id from known)
          or exists (select 1 from performance_paymember g
               join alliance_staff s on s.alliance_id = an_alliance and s.id = g.staff_id
              where g.alliance_id = an_alliance and g.plan_id = n.id and s.user_id = a_user))
    or exists (
      select 1 from lines l
        left join performance_line o on o.alliance_id = an_alliance and o.id = l.score_id
        left join performance_indicatorvalue v on v.alliance_id = an_alliance and v.id = l.value_id
        join performance_monthrun r on r.alliance_id = an_alliance
         and r.settlement_id = coalesce(o.settlement_id, v.settlement_id)
        left join approvals_approval q on q.alliance_id = an_alliance and q.id = r.approval_id
       where r.started_by_id in (select id from known) or q.proposed_by_id in (select id from known))
    or exists (
      select 1 from lines l
        join grouping_case c on c.alliance_id = an_alliance and c.id = l.case_id
        join grouping_casefile f on f.alliance_id = an_alliance and f.id = c.file_id
       where f.received_by_id in (select id from known) or f.published_by_id in (select id from known))
    or exists (
      select 1 from lines l
        join performance_consequence c on c.alliance_id = an_alliance and c.id = l.deduction_id
       where c.proposed_by_id in (select id from known) or c.decided_by_id in (select id from known))
$appeal$;
"""

_FREE = """
select m.id from alliance_membership m
 where m.alliance_id = %(alliance)s and m.id = any(%(members)s)
   and not public.performance_appeal_involved(m.alliance_id, %(appeal)s, m.user_id)
"""


_INVOLVED_OF = """
select a.id, m.id from performance_appeal a
  join alliance_membership m on m.alliance_id = a.alliance_id and m.id = any(%(members)s)
 where a.alliance_id = %(alliance)s and a.id = any(%(appeals)s)
   and public.performance_appeal_involved(a.alliance_id, a.id, m.user_id)
"""

_STUCK = """
select a.id from performance_appeal a
  join alliance_membership m on m.alliance_id = a.alliance_id and m.id = a.handler_id
 where a.alliance_id = %(alliance)s and a.state = 'assigned'
   and public.performance_appeal_involved(a.alliance_id, a.id, m.user_id)
"""


def stuck() -> set[int]:
    """Appeals whose examiner has become involved since: somebody else has to be asked. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_STUCK, {"alliance": current_alliance_id()})
        return {int(row[0]) for row in cursor.fetchall()}


def involved(appeals: list[int], members: list[int]) -> set[tuple[int, int]]:
    """The pairs (appeal, membership) in which the person is involved; one query."""
    asked = {"alliance": current_alliance_id(), "appeals": appeals, "members": members}
    with connection.cursor() as cursor:
        cursor.execute(_INVOLVED_OF, asked)
        return {(int(appeal), int(member)) for appeal, member in cursor.fetchall()}


def uninvolved(appeal: int, members: list[int]) -> set[int]:
    """Those of the memberships whose person is not involved in the appeal, by the database's own rule."""
    asked = {"alliance": current_alliance_id(), "appeal": appeal, "members": members}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, asked)
        return {int(row[0]) for row in cursor.fetchall()}
