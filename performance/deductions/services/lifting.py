"""What an upheld appeal lifts of a deduction: owed no longer, and given back as far as it was taken (S3-31).

In the books the institution's debt lessens by it. What had been taken beyond the rest comes back with the
next pool (`taking`); what had not been taken is not paid to anybody, it is cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alliance.lib.money import yuan
from alliance.models import Membership
from alliance.services import steps
from performance.appeals.refusals import AppealRefused
from performance.deductions.services.charging import SOURCE, lifted_of
from performance.deductions.services.charging import deducted_account as account
from performance.models import Appeal, AppealLine, Consequence, PayCharge, PayLift


@dataclass(frozen=True, slots=True)
class Lift:
    """So much of a deduction is lifted (fen), at most `most`; `charge` where it is in the books."""

    row: Consequence
    charge: PayCharge | None
    fen: int
    most: int


def lifts(lines: Sequence[AppealLine], given: Mapping[int, int]) -> Iterator[Lift]:
    """What an appeal's lines about deductions lift (fen by consequence).

    Raises AppealRefused (give_back, charging).
    """
    for line in lines:
        row = line.deduction
        fen = given.get(row.pk, 0) if row is not None else 0
        if row is None or not fen:
            continue
        most = (row.fen or 0) - lifted_of(row)
        if not 0 < fen <= most:
            raise AppealRefused("give_back", most=yuan(most, display=True))
        charge = PayCharge.objects.filter(consequence=row).select_related("institution").first()
        if charge is not None and charge.state != PayCharge.State.POSTED:
            raise AppealRefused("charging")
        yield Lift(row, charge, fen, most)


def keep(appeal: Appeal, revision: int, found: Sequence[Lift]) -> None:
    """Keep what a revision of an upheld appeal lifts; it counts once the appeal is corrected."""
    PayLift.objects.bulk_create(
        PayLift(appeal=appeal, revision=revision, consequence=one.row, charge=one.charge, fen=one.fen)
        for one in found
    )


def of(appeal: Appeal) -> list[PayLift]:
    """What the appeal's present revision lifts."""
    rows = PayLift.objects.filter(appeal=appeal, revision=appeal.revision)
    return list(rows.select_related("consequence").order_by("pk"))


def still_so(appeal: Appeal) -> None:
    """Raise AppealRefused (changed) where a deduction came into the books, or on its way there, since."""
    for one in of(appeal):
        charge = PayCharge.objects.filter(consequence=one.consequence_id).first()
        if (charge.pk if charge else None) != one.charge_id:
            raise AppealRefused("changed")


def settle(appeal: Appeal, by: Membership) -> None:
    """The appeal is corrected: a deduction of which nothing is left is lifted as a whole."""
    for one in of(appeal):
        row = Consequence.objects.named().get(pk=one.consequence_id)
        if row.state == Consequence.State.AGREED and lifted_of(row) == row.fen:
            steps.take(
                steps.open_now("lift", row), by=by, row=row, verb="consequence.lifted",
                said={"kind": row.kind, "appeal": appeal.pk},
            )  # fmt: skip


__all__ = ["SOURCE", "Lift", "account", "keep", "lifts", "of", "settle", "still_so"]
