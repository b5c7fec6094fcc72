"""What an upheld appeal changes: the numbers it corrects, and the entries that follow (practice 3, 4).

A pot is divided anew by corrected points, a month is computed anew from its frozen inputs with corrected
facts: the same engines, so that a correction is exactly the difference to what should have been.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import F, Q

from performance.accounts import institution_code, person_code
from performance.appeals import values
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import month, standing
from performance.appeals.services.deciding import Decision, Draft, FactKey
from performance.deductions.services import lifting
from performance.dues import flowing
from performance.engine.pay.redlines import WITHIN_TOTAL
from performance.models import Appeal, AppealLine, PayLine, PayPot

__all__ = [
    "Decision", "Draft", "FactKey", "changes", "drafts", "pay_lines", "present", "waiting_pots",
]  # fmt: skip

About, Bearer = AppealLine.About, Appeal.Bearer
PAY_LINE = ("pot__pool", "pot__institution", "pot__department", "pot__team", "plan", "staff")


def drafts(appeal: Appeal, decision: Decision) -> list[Draft]:
    """All entries that follow, those who get or give as well as who bears it; they add up to zero.

    Raises AppealRefused (value, value_below, value_above, points, fact, give_back, charging, bearer,
    not_frozen, blocked, red_line).
    """
    lines = list(
        AppealLine.objects.filter(appeal=appeal).select_related(
            "pay_line__pot__pool", "pay_line__pot__institution", "pay_line__plan", "deduction__institution",
            "own__run__scheme", "value__settlement__pool", "score__settlement__pool", "appeal",
            "pay_line__staff", "case__institution",
        )
    )  # fmt: skip
    values.of_lines(lines, dict(decision.values))
    found = [*_of_pots(lines, decision), *month.drafts(lines, decision), *_of_deductions(lines, decision)]
    if found and decision.bearer not in Bearer.values:
        raise AppealRefused("bearer")
    return found


def changes(decision: Decision, found: Sequence[Draft]) -> None:
    """Raise AppealRefused (same) where nothing is another number by a decision."""
    if (
        not found
        and decision.from_month is None
        and not decision.values
        and not decision.cases
        and not any(decision.give_back.values())
    ):
        raise AppealRefused("same")


def pay_lines(lines: Sequence[AppealLine]) -> list[PayLine]:
    """The lines of pay an appeal may correct: those it names, and of a person's indicator those in the books
    that the person has of its month. Where the plan was written anew since, the person's line of the plan
    that counts now.
    """
    named = [line.pay_line for line in lines if line.pay_line is not None]
    found = {row.pk: row for row in map(present, named)}
    people = {line.staff_id: line.appeal.month for line in lines if line.about == About.OWN}
    if people:
        rows = PayLine.objects.filter(
            staff__in=people, pot__pool__month__in=set(people.values()), pot__state=PayPot.State.POSTED,
            plan=F("pot__plan"),
        )  # fmt: skip
        more = rows.select_related(*PAY_LINE)
        found |= {row.pk: row for row in more.order_by("pk") if row.pk not in found}
    return list(found.values())


def present(row: PayLine) -> PayLine:
    """The same person's line in the plan of the pot that counts; the line itself where it has none there."""
    if row.plan_id == row.pot.plan_id or row.pot.state not in PayPot.WITH_LINES:
        return row
    rows = PayLine.objects.filter(plan=row.pot.plan_id, staff=row.staff_id)
    later: PayLine | None = rows.select_related(*PAY_LINE).first()
    return later or row


def waiting_pots(lines: Sequence[AppealLine]) -> list[PayPot]:
    """Pots whose lines the appeal names or rests on and that are not in the books: a correction of theirs
    waits for that. Two queries.
    """
    own = Q(lines__in=[line.pay_line_id for line in lines if line.pay_line_id is not None])
    for line in lines:
        if line.about == About.OWN and line.staff_id is not None:
            own |= Q(lines__staff=line.staff_id, pool__month=line.appeal.month, plan=F("lines__plan"))
    gone = [PayPot.State.POSTED, PayPot.State.REVERSED]
    rows = PayPot.objects.named().filter(own).exclude(state__in=gone).distinct()
    return list(rows.order_by("pk"))


def _of_pots(lines: list[AppealLine], decision: Decision) -> Iterator[Draft]:
    """Each pot once, divided anew by all corrected points of its people."""
    by_pot: dict[int, dict[int, Decimal]] = defaultdict(dict)
    pots: dict[int, PayPot] = {}
    known = pay_lines(lines)
    if not decision.points.keys() <= {pay.pk for pay in known}:
        raise AppealRefused("strange")
    for pay in known:
        if pay.pk not in decision.points:
            continue
        if pay.pot.state != PayPot.State.POSTED or pay.plan_id != pay.pot.plan_id:
            raise AppealRefused("pot", place=pay.pot.place)
        points = decision.points[pay.pk]
        if not points.is_finite() or points < 0:
            raise AppealRefused("points", name=str(pay.staff))
        by_pot[pay.pot_id][pay.pk] = points
        pots[pay.pot_id] = pay.pot
    for pk, corrected in sorted(by_pot.items()):
        yield from _of_pot(pots[pk], corrected, decision.bearer)


def _of_pot(pot: PayPot, points: Mapping[int, Decimal], bearer: str) -> Iterator[Draft]:
    """Each line's difference between the pot divided as it stands and with the corrected points."""
    rows = list(
        PayLine.objects.filter(plan=pot.plan_id).select_related("staff__institution").order_by("staff__code")
    )
    earlier = standing.of_lines([row.pk for row in rows])
    now = {row.pk: earlier.points.get(row.pk, row.points) for row in rows}
    whole = pot.fen + flowing.money_of([pot.pk]).get(pot.pk, 0)
    so_far = flowing.among(pot, rows, now, whole)
    corrected = flowing.among(pot, rows, {**now, **points}, whole)
    moved = 0
    divided = {
        "pot_fen": whole, "points_of_all": str(sum(now.values())),
        "corrected_of_all": str(sum({**now, **points}.values())),
    }  # fmt: skip
    for row in rows:
        if bearer == Bearer.SOURCE and row.pk not in points:
            continue
        fen = corrected[row.pk] - so_far[row.pk]
        if row.pk in points:  # what the level above has given for this very line is part of the difference
            fen -= earlier.borne_above.get(row.pk, 0)
        if fen:
            moved += fen
            before = row.fen + earlier.fen.get(row.pk, 0)
            right = points.get(row.pk, now[row.pk])
            why = {"rule": "pay.pot", "points": str(now[row.pk]), "corrected": str(right), **divided}
            yield Draft(
                person_code(row.staff), fen, row.staff.institution, row.staff, row,
                before_fen=before, after_fen=before + fen, why=why,
            )  # fmt: skip
    if moved:
        if pot.pool.source in WITHIN_TOTAL:
            month.within_total(pot.pool.period, {pot.institution_id: moved})
        yield Draft(institution_code(pot.institution), -moved, pot.institution, why={"rule": "pay.pot"})


def _of_deductions(lines: list[AppealLine], decision: Decision) -> Iterator[Draft]:
    """A deduction or a part of it is owed no longer: where it is in the books, the institution owes so much
    less, and what was taken beyond that comes back with the next pool; the source bears it.
    """
    for one in lifting.lifts(lines, decision.give_back):
        if one.charge is None:
            continue
        place, why = one.charge.institution, {"rule": "deduction", "consequence": one.row.pk}
        owed = -one.most
        yield Draft(
            lifting.account(place).code, one.fen, place, before_fen=owed, after_fen=owed + one.fen, why=why
        )
        yield Draft(lifting.SOURCE, -one.fen, why=why)
