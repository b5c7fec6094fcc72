"""What pay writes in the books: balanced, once, by two people, every entry with its reason (walls.md 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from alliance.ledger import facts as books
from alliance.ledger import many
from alliance.ledger import services as ledger
from alliance.ledger.models import Account
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Team
from performance.accounts import institution_account, institution_code, person_account, person_code
from performance.models import PayLine, PayPool, PayPot, PayShare, PayTaken, PayTransfer

POOL, POT = "pay.pool", "pay.pot"  # kinds of journals, and of the evidence of their entries
TAKEN = "pay.taken"  # rule of an entry that a share or pot gives for what is owed
Kind = Account.Kind


def pool(row: PayPool, *, by: Membership, second: Membership, now: datetime) -> ledger.Posted:
    """The money leaves its source for the pots, through the institutions; or from payer to payee.

    The key is the pool's month, kind and number: it is never in the books twice. Raises what the ledger does.
    """
    entries = _between(row, by) if row.source == "between" else _downwards(row, by)
    rule = f"{row.rule.get_kind_display()} {row.rule.from_date:%Y-%m}/{row.rule.revision}" if row.rule else ""
    return ledger.post(
        by=by, confirmed_by=second, month=open_month(row.period, now, by), about_month=row.period, kind=POOL,
        key=f"{POOL}:{row.period}:{row.kind}:{row.number}", entries=list(entries), inputs_digest=row.digest,
        rule_version=rule[:80], text=row.title[:300],
    )  # fmt: skip


def open_month(month: Month, now: datetime, by: Membership) -> Month:
    """The month `posted_into` says, its books opened."""
    posted_in = posted_into(month, now)
    ledger.open_period(by=by, month=posted_in)
    return posted_in


def posted_into(month: Month, now: datetime) -> Month:
    """The month itself while its books are open; else the present one, whose journal names that month."""
    closed = month in books.months() and month not in books.open_months()
    return Month.of(timezone.localdate(now)) if closed else month


def _downwards(row: PayPool, by: Membership) -> Iterator[ledger.Line]:
    """Source -> institution -> pots, and what is taken of them to the accounts of what is owed; a bonus pool
    begins at the institutions, which the month has paid.
    """
    shares = list(PayShare.objects.filter(pool=row, fen__gt=0).select_related("institution"))
    pots = _pots(row)
    accounts = ledger.open_accounts(
        by=by, accounts=[*(institution_account(one.institution) for one in shares), *pot_accounts(pots)]
    )
    evidence = (POOL, row.pk)
    if row.fund is not None:
        source = Account.objects.get(code=row.fund.account)
        yield ledger.Line(source, -row.fen, {"rule": POOL, "document": row.document}, evidence)
        for share in shares:
            yield ledger.Line(
                accounts[institution_code(share.institution)], share.fen, reason(share), evidence
            )
    if row.persons:
        for share in shares:
            yield ledger.Line(
                accounts[institution_code(share.institution)], -share.fen, {"rule": POOL}, evidence
            )
        for pot in pots:
            yield ledger.Line(accounts[pot.account], pot.fen, reason(pot), (POT, pot.pk))
        for one in PayTaken.objects.filter(pool=row).select_related("account").order_by("pk"):
            why: dict[str, object] = {"rule": TAKEN, "owed_fen": one.owed_fen, "pot": one.pot_id}
            yield ledger.Line(one.account, one.fen, why, evidence)


def _pots(row: PayPool) -> list[PayPot]:
    """The pots of a pool in their order, with the places their accounts name; four queries for any number."""
    pots = list(PayPot.objects.filter(pool=row).defer("people").order_by("pk"))
    places = Institution.objects.in_bulk({one.institution_id for one in pots})
    rooms = Department.objects.select_related("institution").in_bulk(
        {one.department_id for one in pots} - {None}
    )
    teams = Team.objects.in_bulk({one.team_id for one in pots} - {None})
    for one in pots:
        one.institution = places[one.institution_id]
        one.department, one.team = rooms.get(one.department_id), teams.get(one.team_id)
    return pots


def _between(row: PayPool, by: Membership) -> Iterator[ledger.Line]:
    """Two entries a fact: the one gives, the other receives."""
    transfers = list(PayTransfer.objects.filter(pool=row).select_related("payer", "payee"))
    places = {one.code: one for found in transfers for one in (found.payer, found.payee)}
    accounts = ledger.open_accounts(by=by, accounts=[
        ledger.NewAccount(f"clearing:{code}", place.name, Kind.CLEARING, institution=place)
        for code, place in sorted(places.items())
    ])  # fmt: skip
    for found in transfers:
        why: dict[str, object] = {
            "rule": row.kind, "base_fen": found.base_fen, "percent": found.percent,
            "payer": found.payer.code, "payee": found.payee.code, "evidence": found.evidence_id,
        }  # fmt: skip
        if found.paid_fen:
            why["paid_fen"] = found.paid_fen
        yield ledger.Line(accounts[f"clearing:{found.payer.code}"], -found.fen, why, (POOL, row.pk))
        yield ledger.Line(accounts[f"clearing:{found.payee.code}"], found.fen, why, (POOL, row.pk))


def pot(row: PayPot, *, by: Membership, second: Membership, now: datetime) -> ledger.Posted:
    """From the pot to its people; the key is the pot: nobody is paid twice out of it."""
    lines = list(
        PayLine.objects.filter(pot=row, plan=row.plan_id, fen__gt=0).select_related("staff__institution")
    )
    people = [person_account(line.staff) for line in lines]
    accounts = ledger.open_accounts(by=by, accounts=[*pot_accounts([row]), *people])
    return ledger.post(
        by=by, confirmed_by=second, month=open_month(row.pool.period, now, by), about_month=row.pool.period,
        kind=POT, key=f"{POT}:{row.pk}", entries=_to_persons(row, lines, accounts), text=str(row)[:300],
    )  # fmt: skip


def pots(rows: Sequence[PayPot], *, by: Membership, second: Membership, now: datetime) -> None:
    """The same of many pots of one month, a journal each. Raises what the ledger does."""
    month = rows[0].pool.period
    lines: dict[int, list[PayLine]] = defaultdict(list)
    found = PayLine.objects.filter(plan__in=[row.plan_id for row in rows], fen__gt=0)
    for line in found.select_related("staff__institution").order_by("staff__code"):
        lines[line.pot_id].append(line)
    people = {line.staff_id: person_account(line.staff) for own in lines.values() for line in own}
    accounts = ledger.open_accounts(by=by, accounts=[*pot_accounts(rows), *people.values()])
    many.post_all(
        by=by, confirmed_by=second, month=open_month(month, now, by), about_month=month, kind=POT,
        found=[
            many.NewJournal(f"{POT}:{row.pk}", _to_persons(row, lines[row.pk], accounts), str(row)[:300])
            for row in rows
        ],
    )  # fmt: skip


def _to_persons(row: PayPot, lines: Iterable[PayLine], accounts: Mapping[str, Account]) -> list[ledger.Line]:
    """Out of the pot's account into those of its people."""
    entries = [ledger.Line(accounts[row.account], -row.fen, {"rule": POT}, (POT, row.pk))]
    for line in lines:
        why = {"rule": POT, "points": line.points, "quota": line.quota, "remainder_rank": line.remainder_rank,
               "got_extra_fen": line.got_extra_fen}  # fmt: skip
        entries.append(ledger.Line(accounts[person_code(line.staff)], line.fen, why, (POT, row.pk)))
    return entries


def reason(share: PayShare | PayPot) -> dict[str, object]:
    """Why exactly this much: the factors of the weight, exact share, place in the queue for the last fen."""
    return {
        "rule": "share", **dict(share.factors), "quota": share.quota, "remainder_rank": share.remainder_rank,
        "got_extra_fen": share.got_extra_fen,
    }  # fmt: skip


def pot_accounts(pots: Iterable[PayPot]) -> list[ledger.NewAccount]:
    """Accounts of departments and teams, as they are opened."""
    return [
        ledger.NewAccount(
            one.account, one.place, Kind.TEAM if one.team else Kind.DEPARTMENT, one.institution,
            department=one.department,
        )
        for one in pots
    ]  # fmt: skip
