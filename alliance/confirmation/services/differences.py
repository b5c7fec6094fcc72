"""The queue of differences: answered by the other side, ended by both, decided by the office at last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.confirmation.models import Difference, Line, Statement, last_day, other
from alliance.confirmation.services.looking import look_one
from alliance.confirmation.services.refusals import ConfirmationRefused
from alliance.confirmation.services.rights import require_office, require_side
from alliance.confirmation.standing import Standing
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal

State = Difference.State


def raise_or_insist(line: Standing, statement: Statement, *, by: Membership, now: datetime) -> Difference:
    """A difference for an objection: a new one, or the own side's open one with the newer words."""
    before = line.difference_of(statement.side)
    if before is None:
        made: Difference = Difference.objects.create(
            line=line.line, side=statement.side, statement=statement, opened_at=now
        )
        journal.step(by=by, about=made, name="raise", before="", after=State.OPEN, note=statement.text)
        return made
    name = "insist" if before.state == State.ANSWERED else "reword"
    return _change(
        name, before, by, State.OPEN, statement.text, statement=statement, answer="", answer_text=""
    )


@transaction.atomic
def answer(
    *,
    by: Membership,
    difference: Difference,
    verdict: str,
    text: str,
    now: datetime,
    version: int | None = None,
) -> Difference:
    """The other side says whether the records are corrected or stand.

    Raises ConfirmationRefused (answer, text), PermissionDenied, Stale.
    """
    side = require_side(by, difference.line)
    if side != other(difference.side):
        raise PermissionDenied(_("The other side answers a difference."))
    if verdict not in Difference.Answer.values:
        raise ConfirmationRefused("answer")
    if not text.strip():
        raise ConfirmationRefused("text")
    _require_open(difference, version)
    if difference.state != State.OPEN:
        raise Stale(difference)
    answered = _change(
        "reply", difference, by, State.ANSWERED, text.strip(), answer=verdict, answer_text=text.strip(),
        answered_by=by, answered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="confirmation.answered", about=difference.line, answer=verdict)
    return answered


@transaction.atomic
def settle(
    *,
    by: Membership,
    difference: Difference,
    count: int,
    units: int | None,
    text: str,
    now: datetime,
    version: int | None = None,
) -> Difference:
    """After the deadline the office decides which count holds for the line; its other difference ends too.

    The decision is about the records as they are now: with others it no longer holds. Raises
    ConfirmationRefused (early, settled_count, text), PermissionDenied, Stale.
    """
    require_office(by, "confirmation.settle")
    line: Line = difference.line
    if count < 0:
        raise ConfirmationRefused("settled_count")
    if not text.strip():
        raise ConfirmationRefused("text")
    standing = look_one(line, by=by, now=now)
    if not standing.late:
        raise ConfirmationRefused("early", due=last_day(standing.due_at))
    held = next((one for one in standing.differences if one.pk == difference.pk), None)
    if held is None:
        raise Stale(Difference.objects.get(pk=difference.pk))
    _require_open(held, version)
    for one in standing.differences:
        settled = _change(
            "settle", one, by, State.SETTLED, text.strip(), how=Difference.How.OFFICE, settled_by=by,
            settled_at=now, settled_text=text.strip(), settled_count=count, settled_units=units,
            digest=standing.digest,
        )  # fmt: skip
        difference = settled if one.pk == difference.pk else difference
    journal.write(
        by=by, verb="confirmation.settled", about=line, count=count, records=standing.count,
        digest=standing.digest,
    )  # fmt: skip
    return difference


def end(difference: Difference, *, by: Membership, digest: str, now: datetime) -> Difference:
    """Who objected confirms: taken back, or the records were corrected meanwhile."""
    corrected = difference.statement.digest != digest
    how = Difference.How.CORRECTED if corrected else Difference.How.TAKEN_BACK
    return _change(
        "settle", difference, by, State.SETTLED, str(how.label), how=how, settled_by=by, settled_at=now
    )


def _require_open(difference: Difference, version: int | None) -> None:
    if difference.state == State.SETTLED or (version is not None and version != difference.version):
        raise Stale(difference)


def _change(name: str, row: Difference, by: Membership, target: str, note: str, **change: Any) -> Difference:
    """One step, claimed by a conditional update: of two who try at once, one gets Stale."""
    changed: Difference = Difference.objects.claim(
        row.pk,
        expect={"state": row.state, "version": row.version},
        change={"state": target, "version": F("version") + 1, **change},
    )
    journal.step(by=by, about=changed, name=name, before=row.state, after=changed.state, note=note[:300])
    return changed
