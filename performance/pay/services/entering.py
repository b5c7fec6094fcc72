"""What pay stands on, by two people: source accounts and their entries, pay totals, rules of flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import override

from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.lib.canonical import digest, to_plain
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from alliance.services.files import Upload
from performance.decided import deeds, numbers
from performance.declared.services.proving import keep
from performance.engine.pay.flow import FlowRule
from performance.engine.pay.redlines import Terms, check
from performance.engine.pay.steps import PayRefused
from performance.models import FundEntry, PayFund, PayRule, PayTotal
from performance.models.pay import BETWEEN, RUN, PayKind, PaySource
from performance.pay.refusals import EntryRefused
from performance.pay.services import limits
from performance.services.rights import require

FED = "pay.fed"  # kind of the journal


@transaction.atomic
def open_fund(*, by: Membership, code: str, name: str, source: str, now: datetime) -> PayFund:
    """Open a source account. Raises PermissionDenied, RedLine (source types), EntryRefused (code, name)."""
    require(by, RUN)
    check(Terms(source, document="-"))  # the document stands with each entry
    if not name.strip():
        raise EntryRefused("name")
    try:
        with transaction.atomic():
            fund: PayFund = PayFund.objects.create(
                code=code, name=name.strip(), source=source, opened_by=by, opened_at=now
            )
    except IntegrityError as error:
        if "payfund_code" not in str(error):
            raise
        raise EntryRefused("code") from None
    journal.write(by=by, verb="pay.fund_opened", about=fund, name=fund.name)
    return fund


@transaction.atomic
def enter_fund(
    *, by: Membership, fund: PayFund, day: date, fen: int, document: str, body: str, scan: Upload | None,
    now: datetime,
) -> FundEntry:  # fmt: skip
    """Enter what a decision feeds into a source account (fen), with its number, body and scan.

    Raises PermissionDenied, EntryRefused (fen, document, body, scan), DeclaredRefused (file_large).
    """
    require(by, RUN)
    if fen <= 0:
        raise EntryRefused("fen")
    number = numbers.of_decision(document, EntryRefused)
    if not body.strip():
        raise EntryRefused("body")
    if scan is None:
        raise EntryRefused("scan")
    row: FundEntry = FundEntry.objects.create(
        fund=fund, day=day, fen=fen, document=number, body=body.strip(),
        scan=keep(by=by, place=None, uploads=[scan])[0], entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="pay.fund_entered", about=row, fen=fen)
    return row


@transaction.atomic
def confirm_fund(*, by: Membership, row: FundEntry, now: datetime) -> FundEntry:
    """A second person has compared entry and decision: it is posted in the month of its day.

    Raises PermissionDenied, EntryRefused (same_person, decided), PeriodClosed.
    """
    _second(by, row)
    month, fund = Month.of(row.day), row.fund
    with override("en"):  # kept as the product's own words; a page says them in its language
        source = str(PaySource(fund.source).label)
    accounts = ledger.open_accounts(by=by, accounts=[
        ledger.NewAccount(f"source:{fund.source}", source, Account.Kind.SOURCE),
        ledger.NewAccount(fund.account, fund.name, Account.Kind.FUND),
    ])  # fmt: skip
    ledger.open_period(by=by, month=month)
    reason, evidence = {"rule": FED, "document": row.document}, (FED, row.pk)
    posted = ledger.post(
        by=row.entered_by, confirmed_by=by, month=month, kind=FED, key=f"{FED}:{row.pk}", text=row.document,
        entries=[
            ledger.Line(accounts[f"source:{fund.source}"], -row.fen, reason, evidence),
            ledger.Line(accounts[fund.account], row.fen, reason, evidence),
        ],
    )  # fmt: skip
    fed: FundEntry = _confirmed(by, row, now, journal_id=posted.journal.pk)
    return fed


@transaction.atomic
def enter_total(
    *, by: Membership, institution: Institution, year: int, fen: int, document: str, now: datetime
) -> PayTotal:
    """Enter the approved pay total of an institution and year (fen); a later one replaces it once confirmed.

    Raises PermissionDenied, EntryRefused (fen, document, village).
    """
    require(by, RUN)
    if fen < 0:
        raise EntryRefused("fen")
    number = numbers.of_decision(document, EntryRefused)
    if institution.kind == Institution.Kind.VILLAGE:
        raise EntryRefused("village", institution=institution.short_name)
    earlier = PayTotal.objects.filter(institution=institution, year=year).aggregate(last=Max("revision"))
    row: PayTotal = PayTotal.objects.create(
        institution=institution, year=year, revision=(earlier["last"] or 0) + 1, fen=fen,
        document=number, entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="pay.total_entered", about=row, fen=fen, year=year)
    return row


@transaction.atomic
def enter_rule(
    *, by: Membership, kind: str, from_month: Month, rule: FlowRule, decided_by: str, now: datetime
) -> PayRule:
    """Enter how a kind of pool flows from a month on, and which body decided it.

    Raises PermissionDenied, EntryRefused (unlawful, coefficients, body), PayRefused (team_share: at least
    60 % of the DRG reward go to the teams first, S0-65).
    """
    require(by, RUN)
    if kind in BETWEEN:
        raise EntryRefused("unlawful")
    if any(number <= 0 for _group, number in rule.coefficients) or rule.administration <= 0:
        raise EntryRefused("coefficients")
    if not decided_by.strip():
        raise EntryRefused("body")
    least = limits.team_least(from_month.first_day)
    if kind == PayKind.REWARD and rule.team_percent < least:
        raise PayRefused("team_share", least=least, percent=rule.team_percent)
    first, body = from_month.first_day, to_plain(replace(rule, coefficients=tuple(sorted(rule.coefficients))))
    earlier = PayRule.objects.filter(kind=kind, from_date=first).aggregate(last=Max("revision"))
    row: PayRule = PayRule.objects.create(
        kind=kind, from_date=first, revision=(earlier["last"] or 0) + 1, body=body, digest=digest(body),
        decided_by=decided_by.strip(), entered_by=by, entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="pay.rule_entered", about=row, kind=kind, month=str(from_month))
    return row


def rule_in_force(kind: str, month: Month) -> PayRule | None:
    """The latest confirmed rule of a kind of pool that holds in a month."""
    rows = PayRule.objects.filter(kind=kind, from_date__lte=month.first_day, confirmed_at__isnull=False)
    found: PayRule | None = rows.order_by("-from_date", "-revision").first()
    return found


@transaction.atomic
def confirm(*, by: Membership, row: PayTotal | PayRule, now: datetime) -> Any:
    """A second person has compared an approved total or a rule with its decision.

    Raises PermissionDenied, EntryRefused (same_person, decided, given), PayRefused (team_share: the least
    share has risen meanwhile).
    """
    _second(by, row)
    try:
        with transaction.atomic():
            return _confirmed(by, row, now)
    except IntegrityError as error:
        if isinstance(row, PayRule) and "less of the reward than their least share" in str(error):
            raise PayRefused(
                "team_share", least=limits.team_least(row.from_date), percent=row.rule().team_percent
            ) from None
        if not isinstance(row, PayTotal) or "lowered below what was given" not in str(error):
            raise
        said = {"institution": row.institution.short_name, "year": row.year, "total": yuan(row.fen)}
        raise EntryRefused("given", **said, paid=yuan(_given(row))) from None


@transaction.atomic
def set_aside(*, by: Membership, row: FundEntry | PayTotal | PayRule, why: str, now: datetime) -> None:
    """Leave a wrong entry for good: who entered it takes it back, or the second person declines it.

    Raises PermissionDenied, EntryRefused (why, decided).
    """
    deeds.set_aside(by=by, sheet=row, why=why, now=now, refused=EntryRefused, verb="pay.entry_set_aside")


def _given(row: PayTotal) -> int:
    """What the institution was given within its total of the year, fen."""
    return limits.paid_of(row.year).get(row.institution_id, 0)


def _second(by: Membership, row: Any) -> None:
    deeds.second(by, row, EntryRefused)
    if not row.waits:
        raise EntryRefused("decided")


def _confirmed(by: Membership, row: Any, now: datetime, **more: Any) -> Any:
    deeds.fill(row, EntryRefused, confirmed_by=by, confirmed_at=now, **more)
    journal.write(by=by, verb="pay.confirmed", about=row)
    return type(row).objects.get(pk=row.pk)
