"""By which method each encounter is paid: dated tables of rules, decided by two people (S4-25)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping.engine.paytype import OUT_OF_SCOPE, Rule, Table, checked, defaults, plain, rule_of
from grouping.metrics.sql import MARK_SINCE
from grouping.models import PaymentRules
from grouping.queues import bell
from grouping.reports import sql
from grouping.sql import execute, fetch

KIND = "payment_rules"
ALWAYS, FOREVER = date(1, 1, 1), date(9999, 12, 31)


class RulesNotProposed(Refused):
    """A sound table cannot be proposed as asked."""

    reasons = {
        "same_day": "From %(day)s on another table already holds. Choose another day.",
        "waiting": "A table already waits for its second person. Decide or withdraw that one first.",
        "same": "These rules already hold on that day. Nothing would change.",
    }


@dataclass(frozen=True)
class Version:
    """A table with the days it holds: from `since` on, before `until`. id 0: the table of the data file."""

    id: int
    since: date
    until: date
    table: Table


@dataclass(frozen=True)
class Paid:
    """How one encounter is paid. `number` of the rule in its version, None where the document says it."""

    case_id: int
    institution_id: int
    type: str
    version: int | None
    number: int | None

    @property
    def out_of_scope(self) -> bool:
        """Whether the encounter is outside DRG and DIP: no weight pays it, and that is no error of coding."""
        return self.type in OUT_OF_SCOPE


@dataclass(frozen=True)
class Count:
    """Encounters of one institution paid by one type for one reason; days of stay, charges in fen."""

    institution_id: int
    type: str
    version: int | None
    number: int | None
    cases: int
    stay_days: int
    total_fen: int


def versions() -> list[Version]:
    """Every table that holds, held or will hold, oldest first: the data file's until the first own one."""
    own = list(PaymentRules.objects.filter(released_at__isnull=False).order_by("from_date"))
    shipped = defaults()
    begins = [ALWAYS, *(row.from_date for row in own)]
    ends = [*begins[1:], FOREVER]
    tables = [
        shipped,
        *(Table(tuple(map(rule_of, row.rules)), shipped.codes, row.source) for row in own),
    ]
    ids = [0, *(row.pk for row in own)]
    return [Version(*one) for one in zip(ids, begins, ends, tables, strict=True)]


def held(month: Month) -> list[Version]:
    """The tables that hold on some day of a month, oldest first."""
    return [one for one in versions() if one.since <= month.last_day and one.until > month.first_day]


def in_force(on: date) -> Version:
    """The table that holds on a day."""
    return next(version for version in versions() if version.since <= on < version.until)


def payment_types(month: Month, institution: int | None = None) -> Iterator[Paid]:
    """One row an encounter of the month, in pieces; two queries. A stay with two documents is one encounter.

    Source: S4-25, the document's hi_paymtd by definitions 10.3, the rules by definitions 2 (scope).
    """
    for row in sql.stream(sql.PAYMENT_TYPES, **asked(month, institution)):
        yield Paid(*row)


def outside(month: Month, institution: int | None = None) -> list[int]:
    """Front pages whose stay neither DRG nor DIP pays, by the document that pays for it; two queries."""
    found = fetch(sql.PAGES_OUTSIDE, outside=sorted(OUT_OF_SCOPE), **asked(month, institution))
    return [int(row["id"]) for row in found]


def counts(month: Month, institution: int | None = None) -> list[Count]:
    """Encounters of the month by institution, type and what decided; two queries."""
    return [Count(**row) for row in fetch(sql.PAYMENT_TYPE_COUNTS, **asked(month, institution))]


def cases(
    month: Month, institution: int | None, *, type: str = "", number: int | None = None,
    by_document: bool = False, limit: int = 50, offset: int = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of the encounters behind a count, by institution and discharge; fen and days of stay."""
    return fetch(
        sql.PAYMENT_TYPE_CASES, type=type, number=number, by_document=by_document, limit=limit, offset=offset,
        **asked(month, institution),
    )  # fmt: skip


def asked(month: Month, institution: int | None) -> dict[str, object]:
    """The parameters of every statement over decided encounters (grouping.reports.sql); one query."""
    shown = versions()
    rules = [
        {"version": v.id, "since": str(v.since), "until": str(v.until), "number": number, **rule}
        for v in shown
        for number, rule in enumerate(plain(v.table.rules), 1)
    ]
    codes = json.dumps(dict(shown[0].table.codes))
    return {
        "rules": json.dumps(rules), "codes": codes, "month": month.first_day, "institution": institution,
    }  # fmt: skip


@transaction.atomic
def propose(*, by: Membership, rules: Sequence[Rule], from_date: date, source: str, on: date) -> PaymentRules:
    """Put a table before the second person; it holds from its day once approved. `on`: today.

    Raises RulesRefused (the table leaves encounters undecided), RulesNotProposed, TooFewDeciders.
    """
    content = plain(checked(rules))
    if waiting() is not None:
        raise RulesNotProposed("waiting")
    if PaymentRules.objects.filter(from_date=from_date, released_at__isnull=False).exists():
        raise RulesNotProposed("same_day", day=from_date)
    if plain(in_force(from_date).table.rules) == content:
        raise RulesNotProposed("same")
    row = PaymentRules.objects.create(from_date=from_date, rules=content, source=source, entered_by=by)
    approvals.propose(
        by=by, kind=KIND, about=row, chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=content_digest(row), arguments={"from_date": from_date},
    )  # fmt: skip
    journal.write(by=by, verb="payment_rules.proposed", about=row, from_date=str(from_date))
    return row


def waiting() -> Approval | None:
    """The open proposal of a table, if there is one."""
    found: Approval | None = (
        Approval.objects.filter(kind=KIND, state=Approval.State.OPEN)
        .select_related("proposed_by__user")
        .first()
    )
    return found


def content_digest(row: PaymentRules) -> str:
    """What the deciders saw: the table, its day and its source."""
    return digest({"rules": row.rules, "from_date": row.from_date.isoformat(), "source": row.source})


def decided(approval: Approval, by: Membership) -> None:
    """Let the table hold once the second person has agreed."""
    if approval.state != Approval.State.APPROVED:
        return
    PaymentRules.objects.filter(pk=approval.about_id, released_at=None).update(released_at=timezone.now())
    row = PaymentRules.objects.get(pk=approval.about_id)
    # Whether a case is in scope is summed into the month.
    execute(MARK_SINCE, month=Month.of(row.from_date).first_day)
    bell.enqueue_since(row.from_date)
    journal.write(by=by, verb="payment_rules.released", about=row)
