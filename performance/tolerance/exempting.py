"""What a decision on error tolerance exempts, and how much of it (S1-72, S2-54)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from alliance.models import Membership
from alliance.services import journal
from performance.models import ClawbackShare, Consequence
from performance.tolerance import services
from performance.tolerance.models import COVERED, Exemption, ToleranceCase
from performance.tolerance.services import ToleranceRefused

Bearer = ClawbackShare.Bearer


def lines_of(case: ToleranceCase) -> tuple[list[ClawbackShare], list[Consequence]]:
    """What may be exempted: shares that are the party's (`shares_of`), and consequences of the institution
    that are in force; not those exempted already, at most a hundred.
    """
    shares = shares_of(case).exclude(pk__in=Exemption.objects.filter(share__isnull=False).values("share"))
    consequences = Consequence.objects.filter(institution=case.institution_id).exclude(
        pk__in=Exemption.objects.filter(consequence__isnull=False).values("consequence")
    )
    named = shares.select_related("clawback__statement", "staff", "department", "institution", "line__result")
    return list(named.order_by("-pk")[:100]), list(consequences.order_by("-pk")[:100])


def shares_of(case: ToleranceCase) -> Any:
    """Shares of posted claw-backs a decision may exempt: of the case it names, else any; borne by the person
    it is about, or by the department of either; by the institution itself only of a case that is named.

    The database holds the same (tolerance_true_exemption).
    """
    person = case.person
    theirs = Q(bearer=Bearer.PERSON, staff__user=person.user_id)
    if near := [one for one in (case.department_id, person.department_id) if one]:
        theirs |= Q(bearer=Bearer.DEPARTMENT, department__in=near)
    shares = ClawbackShare.objects.filter(institution=case.institution_id, clawback__state="posted")
    if case.case_id is None:
        return shares.filter(theirs)
    return shares.filter(theirs | Q(bearer=Bearer.INSTITUTION), line__case=case.case_id)


@transaction.atomic
def exempt(*, by: Membership, case: ToleranceCase, line: Any, now: datetime) -> Exemption:
    """Mark a deduction or a consequence as exempted by this decision; the line itself stays as it is.

    From now on nothing more than what is not exempted is taken of anybody; what was taken before is given
    back by a correction (`reliefs`). A consequence is borne by the institution already: it moves no money.

    Raises PermissionDenied, ToleranceRefused (not_covered, line, party, exempted).
    """
    services.runs(by, case)
    if case.state != case.State.DECIDED or case.outcome not in COVERED:
        raise ToleranceRefused("not_covered")
    if line is None or line.institution_id != case.institution_id:
        raise ToleranceRefused("line")
    key = "share" if isinstance(line, ClawbackShare) else "consequence"
    if key == "share" and not shares_of(case).filter(pk=line.pk).exists():
        raise ToleranceRefused("party")
    try:
        with transaction.atomic():
            made: Exemption = Exemption.objects.create(case=case, marked_by=by, marked_at=now, **{key: line})
    except IntegrityError:
        raise ToleranceRefused("exempted") from None
    journal.write(by=by, verb="tolerance.exempted", about=case, line=f"{key} {line.pk}")
    return made


def fen_of(exemption: Exemption) -> int:
    """How much of its share is exempted, half-up to the fen; 0 without a share or a decided percentage.

    The database counts the same (tolerance_exempted).
    """
    covered = exemption.case.covered
    if exemption.share is None or covered is None:
        return 0
    exact = Decimal(exemption.share.fen) * covered / 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def of_shares(pks: Sequence[int]) -> dict[int, Exemption]:
    """Of shares of claw-backs those a decision exempts: id -> its exemption; one query."""
    rows = Exemption.objects.filter(share__in=pks).select_related("case", "share")
    return {row.share_id: row for row in rows if row.share_id is not None}


def left_of(shares: Sequence[ClawbackShare]) -> dict[int, int]:
    """What their bearers have to bear with what decisions exempt, fen by id of the share; one query."""
    exempted = of_shares([one.pk for one in shares])
    return {one.pk: one.fen - (fen_of(exempted[one.pk]) if one.pk in exempted else 0) for one in shares}


def exempting(consequence: int) -> ToleranceCase | None:
    """The case whose decision exempts a consequence, or None."""
    row = Exemption.objects.filter(consequence=consequence).select_related("case").first()
    return row.case if row else None
