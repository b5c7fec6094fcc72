"""The monthly clearing: made as a draft, proposed, posted in the ledger when a second person agrees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.equipment.engine import split
from alliance.equipment.models import ClearedUse, Clearing, ClearingLine
from alliance.equipment.services import settling
from alliance.equipment.services.refusals import EquipmentRefused
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal

KIND = "equipment.clearing"
EVIDENCE = "equipment.clearing"
BATCH = 1_000
State = Clearing.State


@transaction.atomic
def make(*, by: Membership, month: Month, now: datetime) -> Clearing:
    """Compute what is owed up to the month and keep it as a draft.

    Raises EquipmentRefused: open_clearing (another one is not posted yet), closed_books, nothing_owed.
    """
    admit(by)
    if month in books.months() and month not in books.open_months():
        raise EquipmentRefused("closed_books", month=month)
    found = settling.compute(month)
    if not found.nets:
        raise EquipmentRefused("nothing_owed", month=month)
    number = Clearing.objects.filter(month=month.first_day).count() + 1
    made = Clearing(month=month.first_day, number=number, digest=found.digest(), made_by=by, made_at=now)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise EquipmentRefused("open_clearing") from error
    _store(made, found)
    journal.write(by=by, verb="equipment.clearing_made", about=made, month=str(month), lines=len(found.owed))
    return made


@transaction.atomic
def discard(*, by: Membership, clearing: Clearing) -> None:
    """Throw a draft away; its uses wait for the next one. Raises EquipmentRefused (not_a_draft)."""
    admit(by)
    held = _held(clearing)
    if held.state != State.DRAFT:
        raise EquipmentRefused("not_a_draft", state=held.get_state_display())
    journal.write(by=by, verb="equipment.clearing_discarded", about=held, month=str(held))
    held.delete()


@transaction.atomic
def propose(*, by: Membership, clearing: Clearing, on: date) -> Approval:
    """Put a draft before a second person; `on` chooses the version of the chain.

    Raises EquipmentRefused: not_a_draft, changed_since (uses or rules changed: make it again).
    """
    admit(by)
    held = _held(clearing)
    if held.state != State.DRAFT:
        raise EquipmentRefused("not_a_draft", state=held.get_state_display())
    if present_digest(held) != held.digest:
        raise EquipmentRefused("changed_since")
    _go(by, held, "propose")
    chain = chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND)
    return approvals.propose(by=by, kind=KIND, about=held, chain=chain, digest=held.digest)


@transaction.atomic
def reopen(*, by: Membership, clearing: Clearing) -> Clearing:
    """A declined or withdrawn clearing is a draft again."""
    return _go(by, _held(clearing), "reopen")


@transaction.atomic
def post(*, by: Membership, confirmed_by: Membership, clearing: Clearing) -> Clearing:
    """Write what is left between each two institutions in the books of the month; it never changes after.

    Raises what the ledger refuses (PeriodClosed, SamePerson).
    """
    held = _held(clearing)
    month = Month.of(held.month)
    ledger.open_period(by=by, month=month)
    posted = ledger.post(
        by=by, confirmed_by=confirmed_by, month=month, kind=KIND, key=f"{KIND}:{held}",
        entries=_entries(by, held), inputs_digest=held.digest,
        text=_("Clearing of shared equipment %(month)s") % {"month": held},
    )  # fmt: skip
    return _go(by, held, "post", journal=posted.journal)


def present_digest(clearing: Clearing) -> str:
    """The digest of what the clearing would hold now: nobody agrees to what has changed since."""
    return settling.compute(Month.of(clearing.month), but=clearing).digest()


def admit(by: Membership) -> None:
    """Clearing is the alliance's own office's work. Raises PermissionDenied."""
    if by.institution_id is not None or not by.can("equipment.clear"):
        raise PermissionDenied(_("The alliance's performance office clears equipment."))


def _store(clearing: Clearing, found: settling.Settled) -> None:
    places = {place.code: place for place in Institution.objects.all()}
    lines = [
        ClearingLine(
            clearing=clearing, number=number, kind=one.line.kind, device_id=one.device_id,
            payer=places[one.line.payer], payee=places[one.line.payee], fen=one.line.fen,
            about_month=one.month.first_day, rule=one.rule[:200], numbers=dict(one.line.numbers),
            uses=list(one.line.uses),
        )
        for number, one in enumerate(found.owed, start=1)
    ]  # fmt: skip
    ClearingLine.objects.bulk_create(lines, batch_size=BATCH)
    marks = [ClearedUse(clearing=clearing, use_id=pk) for pk in found.uses]
    marks += [ClearedUse(clearing=clearing, use_id=pk, taken_back=True) for pk in found.taken_back]
    ClearedUse.objects.bulk_create(marks, batch_size=BATCH)


def nets_of(clearing: Clearing) -> list[split.Net]:
    """What is left between each two institutions of a stored clearing."""
    rows = clearing.lines.values_list("kind", "payer__code", "payee__code", "fen")
    return split.net(split.Line(*row, {}, ()) for row in rows)


def _entries(by: Membership, clearing: Clearing) -> Iterable[ledger.Line]:
    """Two entries a pair: the one gives, the other receives; the reason says what each owed before."""
    nets = nets_of(clearing)
    codes = {code for one in nets for code in (one.payer, one.payee)}
    places = Institution.objects.filter(code__in=codes)
    accounts = ledger.open_accounts(
        by=by,
        accounts=[
            ledger.NewAccount(f"equipment:{place.code}", place.name, "clearing", institution=place)
            for place in places
        ],
    )
    for one in nets:
        reason: dict[str, object] = {"rule": KIND, "payer": one.payer, "payee": one.payee}
        reason |= {"owed_fen": one.owed, "back_fen": one.back}
        evidence = (EVIDENCE, clearing.pk)
        yield ledger.Line(accounts[f"equipment:{one.payer}"], -one.fen, reason, evidence)
        yield ledger.Line(accounts[f"equipment:{one.payee}"], one.fen, reason, evidence)


def _held(clearing: Clearing) -> Clearing:
    held: Clearing = Clearing.objects.select_for_update().get(pk=clearing.pk)
    return held


def _go(by: Membership, held: Clearing, name: str, **change: Any) -> Clearing:
    before = held.state
    getattr(held, name)()
    moved: Clearing = Clearing.objects.claim(
        held.pk, expect={"state": before}, change={"state": held.state, **change}
    )
    journal.step(by=by, about=moved, name=name, before=before, after=moved.state)
    journal.write(by=by, verb=f"equipment.clearing_{moved.state}", about=moved)
    return moved
