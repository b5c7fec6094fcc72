"""Writing the books: accounts, periods, journals and their reversal (walls.md section 2).

Other rooms write money only through here. Nothing posted is ever changed: a correction is a reversal and a
new journal in an open period. Every function runs inside an open `act_in`; money takes two people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.ledger import errors, facts, sql
from alliance.ledger.models import Account, Entry, LedgerJournal, Period
from alliance.lib.canonical import Json, digest, to_plain
from alliance.lib.money import LEAST_FEN, MOST_FEN, Fen, yuan
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Staff
from alliance.services import journal as journals
from alliance.tenancy.scope import current_alliance_id

REVERSAL = "reversal"
ROWS_A_STATEMENT = 2_000


@dataclass(frozen=True)
class NewAccount:
    """An account to open: its code is its identity for good."""

    code: str
    name: str
    kind: str
    institution: Institution | None = None
    department: Department | None = None
    staff: Staff | None = None


@dataclass(frozen=True)
class Line:
    """One entry to post: signed fen (plus: the account receives), why, and (kind, id) of the evidence."""

    account: Account
    fen: Fen
    reason: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[str, int] | None = None


@dataclass(frozen=True)
class Posted:
    """The journal in the books, and whether this call wrote it."""

    journal: LedgerJournal
    created: bool


@transaction.atomic
def open_accounts(*, by: Membership, accounts: Iterable[NewAccount]) -> dict[str, Account]:
    """Open what is not open yet and return all asked-for accounts by code; set-based, idempotent.

    Raises AccountDiffers when a code is already open with another kind or owner.
    """
    wanted = {account.code: account for account in accounts}
    found = {account.code: account for account in Account.objects.filter(code__in=wanted)}
    missing = [Account(**vars(account)) for code, account in wanted.items() if code not in found]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True, batch_size=ROWS_A_STATEMENT)
        opened = Account.objects.filter(code__in=[account.code for account in missing])
        found |= {account.code: account for account in opened}
    for code, account in wanted.items():
        if _owner(found[code]) != _owner(account):
            raise errors.AccountDiffers(account=code)
    if missing:
        journals.write(by=by, verb="ledger.accounts_opened", count=len(missing))
    return {code: found[code] for code in wanted}


@transaction.atomic
def open_period(*, by: Membership, month: Month) -> Period:
    """Open the books of a month and return its period; an open one is returned as it is.

    Raises PeriodClosed for a closed month: it never opens again (practice.md section 4).
    """
    period, created = Period.objects.get_or_create(month=month.first_day)
    if period.state == Period.State.CLOSED:
        raise errors.PeriodClosed(month=month)
    if created:
        journals.write(by=by, verb="ledger.period_opened", about=period, month=str(month))
    return period


@transaction.atomic
def close_period(*, by: Membership, confirmed_by: Membership, month: Month) -> Period:
    """Close a month for good; waits for postings under way, later ones are refused (N27).

    Raises SamePerson, NoPeriod, PeriodClosed.
    """
    refuse_one_person(by, confirmed_by)
    period = Period.objects.select_for_update().filter(month=month.first_day).first()
    if period is None:
        raise errors.NoPeriod(month=month)
    if period.state == Period.State.CLOSED:
        raise errors.PeriodClosed(month=month)
    before = period.state
    period.close(by=by, confirmed_by=confirmed_by, at=timezone.now())
    period.save()
    journals.step(by=by, about=period, name="close", before=before, after=period.state)
    journals.write(by=by, verb="ledger.period_closed", about=period, confirmed_by=confirmed_by.pk)
    return period


@transaction.atomic
def post(
    *,
    by: Membership,
    confirmed_by: Membership,
    month: Month,
    kind: str,
    key: str,
    entries: Iterable[Line],
    about_month: Month | None = None,
    inputs_digest: str = "",
    rule_version: str = "",
    code_version: str = "",
    text: str = "",
) -> Posted:
    """Write a journal into an open month: entries in the given order, in fen, summing to zero.

    The same key with the same body returns the journal already there (also after its month was closed).
    `about_month` is the month the money belongs to when that one is closed (补差, 扣回; default: `month`).
    Raises TooFewEntries, ZeroAmount, AmountInvalid, Unbalanced, ForeignAccount, SamePerson, NoPeriod,
    PeriodClosed, KeyReused, Overdrawn. Source: walls.md section 2, N23-N27.
    """
    lines = list(entries)
    check_lines(lines)
    refuse_one_person(by, confirmed_by)
    head = LedgerJournal(
        about_month=(about_month or month).first_day, kind=kind, key=key, inputs_digest=inputs_digest,
        text=text, rule_version=rule_version, code_version=code_version, posted_by=by,
        confirmed_by=confirmed_by,
    )  # fmt: skip
    return _existing(head, month, lines) or _write(head, month, lines)


@transaction.atomic
def reverse(
    *, by: Membership, confirmed_by: Membership, journal: LedgerJournal, month: Month, text: str = ""
) -> Posted:
    """Undo a journal by its mirror image in an open month (冲正); the original stays as it is.

    Raises AlreadyReversed (N28), SamePerson, NoPeriod, PeriodClosed, Overdrawn.
    """
    refuse_one_person(by, confirmed_by)
    refuse_second_reversal(journal)
    entries = journal.entries.select_related("account").order_by("number")
    return _write(reversal_of(journal, by, confirmed_by, text), month, [mirrored(one) for one in entries])


def reversal_of(journal: LedgerJournal, by: Membership, confirmed_by: Membership, text: str) -> LedgerJournal:
    """The head of a journal's reversal, still without its month, its amount and its digest."""
    return LedgerJournal(
        about_month=journal.about_month, kind=REVERSAL, key=f"{REVERSAL}:{journal.pk}", reverses=journal,
        inputs_digest=journal.inputs_digest, rule_version=journal.rule_version, posted_by=by,
        confirmed_by=confirmed_by, code_version=journal.code_version, text=text,
    )  # fmt: skip


def _write(head: LedgerJournal, month: Month, lines: Sequence[Line]) -> Posted:
    """Head, then entries; the loser of a race for the key or the reversal finds the winner's journal."""
    head.period_id = held_period(month)
    head.entries_count = len(lines)
    head.debit_fen = sum(line.fen for line in lines if line.fen > 0)
    head.body_digest = body_digest(head, month, lines)
    try:
        with transaction.atomic():
            head.save(force_insert=True)
    except IntegrityError:
        if head.reverses is not None:
            refuse_second_reversal(head.reverses)
        found = _existing(head, month, lines)
        if found is None:
            raise
        return found
    try:
        with transaction.atomic():
            sql.insert_entries(head.pk, [entry_row(place, line) for place, line in enumerate(lines, start=1)])
    except IntegrityError as error:
        if "a fund gives no more than it holds" not in str(error):
            raise
        raise _overdrawn(lines) from None
    journals.write(
        by=head.posted_by, verb="ledger.posted", about=head, kind=head.kind, entries=len(lines),
        debit_fen=head.debit_fen, confirmed_by=head.confirmed_by.pk,
    )  # fmt: skip
    return Posted(head, True)


def _overdrawn(lines: Sequence[Line]) -> errors.Overdrawn:
    """The refusal of lines that take more of a fund than it holds, with its name and both amounts."""
    taken: dict[Account, Fen] = {}
    for line in lines:
        if line.account.kind == Account.Kind.FUND:
            taken[line.account] = taken.get(line.account, 0) - line.fen
    held = facts.balance_of([account.code for account in taken])
    short = max(taken, key=lambda one: taken[one] - held.get(one.code, 0))
    return errors.Overdrawn(
        account=short.shown_name, held=yuan(held.get(short.code, 0)), fen=yuan(taken[short])
    )


def entry_row(number: int, line: Line) -> dict[str, Json]:
    """An entry as the statement that writes it takes it."""
    kind, evidence_id = line.evidence or ("", None)
    return {
        "number": number, "account_id": line.account.pk, "fen": line.fen, "reason": to_plain(line.reason),
        "evidence_kind": kind, "evidence_id": evidence_id,
    }  # fmt: skip


def _existing(head: LedgerJournal, month: Month, lines: Sequence[Line]) -> Posted | None:
    """The journal already posted under the key; raises KeyReused when it says something else."""
    found = LedgerJournal.objects.filter(key=head.key).first()
    if found is not None and found.body_digest != body_digest(head, month, lines):
        raise errors.KeyReused(key=head.key, journal=found.pk)
    return Posted(found, False) if found is not None else None


def body_digest(head: LedgerJournal, month: Month, lines: Sequence[Line]) -> str:
    """SHA-256 over everything a journal says; not over who said it or with which code."""
    body = [[line.account.code, line.fen, line.reason, line.evidence] for line in lines]
    about = {
        "about_month": head.about_month,
        "kind": head.kind,
        "key": head.key,
        "reverses": head.reverses_id,
    }
    basis = {"inputs_digest": head.inputs_digest, "rule_version": head.rule_version, "text": head.text}
    return digest({**about, **basis, "month": month, "entries": body})


def held_period(month: Month) -> int:
    """The id of the month's open period, locked until COMMIT. Raises NoPeriod, PeriodClosed."""
    held = sql.share_period(month.first_day)
    if held is None:
        raise errors.NoPeriod(month=month)
    if held.state != Period.State.OPEN:
        raise errors.PeriodClosed(month=month)
    return held.id


def check_lines(lines: Sequence[Line]) -> None:
    """Raise TooFewEntries, AmountInvalid, ZeroAmount, ForeignAccount, Unbalanced."""
    if len(lines) < 2:
        raise errors.TooFewEntries(entries=len(lines))
    for number, line in enumerate(lines, start=1):
        if (
            not isinstance(line.fen, int)
            or isinstance(line.fen, bool)
            or not LEAST_FEN <= line.fen <= MOST_FEN
        ):
            raise errors.AmountInvalid(line=number)
        if line.fen == 0:
            raise errors.ZeroAmount(line=number)
        if line.account.alliance_id != current_alliance_id():
            raise errors.ForeignAccount(line=number, account=line.account.pk)
    if total := sum(line.fen for line in lines):
        raise errors.Unbalanced(yuan=yuan(total, display=True))
    if sum(line.fen for line in lines if line.fen > 0) > MOST_FEN:
        raise errors.AmountInvalid(line=len(lines))


def refuse_one_person(by: Membership, confirmed_by: Membership) -> None:
    """Raise SamePerson; one user may hold several memberships: the user counts."""
    if by.user_id == confirmed_by.user_id:
        raise errors.SamePerson()


def refuse_second_reversal(journal: LedgerJournal) -> None:
    """Raise AlreadyReversed when the journal has its reversal (N28)."""
    first = LedgerJournal.objects.filter(reverses=journal).first()
    if first is not None:
        raise errors.AlreadyReversed(journal=journal.pk, by=first.pk)


def mirrored(entry: Entry) -> Line:
    """The line that takes an entry back."""
    evidence = (entry.evidence_kind, entry.evidence_id) if entry.evidence_id is not None else None
    return Line(entry.account, -entry.fen, {"reverses": entry.journal_id, "line": entry.number}, evidence)


def _owner(account: Account | NewAccount) -> tuple[str, int | None, int | None, int | None]:
    """Kind and owners by their ids; of a stored account without reading the owners."""
    if isinstance(account, Account):
        return account.kind, account.institution_id, account.department_id, account.staff_id
    owners = (account.institution, account.department, account.staff)
    place, department, staff = (owner.pk if owner is not None else None for owner in owners)
    return account.kind, place, department, staff
