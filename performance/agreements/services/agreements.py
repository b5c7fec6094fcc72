"""An agreement from its entry to its end: two people, the signed scan, one that follows another (S4-31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from alliance.models import Institution, Membership
from alliance.services import journal, steps
from alliance.services.files import Upload
from performance.agreements.models import RUN, Agreement, Clause
from performance.agreements.refusals import AgreementRefused
from performance.consequences import measures
from performance.declared.services.proving import keep as keep_files
from performance.services.rights import require

State = Agreement.State


@transaction.atomic
def enter(
    *, by: Membership, now: datetime, institution: Institution, files: Sequence[Upload] = (),
    follows: Agreement | None = None, **fields: Any,
) -> Agreement:  # fmt: skip
    """Enter an agreement; `fields`: kind, party, party_name, number, title, begins, ends, signed_on.

    One that follows another takes over its clauses. Raises PermissionDenied, AgreementRefused (ends, number,
    follows, later), DeclaredRefused (file_large).
    """
    require(by, RUN)
    _check(institution, follows, fields)
    scan = keep_files(by=by, place=institution, uploads=files[:1])
    row = _stored(
        institution=institution, follows=follows, scan=scan[0] if scan else None, entered_by=by,
        entered_at=now, **fields,
    )  # fmt: skip
    if follows is not None:
        for one in follows.clauses.all():
            one.pk, one.agreement = None, row
            one.save(force_insert=True)
    journal.write(by=by, verb="agreement.entered", about=row, number=row.number)
    return row


def _check(institution: Institution, follows: Agreement | None, fields: Mapping[str, Any]) -> None:
    if fields["ends"] < fields["begins"]:
        raise AgreementRefused("ends")
    if follows is None:
        return
    same = (follows.institution_id, follows.party, follows.kind)
    if same != (institution.pk, fields["party"], fields["kind"]):
        raise AgreementRefused("follows")
    if fields["begins"] <= follows.begins:
        raise AgreementRefused("later")


def _stored(**fields: Any) -> Agreement:
    try:
        with transaction.atomic():
            row: Agreement = Agreement.objects.create(**fields)
    except IntegrityError as error:
        if "agreement_number_once" not in str(error):
            raise
        raise AgreementRefused("number", number=fields["number"]) from None
    return row


@transaction.atomic
def change(
    *, by: Membership, agreement: Agreement, version: int | None, institution: Institution,
    files: Sequence[Upload] = (), follows: Agreement | None = None, **fields: Any,
) -> Agreement:  # fmt: skip
    """Correct an entry that is not handed on. Raises as `enter`, and Stale."""
    steps.admitted("submit", by=by, row=agreement, version=version)
    _check(institution, follows, fields)
    scan = keep_files(by=by, place=institution, uploads=files[:1])
    try:
        with transaction.atomic():
            row: Agreement = Agreement.objects.claim(
                agreement.pk, expect={"state": State.DRAFT, "version": agreement.version},
                change={**fields, "institution": institution, "follows": follows, "entered_by": by,
                        "version": agreement.version + 1, **({"scan": scan[0]} if scan else {})},
            )  # fmt: skip
    except IntegrityError as error:
        if "agreement_number_once" not in str(error):
            raise
        raise AgreementRefused("number", number=fields["number"]) from None
    journal.write(by=by, verb="agreement.changed", about=row)
    return row


@transaction.atomic
def submit(*, by: Membership, agreement: Agreement, version: int | None = None) -> Agreement:
    """Hand on for the check. Raises PermissionDenied, AgreementRefused (scan, clauses), Stale."""
    step = steps.admitted("submit", by=by, row=agreement, version=version)
    if agreement.scan_id is None:
        raise AgreementRefused("scan")
    if not agreement.clauses.exists():
        raise AgreementRefused("clauses")
    moved: Agreement = steps.take(step, by=by, row=agreement, verb="agreement.submitted", entered_by=by)
    return moved


@transaction.atomic
def confirm(*, by: Membership, agreement: Agreement, now: datetime, version: int | None = None) -> Agreement:
    """Another person has compared entry and scan: it is in force; the one it follows ends the day before.

    Raises PermissionDenied, AgreementRefused (same_person, overlap), Stale.
    """
    step = steps.admitted("confirm", by=by, row=agreement, version=version)
    if agreement.entered_by.user_id == by.user_id:
        raise AgreementRefused("same_person")
    before = agreement.follows
    if before is not None and before.state in (State.IN_FORCE, State.ENDING):
        _succeed(before, agreement, now)
    if (other := _overlapping(agreement)) is not None:
        raise AgreementRefused("overlap", number=other.number, first=other.begins, last=other.last_day)
    moved: Agreement = steps.take(
        step, by=by, row=agreement, verb="agreement.confirmed", now=now, checked_by=by
    )
    return moved


def _succeed(before: Agreement, after: Agreement, now: datetime) -> None:
    """The next one takes its place; its own term may have been over already."""
    last = min(before.ends, after.begins - timedelta(days=1))
    cease(agreement=before, last=last, why=after.number, by=None, now=now)


def cease(*, agreement: Agreement, last: date, why: str, by: Membership | None, now: datetime) -> Agreement:
    """End by something decided elsewhere: the next agreement, or what a violation led to (S4-32).

    Call in a transaction. Raises AgreementRefused (ended_on), Stale.
    """
    if not agreement.begins <= last <= agreement.ends:
        raise AgreementRefused("ended_on", first=agreement.begins, last=agreement.ends)
    moved: Agreement = steps.take(
        steps.open_now("cease", agreement), by=by, row=agreement, verb="agreement.ceased", now=now,
        ended_on=last, end_why=why[:500], ended_by=by,
    )  # fmt: skip
    return moved


def _overlapping(agreement: Agreement) -> Agreement | None:
    early = Q(ended_on=None, ends__gte=agreement.begins) | Q(ended_on__gte=agreement.begins)
    found: Agreement | None = (
        Agreement.objects.filter(
            early, institution=agreement.institution_id, kind=agreement.kind, party=agreement.party,
            begins__lte=agreement.ends, state__in=[State.IN_FORCE, State.ENDING, State.ENDED],
        )
        .exclude(pk=agreement.pk)
        .first()
    )  # fmt: skip
    return found


@transaction.atomic
def send_back(*, by: Membership, agreement: Agreement, why: str, version: int | None = None) -> Agreement:
    """The entry does not agree with its scan. Raises PermissionDenied, AgreementRefused (why), Stale."""
    return _said("send_back", "agreement.sent_back", by, agreement, why, version)


@transaction.atomic
def withdraw(*, by: Membership, agreement: Agreement, why: str, version: int | None = None) -> Agreement:
    """Entered by mistake. Raises PermissionDenied, AgreementRefused (why), Stale."""
    return _said("withdraw", "agreement.withdrawn", by, agreement, why, version)


@transaction.atomic
def keep(*, by: Membership, agreement: Agreement, why: str, version: int | None = None) -> Agreement:
    """It stays in force. Raises PermissionDenied, AgreementRefused (why), Stale."""
    return _said(
        "keep", "agreement.kept", by, agreement, why, version, end_why="", ended_on=None, end_asked_by=None
    )


def _said(
    name: str, verb: str, by: Membership, row: Agreement, why: str, version: int | None, **change: Any
) -> Agreement:
    step = steps.admitted(name, by=by, row=row, version=version)
    if not why.strip():
        raise AgreementRefused("why")
    moved: Agreement = steps.take(step, by=by, row=row, verb=verb, remark=why, **change)
    return moved


@transaction.atomic
def ask_end(
    *, by: Membership, agreement: Agreement, last: date, why: str, version: int | None = None
) -> Agreement:
    """Ask for its end before its time. Raises PermissionDenied, AgreementRefused (why, ended_on), Stale."""
    step = steps.admitted("ask_end", by=by, row=agreement, version=version)
    if not why.strip():
        raise AgreementRefused("why")
    if not agreement.begins <= last <= agreement.ends:
        raise AgreementRefused("ended_on", first=agreement.begins, last=agreement.ends)
    moved: Agreement = steps.take(
        step, by=by, row=agreement, verb="agreement.end_asked", remark=why, end_why=why.strip(),
        ended_on=last, end_asked_by=by,
    )  # fmt: skip
    return moved


@transaction.atomic
def end(*, by: Membership, agreement: Agreement, now: datetime, version: int | None = None) -> Agreement:
    """Another person confirms the end. Raises PermissionDenied, AgreementRefused (same_end), Stale."""
    step = steps.admitted("end", by=by, row=agreement, version=version)
    asked = agreement.end_asked_by
    if asked is not None and asked.user_id == by.user_id:
        raise AgreementRefused("same_end")
    moved: Agreement = steps.take(step, by=by, row=agreement, verb="agreement.ended", now=now, ended_by=by)
    return moved


@transaction.atomic
def add_clause(
    *, by: Membership, agreement: Agreement, topic: str, title: str, text: str, way: str, per: str,
    indicator: str = "", bound: Decimal | None = None, checker: Membership | None = None,
) -> Clause:  # fmt: skip
    """Add a clause to a draft. `bound`: in the indicator's unit; the side is the indicator's own.

    Raises PermissionDenied, AgreementRefused (signed, indicator, bound, checker, own, title).
    """
    require(by, RUN)
    if agreement.state != State.DRAFT:
        raise AgreementRefused("signed")
    side = ""
    if way == Clause.Way.MEASURED:
        if indicator not in measures.indicators():
            raise AgreementRefused("indicator")
        if bound is None:
            raise AgreementRefused("bound")
        side, checker = measures.side_of(indicator, "indicator"), None
    else:
        indicator, bound = "", None
        _checks(agreement, checker)
    last = agreement.clauses.order_by("-place").values_list("place", flat=True).first() or 0
    try:
        with transaction.atomic():
            made: Clause = Clause.objects.create(
                agreement=agreement, place=last + 1, topic=topic, title=title.strip(), text=text.strip(),
                way=way, per=per, indicator=indicator, bound=bound, side=side, checker=checker,
            )  # fmt: skip
    except IntegrityError as error:
        if "clause_title" not in str(error):
            raise
        raise AgreementRefused("title") from None
    journal.write(by=by, verb="agreement.clause_added", about=agreement, clause=made.title)
    return made


def _checks(agreement: Agreement, checker: Membership | None) -> None:
    if checker is None:
        raise AgreementRefused("checker")
    if checker.institution_id == agreement.institution_id:
        raise AgreementRefused("own")


@transaction.atomic
def drop_clause(*, by: Membership, clause: Clause) -> None:
    """Take a clause out of a draft. Raises PermissionDenied, AgreementRefused (signed)."""
    require(by, RUN)
    if clause.agreement.state != State.DRAFT:
        raise AgreementRefused("signed")
    journal.write(by=by, verb="agreement.clause_dropped", about=clause.agreement, clause=clause.title)
    clause.delete()


@transaction.atomic
def name_checker(*, by: Membership, clause: Clause, checker: Membership) -> Clause:
    """Somebody else checks the clause from now on. Raises PermissionDenied, AgreementRefused (own)."""
    require(by, RUN)
    _checks(clause.agreement, checker)
    clause.checker = checker
    clause.save(update_fields=["checker"])
    journal.write(by=by, verb="agreement.checker_named", about=clause.agreement, clause=clause.title)
    return clause
