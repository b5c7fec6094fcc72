"""What a confirmed surplus puts into accounts of its own, part by part (S2-41, S3-41; X7-A1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from alliance.models import Membership
from performance.engine.pay import entitled
from performance.entitlement import words
from performance.models import Entitlement, FundEntry, PayFund
from performance.models.pay import PaySource
from performance.pay.services import entering


def amounts(sheet: Entitlement) -> Mapping[str, int]:
    """Fen by part; the first is what the lines divide. Nothing of kinds that live on accounts fed before."""
    return entitled.feeds({"kind": sheet.kind, "terms": sheet.terms, "head": sheet.head})


def code_of(part: str) -> str:
    """The code of the source account of a part; the same in every year."""
    return f"surplus-{part}"


def account_of(sheet: Entitlement) -> str:
    """The code of the account that pays the lines; "" where any account may."""
    part = next(iter(amounts(sheet)), "")
    return code_of(part) if part else ""


def feed(*, by: Membership, sheet: Entitlement, now: datetime) -> None:
    """Post each part from the retained surplus into its account, by the two people of the sheet.

    Raises what `entering.confirm_fund` raises.
    """
    for part, fen in amounts(sheet).items():
        if fen:
            row = FundEntry.objects.create(
                fund=_account(part, sheet.entered_by, now), day=timezone.localdate(now), fen=fen,
                document=sheet.document, body=sheet.body, scan=sheet.scan, entered_by=sheet.entered_by,
                entered_at=sheet.entered_at, sheet=sheet,
            )  # fmt: skip
            entering.confirm_fund(by=by, row=row, now=now)


def _account(part: str, by: Membership, now: datetime) -> PayFund:
    found: PayFund | None = PayFund.objects.filter(code=code_of(part)).first()
    return found or entering.open_fund(
        by=by, code=code_of(part), name=words.number(f"account_{part}"), source=PaySource.RETAINED, now=now
    )
