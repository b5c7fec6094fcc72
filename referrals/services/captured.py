"""Down-referrals found in case files, matched with logged ones; what does not match is a queue (S3-33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from grouping.readmission import joined
from referrals.machine import CAME
from referrals.measuring import bounds
from referrals.models import CapturedDown, Referral
from referrals.services.refusals import ReferralRefused


@dataclass(frozen=True)
class Captured:
    """One institution's month of down-referrals in its case files, by ids.

    matched: cases a logged referral goes with; confirmed: cases without one that are down-referrals after
    all; open: not decided yet; refused: no referral. logged_only: referrals that arrived without a stay.
    """

    institution_id: int
    matched: tuple[int, ...]
    confirmed: tuple[int, ...]
    open: tuple[int, ...]
    refused: tuple[int, ...]
    logged_only: tuple[int, ...]

    @property
    def count(self) -> int:
        """Down-referrals by the case files, matched or confirmed."""
        return len(self.matched) + len(self.confirmed)


def found(month: Month) -> list[joined.FoundDown]:
    """The down-referrals of a month by its case files, whoever sent them."""
    return joined.found_down(month)


def overlaps(month: Month) -> list[joined.Overlap]:
    """Matched down-referrals whose stays overlap: the sender discharged after the receiver admitted."""
    return joined.overlaps(month)


def facts(month: Month, stays: Sequence[joined.FoundDown] | None = None) -> list[Captured]:
    """One row for each institution that has any, by id; a fixed number of queries.

    `stays` saves judging the month again where they have been asked for.
    """
    downs, decided = found(month) if stays is None else stays, verdicts(month)
    lone = logged_only(month)
    places = sorted({one.institution_id for one in downs} | set(lone))

    def cases(place: int, verdict: str) -> tuple[int, ...]:
        own = (one for one in downs if one.institution_id == place and not one.number)
        return tuple(one.case for one in own if decided.get(one.case, "") == verdict)

    return [
        Captured(
            place, tuple(one.case for one in downs if one.institution_id == place and one.number),
            cases(place, CapturedDown.Verdict.REFERRAL), cases(place, ""),
            cases(place, CapturedDown.Verdict.NONE), tuple(lone.get(place, ())),
        )
        for place in places
    ]  # fmt: skip


def verdicts(month: Month) -> dict[int, str]:
    """What was decided, by case."""
    rows = CapturedDown.objects.filter(month=month.first_day)
    return dict(rows.values_list("case", "verdict"))


def logged_only(month: Month) -> dict[int, list[int]]:
    """Down-referrals that arrived in the month and join no stay of the sender, by sending institution."""
    begin, end = bounds(month)
    rows = Referral.objects.filter(
        ~joined.came_from_stay(), direction="down", state__in=CAME, arrived_at__gte=begin, arrived_at__lt=end
    )
    lone: dict[int, list[int]] = {}
    for pk, place in rows.order_by("pk").values_list("pk", "origin_institution"):
        lone.setdefault(place, []).append(pk)
    return lone


@transaction.atomic
def decide(
    *, by: Membership, month: Month, case: int, verdict: str, note: str, now: datetime
) -> CapturedDown:
    """Say of a stay without a logged referral that it was a down-referral, or that it was none, and why.

    Raises PermissionDenied, ReferralRefused (captured_gone, verdict, note, captured_decided).
    """
    stay = next((one for one in found(month) if one.case == case and not one.number), None)
    if stay is None or not by.sees(stay.institution_id):
        raise ReferralRefused("captured_gone")
    if not by.can("referral.capture"):
        raise PermissionDenied(_("Your role does not include this step."))
    if verdict not in CapturedDown.Verdict.values:
        raise ReferralRefused("verdict")
    if verdict == CapturedDown.Verdict.NONE and not note.strip():
        raise ReferralRefused("note")
    try:
        with transaction.atomic():
            row: CapturedDown = CapturedDown.objects.create(
                month=month.first_day, case=case, institution_id=stay.institution_id,
                person_id=stay.person_id, verdict=verdict, note=note.strip()[:300], decided_by=by,
                decided_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise ReferralRefused("captured_decided") from None
    journal.write(by=by, verb="referral.capture_decided", about=row, verdict=verdict)
    return row
