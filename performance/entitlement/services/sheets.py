"""An entitlement sheet from its numbers to its confirmation: by two people, with decision and scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from alliance.lib import register
from alliance.lib.canonical import digest, to_plain
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Attachment, Institution, Membership
from alliance.services import journal, parameters
from performance.decided import deeds
from performance.engine.pay.divided import beside
from performance.engine.pay.entitled import due, in_order
from performance.engine.pay.entitled_parts import Due, EntitledRefused, Numbers
from performance.engine.pay.entitled_rules import KINDS, OWED
from performance.engine.pay.named import PERSON
from performance.entitlement import subjects, words
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import cover, feeding
from performance.entitlement.subjects import Subject
from performance.models import Entitlement, EntitlementLine
from performance.models.entitlement_kinds import POOL


def terms_of(kind: str, month: Month) -> dict[str, register.Value]:
    """The parameters a kind reads, as they hold in the month. Raises NotInForce."""
    return parameters.several_in_force(KINDS[kind].keys, on=month.first_day)


def worked_out(
    kind: str, terms: Mapping[str, Any], head: Numbers, rows: Sequence[tuple[Subject, Numbers]]
) -> tuple[Due, ...]:
    """What each line is due, in order; a refusal names people and parts in words. Raises EntitledRefused."""
    given = in_order({**row, **one.scores} for one, row in rows)
    try:
        return due(kind, terms, head, given)
    except EntitledRefused as refused:
        said = dict(refused.params)
        if "subject" in said:
            said["subject"] = rows[int(str(said["subject"]))][0].name
        if "part" in said:
            said["part"] = words.number(str(said["part"]))
        raise EntitledRefused(refused.reason, **said) from None


@transaction.atomic
def enter(
    *, by: Membership, kind: str, month: Month, head: Numbers, rows: Mapping[str, Numbers], document: str,
    body: str, scan: Attachment | None, now: datetime,
) -> Entitlement:  # fmt: skip
    """Work a sheet out from its numbers and keep it for a second person. `rows`: by the key of a subject.

    Raises PermissionDenied, SheetRefused (document, body, scan, same, person_again, faster), EntitledRefused.
    """
    paper = deeds.of_paper(by=by, document=document, body=body, scan=scan, refused=SheetRefused)
    _first_of(kind, month, paper["document"])
    _not_twice(kind, month, rows)
    given = [(one, rows[one.key]) for one in subjects.of(kind, month) if one.key in rows]
    terms = terms_of(kind, month)
    found = worked_out(kind, terms, head, given)
    last = Entitlement.objects.filter(kind=kind, month=month.first_day).aggregate(last=Max("number"))["last"]
    plain = {key: register.to_json(value) for key, value in terms.items()}
    sheet = Entitlement(
        kind=kind, month=month.first_day, number=(last or 0) + 1, terms=plain, head=to_plain(dict(head)),
        fen=sum(one.fen for one in found), entered_at=now, **paper,
    )  # fmt: skip
    made = [_line(sheet, *one, amount) for one, amount in zip(given, found, strict=True)]
    sheet.digest = digest([kind, month, plain, sheet.head, [[one.given, one.parts, one.fen] for one in made]])
    deeds.insert(sheet, ("entitlement_document_once", "entitlement_number"), SheetRefused("faster"))
    EntitlementLine.objects.bulk_create(made)
    journal.write(
        by=by, verb="pay.entitlement_entered", about=sheet, kind=kind, month=str(month), fen=sheet.fen,
        rows=len(made),
    )  # fmt: skip
    if other := beside(kind, terms):  # what the same decision gives beside it, from the same numbers
        enter(by=by, kind=other, month=month, head=head, rows=rows, document=document, body=body, scan=scan,
              now=now)  # fmt: skip
    return sheet


def _first_of(kind: str, month: Month, document: str) -> None:
    """One decision gives one sheet of a kind and month: nothing is worked out, and paid, twice (database)."""
    same = Entitlement.objects.filter(
        kind=kind, month=month.first_day, document=document, set_aside_at=None
    ).first()
    if same is not None:
        raise SheetRefused("same", number=same.number)


def _not_twice(kind: str, month: Month, rows: Mapping[str, Numbers]) -> None:
    """A person has one award of a kind and month, whatever decision it stands in (database)."""
    if KINDS[kind].level != "person":
        return
    other = EntitlementLine.objects.filter(
        sheet__kind=kind, sheet__month=month.first_day, sheet__set_aside_at=None,
        staff__in=[int(key[1:]) for key in rows],
    ).select_related("staff", "sheet").first()  # fmt: skip
    if other is not None:
        raise SheetRefused("person_again", person=other.staff.name, number=other.sheet.number)


def _line(sheet: Entitlement, one: Subject, row: Numbers, amount: Due) -> EntitlementLine:
    return EntitlementLine(
        sheet=sheet, institution=one.institution, department=one.department, team=one.team, staff=one.staff,
        given=to_plain({**row, **one.scores}), parts=to_plain(amount.parts), fen=amount.fen,
        owed_fen=amount.owed,
    )  # fmt: skip


@transaction.atomic
def confirm(*, by: Membership, sheet: Entitlement, now: datetime, over_why: str = "") -> Entitlement:
    """A second person has compared numbers and decision, and read what the source accounts hold.

    `over_why`: why it is confirmed although they do not hold what sheets are to be paid; the numbers are kept
    either way. What a surplus holds goes into its accounts; what is borne is asked of no account.

    Raises PermissionDenied, SheetRefused (same_person, decided, over, owed), and what the ledger raises.
    """
    deeds.second(by, sheet, SheetRefused)
    _still_owed(sheet)
    if sheet.kind not in POOL:
        return _confirmed(by, sheet, now)
    found, why = cover.of(sheet), over_why.strip()
    if found.short_fen and not why:
        raise SheetRefused("over", held=yuan(found.held_fen), wanted=yuan(found.wanted_fen))
    confirmed = _confirmed(
        by, sheet, now, held_fen=found.held_fen, wanted_fen=found.wanted_fen,
        over_why=why if found.short_fen else None,
    )  # fmt: skip
    feeding.feed(by=by, sheet=confirmed, now=now)
    return confirmed


def _still_owed(sheet: Entitlement) -> None:
    """What its teams owe is what it was worked out with (database)."""
    if OWED not in KINDS[sheet.kind].brings:
        return
    owed = subjects.owed()
    for line in EntitlementLine.objects.filter(sheet=sheet).select_related("team__institution"):
        assert line.team is not None, "only teams owe"
        if int(Decimal(line.given.get(OWED, 0))) != owed.get(line.team_id, 0):
            raise SheetRefused("owed", team=subjects.named(line.team))


def _confirmed(by: Membership, sheet: Entitlement, now: datetime, **told: Any) -> Entitlement:
    deeds.fill(sheet, SheetRefused, confirmed_by=by, confirmed_at=now, **told)
    journal.write(by=by, verb="pay.entitlement_confirmed", about=sheet, fen=sheet.fen)
    found: Entitlement = Entitlement.objects.get(pk=sheet.pk)
    return found


@transaction.atomic
def set_aside(*, by: Membership, sheet: Entitlement, why: str, now: datetime) -> None:
    """Leave a sheet unpaid for good, by either of the two. Raises PermissionDenied, SheetRefused (why,
    decided).
    """
    deeds.set_aside(
        by=by, sheet=sheet, why=why, now=now, refused=SheetRefused, verb="pay.entitlement_set_aside"
    )


def amounts(sheet: Entitlement) -> dict[int, dict[str, int]]:
    """Fen by institution paid and by the key its unit or team has in the month's roster; institutions
    themselves have no key ("").
    """
    found: dict[int, dict[str, int]] = {}
    for paid, key, row in lines(sheet):
        if row.fen:
            found.setdefault(paid.pk, {})[key] = row.fen
    return found


def lines(sheet: Entitlement) -> list[tuple[Institution, str, EntitlementLine]]:
    """Who is paid by each line (a village room through its township), the key of its unit or team, and it."""
    rows = EntitlementLine.objects.filter(sheet=sheet).select_related(
        "institution__parent", "department__institution", "team__institution", "staff__institution"
    )
    return [(row.institution.parent or row.institution, _key(row), row) for row in rows]


def _key(row: EntitlementLine) -> str:
    if row.team is not None:
        return f"team:{row.institution.code}/{row.team.code}"
    if row.staff is not None:
        return f"{PERSON}{row.staff.institution.code}/{row.staff.code}"
    return f"{row.institution.code}/{row.department.code}" if row.department is not None else ""
