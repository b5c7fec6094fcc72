"""What the database holds of complaints: whose word, which files, duplicates, limits that do not move."""

# Whose word closes or withdraws a complaint: that of the link only in a transaction that has opened the link;
# an order taken back by the hotline is noted by a member who stands for no institution.
WORD_GUARD = """
create function complaint_word_guard() returns trigger language plpgsql as $word$
begin
  if new.word = 'link' and coalesce(current_setting('app.complaint_link', true), '') <> new.link_hash then
    raise exception 'only the private link says this'
      using errcode = 'check_violation', constraint = 'complaint_word_link';
  end if;
  if new.word = 'staff' and new.state = 'withdrawn' and new.channel in ('12345', '12393')
     and not exists (select 1 from alliance_membership m
                      where m.id = new.word_by_id and m.institution_id is null) then
    raise exception 'an order is taken back by the hotline, noted by the alliance office'
      using errcode = 'check_violation', constraint = 'complaint_word_hotline';
  end if;
  return new;
end $word$;
create trigger complaint_word_guard before update of word, word_by_id on complaints_complaint
  for each row when (old.word is distinct from new.word or old.word_by_id is distinct from new.word_by_id)
  execute function complaint_word_guard();
"""
DROP_WORD_GUARD = "drop function complaint_word_guard() cascade"
# Who gives no name is not betrayed by a file that keeps one: photos come bare, others keep their author.
FILE_GUARD = """
create function nameless_file_guard() returns trigger language plpgsql as $file$
declare nameless boolean;
begin
  if tg_table_name = 'complaints_reportfile' then
    select r.name is null and r.phone is null into nameless
      from complaints_report r where r.id = new.report_id;
  else
    select c.anonymous into nameless from complaints_complaint c where c.id = new.complaint_id;
  end if;
  if nameless is not false and not exists (select 1 from alliance_attachment a
      where a.id = new.attachment_id and a.content_type in ('image/jpeg', 'image/png')) then
    raise exception 'an anonymous sender sends photos only: other files keep who wrote them'
      using errcode = 'check_violation', constraint = 'nameless_file';
  end if;
  return new;
end $file$;
create trigger nameless_file_guard before insert on complaints_complaintfile
  for each row execute function nameless_file_guard();
create trigger nameless_file_guard before insert on complaints_reportfile
  for each row execute function nameless_file_guard();
"""
DROP_FILE_GUARD = "drop function nameless_file_guard() cascade"
# Two complaints are one only by the word of the alliance's office: the later goes into an earlier one of the
# same institution that is not merged itself.
MERGE_RULE = """
create or replace function complaint_merge_guard() returns trigger language plpgsql as $merge$
begin
  if not exists (select 1 from alliance_membership m
                  where m.id = new.merged_by_id and m.institution_id is null and m.is_active) then
    raise exception 'the alliance office merges duplicates, not who is complained of'
      using errcode = 'check_violation', constraint = 'complaint_merged_by';
  end if;
  if not exists (select 1 from complaints_complaint t
                  where t.id = new.merged_into_id and t.id <> new.id and t.state <> 'merged'
                    and t.institution_id = new.institution_id and t.received_at <= new.received_at) then
    raise exception 'a duplicate goes into an earlier complaint of the same institution'
      using errcode = 'check_violation', constraint = 'complaint_merged_earlier';
  end if;{once}
  return new;
end $merge$;
"""
MERGE_GUARD = (
    MERGE_RULE.replace("{once}", "")
    + """
create trigger complaint_merge_guard before insert or update of state, merged_into_id, merged_by_id
  on complaints_complaint for each row when (new.state = 'merged') execute function complaint_merge_guard();
"""
)
# Merged once, into one of the same kind; what goes on with its target to another one was judged before.
MERGE_ONCE = MERGE_RULE.replace(
    "{once}",
    """
  if tg_op = 'INSERT' or old.state <> 'merged' then
    if new.parted_at is not null then
      raise exception 'what was taken apart as a matter of its own is not merged again'
        using errcode = 'check_violation', constraint = 'complaint_merged_once';
    end if;
    if not exists (select 1 from complaints_complaint t
                    where t.id = new.merged_into_id and t.category = new.category) then
      raise exception 'a duplicate is of the same kind'
        using errcode = 'check_violation', constraint = 'complaint_merged_kind';
    end if;
  end if;""",
)
MERGE_BEFORE = MERGE_RULE.replace("{once}", "")
# A limit that was given moves later only by the time for which the complaint had ended, by the order of a
# hotline, by a longer rule, by a new round of the result, or where its calendar was provisional.
CLOCK_GUARD = """
create function complaint_clock_guard() returns trigger language plpgsql as $clock$
declare stood interval := interval '0'; by_order boolean := new.channel in ('12345', '12393');
begin
  if old.state in ('merged', 'withdrawn') and new.state <> old.state then
    stood := greatest(new.reopened_at, new.closed_at) - old.closed_at;
  end if;
  if new.first_due_at > old.first_due_at + stood and not (by_order and new.first_rule = '')
     or new.result_from > old.result_from + stood and new.round = old.round
     or new.result_due_at > old.result_due_at + stood and new.result_from = old.result_from
        and new.result_rule = old.result_rule and not old.provisional
        and not (by_order and new.result_rule = '')
  then
    raise exception 'a limit of a complaint does not move later'
      using errcode = 'check_violation', constraint = 'complaint_limit_moved';
  end if;
  if old.parted_at is not null and new.parted_at is null then
    raise exception 'that it was taken apart is not forgotten'
      using errcode = 'check_violation', constraint = 'complaint_parted';
  end if;
  if new.settled_at is not null and old.settled_at is null
     and coalesce(current_setting('app.complaint_link', true), '') <> new.link_hash then
    raise exception 'only the private link says this'
      using errcode = 'check_violation', constraint = 'complaint_word_link';
  end if;
  return new;
end $clock$;
create trigger complaint_clock_guard before update on complaints_complaint
  for each row execute function complaint_clock_guard();
"""
DROP_CLOCK_GUARD = "drop function complaint_clock_guard() cascade"
DROP_MERGE_GUARD = "drop function complaint_merge_guard() cascade"
# What was said before it was kept apart: by whom, the history of steps knows. Alliance by alliance.
WORDS_SAID = """
do $words$
declare house bigint; inside text := coalesce(current_setting('app.alliance', true), '');
begin
  for house in select id from alliance_alliance loop
    perform set_config('app.alliance', house::text, true);
    update complaints_complaint c
       set word = case when t.by_id is null then 'link' else 'staff' end, word_by_id = t.by_id,
           word_note = case when t.by_id is null then '' else left(t.note, 300) end
      from (select distinct on (about_id, name) about_id, name, by_id, note from alliance_transition
             where about_kind = 'complaints.complaint' and name in ('close', 'withdraw')
             order by about_id, name, id desc) t
     where t.about_id = c.id
       and (c.state = 'withdrawn' and t.name = 'withdraw'
            or c.state = 'closed' and c.solved and t.name = 'close');
  end loop;
  perform set_config('app.alliance', inside, true);
end $words$;
set constraints all immediate;
"""
