"""The insurer's statement: from a delivered file, explained case by case, booked (补差, practice 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from alliance.approvals import registry
from alliance.approvals.facts import second_person
from alliance.approvals.models import Approval
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib.canonical import digest
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from grouping.central import facts as insurer
from grouping.central.facts import InsurerRow
from grouping.services import paying
from grouping.services.paying import PaidStay
from performance.life.refusals import CorrectionRefused
from performance.life.services import booking
from performance.models import Statement, StatementLine
from performance.models.life import LEAD
from performance.services.rights import require

KIND, CASE = "life.statement", "life.case"  # of approval and journal; of the evidence of an entry
SOURCE, UNSHARED = "source:insurer", "insurance:statement"
BATCH = 1_000
Cause = StatementLine.Cause


@transaction.atomic
def make(
    *, by: Membership, file: int, month: Month, into: Month, stage: str, document: str, total_fen: int,
    other_why: str, now: datetime,
) -> Statement:  # fmt: skip
    """Draft a statement from a delivered file: every case of the month with what explains its difference.

    `total_fen`: the sum on the statement's own cover; what it holds beside its cases is named in `other_why`.
    Raises PermissionDenied, CorrectionRefused (closed, before, unread, no_rows, there, document, other,
    twice, equal).
    """
    require(by, LEAD)
    booking.open_month(into, month)
    if not document.strip():
        raise CorrectionRefused("document")
    if not insurer.is_read(file):
        raise CorrectionRefused("unread")
    if Statement.objects.filter(month=month.first_day, stage=stage).exists():
        raise CorrectionRefused("there", month=month)
    rows = insurer.rows(file, month)
    if not rows:
        raise CorrectionRefused("no_rows", month=month)
    lines = explain(month, rows)
    if all(line.paid_fen == line.expected_fen for line in lines):
        raise CorrectionRefused("equal")
    other = total_fen - sum(line.paid_fen for line in lines)
    if other and not other_why.strip():
        cases = yuan(total_fen - other)
        raise CorrectionRefused("other", cases=cases, total=yuan(total_fen), other=yuan(other))
    statement = Statement(
        month=month.first_day, into=into.first_day, stage=stage, file_id=file, document=document.strip(),
        total_fen=total_fen, other_fen=other, other_why=other_why.strip() if other else "", made_by=by,
        made_at=now, digest=_digest(lines, total_fen),
    )  # fmt: skip
    _insert(statement, month)
    for line in lines:
        line.statement = statement
    StatementLine.objects.bulk_create(lines, batch_size=BATCH)
    journal.write(by=by, verb="statement.made", about=statement, month=str(month), cases=len(lines))
    return statement


def _insert(statement: Statement, month: Month) -> None:
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError as error:
        if "statement_once" not in str(error):
            raise
        raise CorrectionRefused("there", month=month) from None


def explain(month: Month, rows: Sequence[InsurerRow]) -> list[StatementLine]:
    """Each row against what stood of its case before; the rest beside the rejection has one cause.

    Expected is what the last posted statement paid, else the estimate of the case (practice.md 3: 预估).
    """
    seen: set[int] = set()
    for row in rows:
        if row.case in seen:
            raise CorrectionRefused("twice", record=row.record_no)
        if row.case is not None:
            seen.add(row.case)
    stays = {stay.case: stay for stay in paying.paid(month)}
    before = earlier(month)
    return [_line(row, stays.get(row.case or 0), before.get(row.case or 0)) for row in rows]


def earlier(month: Month) -> dict[int, int]:
    """What the last posted statement of a month paid for each case, fen; one query."""
    rows = StatementLine.objects.filter(
        statement__month=month.first_day, statement__state=Statement.State.POSTED, case__isnull=False
    )
    return dict(rows.order_by("statement__pk").values_list("case", "paid_fen"))


def _line(row: InsurerRow, stay: PaidStay | None, before: int | None) -> StatementLine:
    expected = before if before is not None else (stay.payment_fen if stay else None) or 0
    rest = row.settled_fen - expected + row.rejected_fen
    cause = _cause(row, stay, before, rest)
    return StatementLine(
        result_id=row.id, case_id=row.case, institution_id=row.institution_id, expected_fen=expected,
        paid_fen=row.settled_fen, rejected_fen=row.rejected_fen, rest_fen=rest, cause=cause,
        reason=row.rejected_why,
    )  # fmt: skip


def _cause(row: InsurerRow, stay: PaidStay | None, before: int | None, rest: int) -> str:
    """What explains the rest: no case, out of scope, no estimate, other group, else multiple or rate."""
    if rest == 0:
        return Cause.EQUAL
    if row.case is None:
        return Cause.NO_CASE
    if stay is not None and stay.kind == "out_of_scope":
        return Cause.SCOPE
    if before is None and (stay is None or stay.payment_fen is None):
        return Cause.UNPRICED
    return Cause.GROUP if row.regrouped else Cause.MULTIPLE


def _digest(lines: Sequence[StatementLine], total_fen: int) -> str:
    body = [
        [line.result_id, line.expected_fen, line.paid_fen, line.rejected_fen, line.cause] for line in lines
    ]
    return digest({"lines": body, "total": total_fen})


def by_cause(statement: Statement) -> list[dict[str, int | str]]:
    """Cases and fen of each cause of the rest, and of the rejections; with `other` they add up to the whole.

    Each: cause, cases, fen; two queries.
    """
    lines = StatementLine.objects.filter(statement=statement)
    rows = lines.exclude(rest_fen=0).values("cause").annotate(fen=Sum("rest_fen")).order_by("cause")
    counts: Mapping[str, int] = defaultdict(int)
    for cause in lines.exclude(rest_fen=0).values_list("cause", flat=True):
        counts[cause] += 1  # type: ignore[index]
    found: list[dict[str, int | str]] = [
        {"cause": row["cause"], "cases": counts[row["cause"]], "fen": row["fen"]} for row in rows
    ]
    refused = list(lines.filter(rejected_fen__gt=0).values_list("rejected_fen", flat=True))
    if refused:
        found.append({"cause": "rejected", "cases": len(refused), "fen": -sum(refused)})
    return found


def propose(*, by: Membership, row: Statement, today: date, version: int | None = None) -> Approval:
    """Put a statement before a second person. Raises as booking.propose."""
    return booking.propose(by=by, row=row, kind=KIND, verb="statement.proposed", today=today, version=version)


def decided(approval: Approval, by: Membership) -> None:
    """Agreed: the differences go into the books. Else it is a draft again."""
    row = Statement.objects.select_for_update().get(pk=approval.about_id)
    booking.decided(row, approval, by, of="statement", post=_post)


registry.on_decided(KIND, decided)


def _post(row: Statement, approval: Approval) -> LedgerJournal:
    """One journal: each case with a difference moves between the insurer and its institution's account."""
    into = booking.open_month(row.open_month, row.period)
    accounts = accounts_of(row, approval.proposed_by)
    posted = ledger.post(
        by=approval.proposed_by, confirmed_by=second_person(approval), month=into, about_month=row.period,
        kind=KIND, key=f"{KIND}:{row.pk}", entries=list(_entries(row, accounts)), inputs_digest=row.digest,
        text=row.document,
    )  # fmt: skip
    return posted.journal


def accounts_of(row: Statement, by: Membership) -> dict[str, Account]:
    """The insurer, what is beside its cases, and each institution's account with it."""
    kind = Account.Kind
    lines = StatementLine.objects.filter(statement=row).values("institution")
    places = Institution.objects.filter(pk__in=lines)
    return ledger.open_accounts(by=by, accounts=[
        ledger.NewAccount(SOURCE, "payments of the insurer", kind.SOURCE),
        ledger.NewAccount(UNSHARED, "statement beside its cases", kind.CLEARING),
        *(ledger.NewAccount(f"insurance:{one.code}", one.name, kind.CLEARING, one) for one in places),
    ])  # fmt: skip


def _entries(row: Statement, accounts: Mapping[str, Account]) -> Iterator[ledger.Line]:
    """An institution's account takes what was paid more than expected; the insurer's gives it."""
    lines = StatementLine.objects.filter(statement=row).select_related("institution").order_by("pk")
    total = 0
    for line in lines:
        account = accounts[f"insurance:{line.institution.code}"]
        evidence = (CASE, line.case_id) if line.case_id else (KIND, row.pk)
        for rule, fen in (("rejected", -line.rejected_fen), (line.cause, line.rest_fen)):
            if fen:
                total += fen
                yield ledger.Line(account, fen, _reason(row, line, rule), evidence)
    if row.other_fen:
        total += row.other_fen
        yield ledger.Line(accounts[UNSHARED], row.other_fen, {"rule": row.other_why}, (KIND, row.pk))
    if total:
        yield ledger.Line(accounts[SOURCE], -total, {"rule": KIND, "document": row.document}, (KIND, row.pk))


def _reason(row: Statement, line: StatementLine, rule: str) -> dict[str, object]:
    return {
        "rule": rule, "case": line.case_id, "month": str(row.period), "stage": row.stage,
        "expected_fen": line.expected_fen, "paid_fen": line.paid_fen, "reason": line.reason,
    }  # fmt: skip


def digest_of(approval: Approval) -> str:
    """The digest of the statement an approval is about; what it holds never changes."""
    found: str = Statement.objects.values_list("digest", flat=True).get(pk=approval.about_id)
    return found
