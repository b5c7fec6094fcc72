"""Filing a complaint: by the person, by a member who takes it down, by an order that is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib import identity
from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import journal
from complaints import links, machine, sql
from complaints.categories import categories
from complaints.models import BY_ONESELF, ORDERS, Channel, Complaint, Concerned, Filer, Level
from complaints.services import limits
from complaints.services.refusals import ComplaintRefused

PURPOSE = "complaint"


@dataclass(frozen=True, slots=True)
class About:
    """What a complaint is about elsewhere: kind ("bills.bill") and id of the row, words for the page."""

    kind: str
    pk: int
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a hotline: its number and the deadlines it brings; None: those of the house hold."""

    number: str
    received_at: datetime
    first_due_at: datetime | None = None
    result_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What is said. `name` and `phone` may be ''; an anonymous one has neither. `departments` belong to the
    institution; the first answers, several make the longer limit of the result.
    """

    institution: Institution
    category: str
    text: str
    channel: str = Channel.LINK
    filer: str = Filer.SELF
    anonymous: bool = True
    name: str = ""
    phone: str = ""
    subject: str = ""
    departments: Sequence[Department] = ()
    about: About | None = None
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The complaint, the secret of its private link (shown once, kept only as a hash), and whether the same
    form had already been taken.
    """

    complaint: Complaint
    secret: str
    again: bool


def file(*, by: Membership | None, said: Said, mark: str, now: datetime) -> Filed:
    """File a complaint and start its clocks: first answer 24 h, result 5 working days (S1-67).

    `by` None: the person did it, without any account (channels "link" and "bill"); nothing of who sent it is
    kept, not even in the journal. `mark` is that of the form (`alliance.web.public.Sheet.take(...).mark`, or
    any text that is the same when the same form is sent twice): the same mark gives the same complaint.
    Another room (a questioned line of a bill) calls it inside the alliance with channel "bill" and `about`
    naming its row. Raises ComplaintRefused (text, institution, category, channel, department, anonymous,
    phone, order_number, order_known, order_future, order_due),
    PermissionDenied for a member without `complaint.enter`.
    """
    said = checked(said, now)
    _may(by, said)
    secret = links.secret(said.institution.alliance.code, PURPOSE, mark)
    known = Complaint.objects.filter(mark=hashed(mark)).first()
    if known is None:
        try:
            with transaction.atomic():
                return Filed(_store(by, said, mark, secret, now), secret, again=False)
        except IntegrityError:
            # Sent twice at the same moment: the other one was faster. Anything else is no double sending.
            known = Complaint.objects.filter(mark=hashed(mark)).first()
            if known is None:
                raise
    return Filed(known, secret, again=True)


def checked(said: Said, now: datetime) -> Said:
    """What was said, put right: blanks trimmed, number of digits only. Raises ComplaintRefused."""
    if not said.text.strip():
        raise ComplaintRefused("text")
    if not said.institution.is_active:
        raise ComplaintRefused("institution")
    kind = categories().get(said.category)
    if kind is None or not kind.offered(now.astimezone(SHANGHAI).date()):
        raise ComplaintRefused("category")
    if said.channel not in Channel.values or said.filer not in Filer.values:
        raise ComplaintRefused("channel")
    if any(one.institution_id != said.institution.pk for one in said.departments):
        raise ComplaintRefused("department")
    name, phone = said.name.strip(), said.phone.strip()
    if said.anonymous and (name or phone):
        raise ComplaintRefused("anonymous")
    _check_order(said, now)
    try:
        phone = identity.phone(phone) if phone else ""
    except identity.IdentityRefused:
        raise ComplaintRefused("phone") from None
    return replace(said, text=said.text.strip(), name=name, phone=phone, subject=said.subject.strip())


def _check_order(said: Said, now: datetime) -> None:
    order = said.order
    if (said.channel in ORDERS) != (order is not None and bool(order.number.strip())):
        raise ComplaintRefused("order_number" if said.channel in ORDERS else "channel")
    if order is None:
        return
    if order.received_at > now:
        raise ComplaintRefused("order_future")
    due = [one for one in (order.first_due_at, order.result_due_at) if one is not None]
    if any(one < order.received_at for one in due):
        raise ComplaintRefused("order_due")
    known = Complaint.objects.filter(channel=said.channel, order_number=order.number.strip()).first()
    if known is not None:
        raise ComplaintRefused("order_known", order=order.number.strip(), number=known.number)


def _may(by: Membership | None, said: Said) -> None:
    if by is None:
        if said.channel not in BY_ONESELF:
            raise PermissionDenied(_("Only a member of the house takes a complaint down."))
        return
    if not by.can(machine.IMPORT if said.channel in ORDERS else machine.ENTER):
        raise PermissionDenied(_("Only a member of the house takes a complaint down."))


def _store(by: Membership | None, said: Said, mark: str, secret: str, now: datetime) -> Complaint:
    received = said.order.received_at if said.order else now
    departments = list(dict.fromkeys(said.departments))
    row: Complaint = Complaint.objects.create(
        number=take_number(now), channel=said.channel, filer=said.filer, institution=said.institution,
        category=said.category, severity=categories()[said.category].severity, subject=said.subject,
        text=said.text, anonymous=said.anonymous, name=said.name or None, phone=said.phone or None,
        about_kind=said.about.kind if said.about else "", about_id=said.about.pk if said.about else None,
        about_text=said.about.text if said.about else "",
        order_number=said.order.number.strip() if said.order else "", entered_by=by,
        department=departments[0] if departments else None, level=Level.INSTITUTION, received_at=received,
        link_hash=hashed(secret), mark=hashed(mark), **_limits(said, received),
    )  # fmt: skip
    Concerned.objects.bulk_create(
        Concerned(complaint=row, department=one, added_by=by, added_at=now) for one in departments
    )
    journal.write(by=by, verb="complaint.filed", about=row, channel=said.channel)
    journal.step(by=by, about=row, name="file", before="", after=row.state)
    return row


def _limits(said: Said, received: datetime) -> dict[str, Any]:
    """The house's limits, or those an order brings; such a limit has no rule of ours."""
    found = limits.first(received) | limits.result(received, joint=len(set(said.departments)) > 1)
    if said.order and said.order.first_due_at:
        found |= {"first_rule": "", "first_due_at": said.order.first_due_at}
    if said.order and said.order.result_due_at:
        due = said.order.result_due_at
        found |= {"result_rule": "", "result_due_at": due, "result_stated_at": due, "provisional": False}
    return found


def take_number(now: datetime) -> str:
    """The next number of the local day, as TS-261111-0007."""
    day = now.astimezone(SHANGHAI).date()
    return f"TS-{day:%y%m%d}-{sql.next_number(day):04d}"
