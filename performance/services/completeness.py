"""Has every institution delivered its month? Below the minimum only a signed exception helps (practice 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from grouping import facts as case_books
from performance.models import MonthException
from performance.services.refusals import MoneyRefused, MonthRefused
from performance.services.rights import require

MINIMUM = "completeness.min"


@dataclass(frozen=True)
class Delivery:
    """One institution's month: discharges declared (None: nothing) and delivered, its exception if signed.

    `share` in percent, None where it cannot be formed; `expected` is False where there is nothing to deliver.
    """

    institution: Institution
    declared: int | None
    delivered: int
    minimum: Decimal
    exception: MonthException | None

    @property
    def share(self) -> Decimal | None:
        """Delivered of declared discharges in percent."""
        return Decimal(100 * self.delivered) / self.declared if self.declared else None

    @property
    def over(self) -> bool:
        """More delivered than declared: the declaration or a file is wrong."""
        return self.declared is not None and self.delivered > self.declared

    @property
    def expected(self) -> bool:
        """True for whoever has beds, declared something or delivered something."""
        return bool(self.institution.beds or self.declared is not None or self.delivered)

    @property
    def complete(self) -> bool:
        """At least the minimum has arrived; a declared zero with nothing delivered is complete."""
        if self.declared is None:
            return not self.expected
        return self.delivered * 100 >= self.minimum * self.declared and (
            self.declared > 0 or not self.delivered
        )

    @property
    def excepted(self) -> bool:
        """True when a confirmed exception lets the month go on without the rest."""
        return self.exception is not None and self.exception.confirmed_at is not None


def deliveries(
    month: Month, minimum: object = None, places: Iterable[Institution] | None = None
) -> list[Delivery]:
    """What each institution with a line of its own declared and delivered, by code; four queries.

    `minimum` is the parameter MINIMUM, `places` the active institutions by code, where the caller has read
    them: one query less each.
    """
    minimum = parameters.in_force(MINIMUM, on=month.last_day) if minimum is None else minimum
    assert isinstance(minimum, Decimal)
    rows = {row.institution_id: row for row in case_books.completeness(month)}
    signed = MonthException.objects.filter(month=month.first_day).select_related(
        "signed_by__user", "confirmed_by__user"
    )
    exceptions = {exception.institution_id: exception for exception in signed}
    if places is None:
        places = Institution.objects.filter(is_active=True).order_by("code")
    return [
        _delivery(place, rows.get(place.pk), minimum, exceptions.get(place.pk))
        for place in places if place.kind != Institution.Kind.VILLAGE
    ]  # fmt: skip


def _delivery(
    place: Institution, row: case_books.Completeness | None, minimum: Decimal, signed: MonthException | None
) -> Delivery:
    declared, delivered = (row.declared, row.delivered) if row else (None, 0)
    return Delivery(place, declared, delivered, minimum, signed)


def require_complete(month: Month) -> None:
    """Raise MonthRefused (incomplete) naming the institutions, or (pending) while cases have no group."""
    found = deliveries(month)
    lacking = [one for one in found if not one.complete and not one.excepted]
    if lacking:
        names = "、".join(one.institution.short_name for one in lacking)
        raise MonthRefused("incomplete", institutions=names, minimum=found[0].minimum)
    pending = sum(fact.pending for fact in case_books.case_facts(month))
    if pending:
        raise MonthRefused("pending", cases=pending, month=month)


@transaction.atomic
def sign_exception(*, by: Membership, institution: Institution, month: Month, reason: str) -> MonthException:
    """Sign that a month may be computed although this institution's cases are not complete.

    Raises PermissionDenied, MoneyRefused (reason, complete, signed).
    """
    require(by, "month.propose")
    if not reason.strip():
        raise MoneyRefused("reason")
    place = next((one for one in deliveries(month) if one.institution.pk == institution.pk), None)
    if place is None or place.complete:
        raise MoneyRefused("complete", institution=institution.short_name)
    try:
        with transaction.atomic():
            row = MonthException.objects.create(
                month=month.first_day, institution=institution, reason=reason.strip(),
                declared=place.declared, delivered=place.delivered, signed_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise MoneyRefused("signed", institution=institution.short_name) from None
    journal.write(by=by, verb="exception.signed", about=row, month=str(month), institution=institution.code)
    return row


@transaction.atomic
def confirm_exception(*, by: Membership, exception: MonthException, now: datetime) -> MonthException:
    """A second person agrees; from now on the exception counts. Raises PermissionDenied, MoneyRefused."""
    require(by, "month.approve")
    if exception.signed_by.user_id == by.user_id:
        raise MoneyRefused("same_person")
    waiting = MonthException.objects.filter(pk=exception.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise MoneyRefused("confirmed")
    journal.write(by=by, verb="exception.confirmed", about=exception)
    return MonthException.objects.get(pk=exception.pk)
