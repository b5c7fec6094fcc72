"""SQL of deciding documents: what is entered anew names its document by a whole number (`numbers`).

What was entered before the rule stays as it is.
"""

from __future__ import annotations

from alliance.lib.reasons import FIGURES, LETTERS, NUMBER

# Table and when its rows rest on a document.
TABLES = {
    "performance_payuplift": "true",
    "performance_entitlement": "true",
    "performance_fundentry": "true",
    "performance_paytotal": "true",
    "performance_paypool": "new.document <> ''",
    "performance_pooldecision": "new.document <> ''",
}
COUNTED = """
create or replace function public.performance_decision_number() returns trigger language plpgsql as $number$
begin
  if char_length(regexp_replace(new.document, '[[:space:][:punct:]]', '', 'g')) < 4 then
    raise exception 'a decision is named by its whole number' using errcode = 'check_violation';
  end if;
  return new;
end $number$;
"""
NUMBERED = COUNTED + "".join(
    f"""create trigger performance_decision_number before insert on public.{table}
  for each row when ({when}) execute function public.performance_decision_number();
"""
    for table, when in TABLES.items()
)
UNNUMBERED = (
    "".join(f"drop trigger performance_decision_number on public.{table};\n" for table in TABLES)
    + "drop function public.performance_decision_number();\n"
)
# The rule of alliance.lib.reasons.numbered: `COUNTED` took a year alone and circled figures for a number.
ORDINARY = f"""
create or replace function public.performance_decision_number() returns trigger language plpgsql as $number$
declare
  ordinary text := lower(regexp_replace(new.document, '[^{LETTERS}{FIGURES}]', '', 'g'));
begin
  if char_length(ordinary) < {NUMBER} or ordinary ~ '^(.)\\1*$'
     or not (new.document ~ '[{LETTERS}]' or new.document ~ '[{FIGURES}][^{FIGURES}]+[{FIGURES}]') then
    raise exception 'a decision is named by its whole number' using errcode = 'check_violation';
  end if;
  return new;
end $number$;
"""
