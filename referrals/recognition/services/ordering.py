"""Ordering an examination: what the alliance already holds is shown, a decision is due within 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from alliance.models import Department, Membership, Person
from alliance.services import calendar, journal, parameters
from referrals.recognition import sql
from referrals.recognition.models import Offer, Order, Result
from referrals.recognition.services.common import item_on, local_day, own_place, require, staff_of
from referrals.recognition.services.refusals import RecognitionRefused

MOST_SHOWN = 10  # valid results of one family; the latest are shown first


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is ordered: the item by code; `external_number` is that of the hospital's own system, or ''."""

    item: str
    indication: str = ""
    emergency: bool = False
    external_number: str = ""
    department: Department | None = None


@transaction.atomic
def place(*, by: Membership, person: Person, wanted: Wanted, now: datetime) -> tuple[Order, bool]:
    """Order an examination and show the valid results of the patient in the whole alliance.

    Returns the order and whether it is new: the same external number again is the same order. The decision
    is due after the rule in force (S3-10, wall clock); with no valid result the order is clear at once.
    Raises PermissionDenied and RecognitionRefused.
    """
    require(by, "recognition.order")
    house, day = own_place(by), local_day(now)
    if wanted.department is not None and wanted.department.institution_id != house.pk:
        raise RecognitionRefused("department")
    known = Order.objects.filter(institution=house, external_number=wanted.external_number)
    if wanted.external_number and (order := known.select_related("item").first()):
        if (order.person_id, order.item.code) != (person.pk, wanted.item):
            raise RecognitionRefused("external_number", number=wanted.external_number)
        return order, False
    item = item_on(wanted.item, day)
    rule = parameters.rule_in_force("cp.recognition_time", on=day)
    order = Order.objects.create(
        number=f"HR{day:%y%m%d}-{sql.next_number(day):04d}", person=person, institution=house,
        department=wanted.department or by.department, ordered_by=by, ordering_doctor=staff_of(by),
        item=item, family=item.family, indication=wanted.indication.strip(), emergency=wanted.emergency,
        external_number=wanted.external_number, ordered_at=now, due_rule=rule,
        due_at=calendar.deadline(now, rule).due_at,
    )  # fmt: skip
    return _shown(by, order, now), True


def _shown(by: Membership, order: Order, now: datetime) -> Order:
    """Keep which results were put before the doctor; none: the order needs no decision."""
    found = list(Result.objects.valid_for(person=order.person_id, family=order.family, at=now)[:MOST_SHOWN])
    Offer.objects.bulk_create(
        Offer(order=order, result=result, rank=rank) for rank, result in enumerate(found, start=1)
    )
    others = [result.pk for result in found if result.institution_id != order.institution_id]
    journal.write(
        by=by, verb="recognition.ordered", about=order, item=order.item.code,
        shown=[result.pk for result in found], of_other_members=others,
    )  # fmt: skip
    journal.step(by=by, about=order, name="order", before="", after=order.state)
    if found:
        return order
    cleared: Order = Order.objects.claim(
        order.pk,
        expect={"state": Order.State.OPEN},
        change={"state": Order.State.CLEAR, "decided_at": now, "version": F("version") + 1},
    )
    journal.step(by=by, about=cleared, name="clear", before=Order.State.OPEN, after=cleared.state)
    return cleared
