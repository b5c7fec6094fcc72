"""What the database keeps of improvement items: figures are computed ones, only a later one closes, and no
two open items begin with the same figure.
"""

# A figure is what a month computed; where no month did, the database counts it itself from complaints and
# divides as the item's definition says.
MEASURE = """
create or replace function public.improvement_true_measure() returns trigger language plpgsql as $true$
begin
  if new.computed_id is not null and not exists (
    select from public.performance_indicatorvalue v
      join public.performance_settlement s on s.id = v.settlement_id
      join public.improvement_item i on i.id = new.item_id
    where v.id = new.computed_id and v.value = new.value and s.month = new.month
      and v.indicator = i.indicator and v.institution_id = i.institution_id
      and new.definition_digest = i.definition_digest
  ) then
    raise exception 'a figure is what the month computed, of the same indicator by the same definition'
      using errcode = 'restrict_violation';
  end if;
  if new.computed_id is null and not exists (
    select from public.improvement_item i
     where i.id = new.item_id and i.indicator in ('complaint_rate', 'complaint_reply')
       and new.definition_digest = i.definition_digest and new.denominator > 0
       and new.month + interval '1 month' <= new.taken_at at time zone 'Asia/Shanghai'
       and new.numerator = public.improvement_complaints(
             i.institution_id, new.month, i.indicator = 'complaint_reply')
       and new.value = round(new.numerator * (i.definition ->> 'scale')::numeric / new.denominator,
                             (i.definition ->> 'decimals')::int)
  ) then
    raise exception 'a figure that no month computed is what the complaints of the month count'
      using errcode = 'restrict_violation';
  end if;
  if not new.baseline and not exists (
    select from public.improvement_measure b
    where b.item_id = new.item_id and b.baseline and b.month < new.month
  ) then
    raise exception 'a figure is measured again after its baseline' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
"""
INSTALL = (
    MEASURE
    + """
create trigger improvement_true_measure before insert on public.improvement_measure
  for each row execute function public.improvement_true_measure();
create function public.improvement_true_close() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' or old.state = 'closed' then
    raise exception 'an improvement item is not taken away, a closed one not changed'
      using errcode = 'restrict_violation';
  end if;
  if (new.indicator, new.institution_id, new.definition_digest, new.wanted, new.definition)
     is distinct from
     (old.indicator, old.institution_id, old.definition_digest, old.wanted, old.definition) then
    raise exception 'indicator, definition and goal stay as they were at the baseline'
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'closed' and not exists (
    select from public.improvement_measure m
    where m.id = new.closing_id and m.item_id = new.id and not m.baseline
      and m.month = (select max(o.month) from public.improvement_measure o where o.item_id = new.id)
      and new.reached = (case when new.definition ->> 'direction' = 'lower' then m.value <= new.wanted
                              else m.value >= new.wanted end)
  ) then
    raise exception 'an improvement item is closed by its newest later figure, reached as the figure says'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger improvement_true_close before update or delete on public.improvement_item
  for each row execute function public.improvement_true_close();
"""
)
REMOVE = """
drop trigger improvement_true_close on public.improvement_item;
drop trigger improvement_true_measure on public.improvement_measure;
drop function public.improvement_true_close();
drop function public.improvement_true_measure();
"""

# Complaints of a month, those of village rooms with their township's (complaints.facts).
COUNTED = (
    """
create function public.improvement_complaints(place bigint, its date, timely boolean) returns bigint
stable language sql as $count$
  select count(*) from public.complaints_complaint c
    join public.alliance_institution p on p.id = c.institution_id
   where (p.id = place and (p.kind <> 'village' or p.parent_id is null)
          or p.kind = 'village' and p.parent_id = place)
     and c.state <> 'merged'
     and (c.received_at at time zone 'Asia/Shanghai')::date >= its
     and (c.received_at at time zone 'Asia/Shanghai')::date < its + interval '1 month'
     and (not timely or c.first_answered_at < c.first_due_at
          or c.first_answered_at = c.first_due_at and c.first_rule not like 'W%')
$count$;
"""
    + MEASURE
)
DROP_COUNTED = "drop function public.improvement_complaints(bigint, date, boolean);"

# Of two who open the same at one moment the second waits for the first. The baseline makes them the same: the
# item itself names no month.
ONE_OPEN = """
create function public.improvement_one_open() returns trigger language plpgsql as $one$
declare opened record;
begin
  select i.institution_id, i.indicator into opened from public.improvement_item i where i.id = new.item_id;
  perform pg_advisory_xact_lock(hashtext('improvement'), opened.institution_id::integer);
  if exists (
    select from public.improvement_measure m
      join public.improvement_item i on i.id = m.item_id
     where m.baseline and m.month = new.month and i.id <> new.item_id
       and i.institution_id = opened.institution_id and i.indicator = opened.indicator
       and i.state in ('plan', 'do', 'check')
  ) then
    raise exception 'an open improvement item begins with this figure of this month already'
      using errcode = 'unique_violation';
  end if;
  return new;
end $one$;
create trigger improvement_one_open before insert on public.improvement_measure
  for each row when (new.baseline) execute function public.improvement_one_open();
"""
DROP_ONE_OPEN = """
drop trigger improvement_one_open on public.improvement_measure;
drop function public.improvement_one_open();
"""
