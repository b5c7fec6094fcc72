"""What a claw-back writes in the books: bearers give, their institution takes, each line of pay says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib.period import Month
from alliance.models import Membership, Staff
from performance.accounts import person_account, person_code
from performance.life.services import bearing
from performance.life.services.bearing import Bearer
from performance.life.services.statements import CASE
from performance.models import ClawbackShare, PayDeduction

KIND = "life.clawback"  # of the journal, and of the evidence of what is no case of ours
BATCH = 1_000


def write(
    shares: Sequence[ClawbackShare], into: Month, *, by: Membership, second: Membership, key: str, text: str,
    whole: bool, about: Month, inputs: str,
) -> LedgerJournal:  # fmt: skip
    """Persons and departments give, their institution takes what the insurer kept back from it.

    `whole`: departments' parts too, which are charged once; the institution's own part moves nowhere.
    """
    people = [one.staff_id for one in shares if one.staff_id]
    list(Staff.objects.select_for_update().filter(pk__in=people).values_list("pk").order_by("pk"))
    now_taken = [one for one in bearing.taken(shares, into) if one.now_fen]
    accounts = _accounts(shares, by)
    entries: list[ledger.Line] = []
    for one in now_taken:
        entries += _pair(accounts, one.share, one.now_fen)
    for share in shares if whole else ():
        if share.bearer != Bearer.PERSON:
            entries += _pair(accounts, share, share.fen)
    posted = ledger.post(
        by=by, confirmed_by=second, month=into, about_month=about, kind=KIND, key=key, entries=entries,
        text=text[:300], inputs_digest=inputs,
    )  # fmt: skip
    PayDeduction.objects.bulk_create(
        (
            PayDeduction(
                share=one.share, line_id=line, staff=one.share.staff, into=into.first_day, fen=fen,
                journal=posted.journal,
            )
            for one in now_taken for line, fen in one.lines
        ),
        batch_size=BATCH,
    )  # fmt: skip
    return posted.journal


def relieved(
    share: ClawbackShare, *, back_fen: int, spared_fen: int, why: dict[str, object],
    evidence: tuple[str, int], by: Membership,
) -> list[ledger.Line]:  # fmt: skip
    """An exempted share: its bearer gets back what was borne; the institution bears that and what had not
    been taken yet, which its account with the insurer takes now instead of from later pay.
    """
    own = ClawbackShare(
        clawback=share.clawback, line=share.line, institution=share.institution, bearer=Bearer.INSTITUTION
    )
    accounts = _accounts([share, own], by)
    parts = (
        (account_of(share), back_fen), (f"insurance:{share.line.institution.code}", spared_fen),
        (account_of(own), -back_fen - spared_fen),
    )  # fmt: skip
    return [ledger.Line(accounts[code], fen, why, evidence) for code, fen in parts if fen]


def _pair(accounts: Mapping[str, Account], share: ClawbackShare, fen: int) -> list[ledger.Line]:
    """Two entries: the bearer gives, the institution's account with the insurer takes."""
    why: dict[str, object] = {
        "rule": "rejected", "case": share.line.case_id, "month": str(Month.of(share.clawback.month)),
        "bearer": share.bearer, "paid_fen": share.paid_fen, "due_fen": share.fen, "reason": share.line.reason,
    }  # fmt: skip
    evidence = (CASE, share.line.case_id) if share.line.case_id else (KIND, share.clawback_id)
    return [
        ledger.Line(accounts[account_of(share)], -fen, why, evidence),
        ledger.Line(accounts[f"insurance:{share.line.institution.code}"], fen, why, evidence),
    ]


def account_of(share: ClawbackShare) -> str:
    """The code of the bearer's account."""
    code = share.line.institution.code
    if share.bearer == Bearer.INSTITUTION:
        return f"rejected:{code}"
    assert share.department is not None
    if share.bearer == Bearer.DEPARTMENT:
        return f"rejected:{code}:{share.department.code}"
    assert share.staff is not None
    return person_code(share.staff)


def _accounts(shares: Sequence[ClawbackShare], by: Membership) -> dict[str, Account]:
    kind, wanted = Account.Kind, {}
    for share in shares:
        place, code = share.line.institution, account_of(share)
        wanted[f"insurance:{place.code}"] = ledger.NewAccount(
            f"insurance:{place.code}", place.name, kind.CLEARING, place
        )
        if share.bearer == Bearer.INSTITUTION:
            wanted[code] = ledger.NewAccount(code, place.name, kind.INSTITUTION, place)
        elif share.bearer == Bearer.DEPARTMENT:
            assert share.department is not None
            wanted[code] = ledger.NewAccount(
                code, share.department.name, kind.DEPARTMENT, place, department=share.department
            )
        else:
            assert share.staff is not None
            wanted[code] = person_account(share.staff)
    return ledger.open_accounts(by=by, accounts=wanted.values())
