"""Complaints of the tests: one sentence a step."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from alliance.approvals import services as approvals
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import files
from complaints.models import BoxKeeper, Channel, Complaint
from complaints.services import filing, handling, keepers
from tests.world import World, member

_marks = itertools.count(1)


def at(text: str) -> datetime:
    """A local instant: "2026-11-11 16:20"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def people(world: World) -> None:
    """Who the cast lacks: a department head with his department, discipline inspection."""
    world.people["gu"] = member("gu", "顾一苇", world.lead, "department_head")
    world.people["gu"].department = department(world.lead)
    world.people["gu"].save()
    world.people["ji"] = member("ji", "纪明正", None, "discipline")


def appoint(world: World, who: Membership) -> BoxKeeper:
    """The first keeper of the box: proposed by Su, decided on paper, entered by Luo, checked by Meng."""
    row = keepers.propose(by=world.su, member=who, reason="理事会聘任", until=None, now=timezone.now())
    paper(world.luo, world.meng, row)
    passed(8)
    return row


def passed(days: int) -> None:
    """So many days from now, by the clock by which the database opens the box; see tests.plugin.template."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.later', %s, false)", [f"{days} days"])


def paper(enters: Membership, checks: Membership, row: BoxKeeper, **more: Any) -> None:
    """The council's decision about a keeper, with its scan."""
    approval = keepers.asked(row)[0]
    scan = files.store(
        by=enters, name="决定.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99,
    )  # fmt: skip
    said = {"document": "清医共体理〔2026〕7号", "attachment": scan, **more}
    entered = approvals.enter_outside(
        by=enters, approval=approval, verdict="yes", decided_on=date(2026, 11, 1), **said
    )
    approvals.check_outside(by=checks, outside=entered, correct=True)


def department(place: Institution) -> Department:
    """The one department of an institution of the cast."""
    return Department.objects.filter(institution=place).order_by("pk")[0]


def said(place: Institution, **more: Any) -> filing.Said:
    """What a person says of an institution."""
    plain = {"category": "charge", "text": "上午做了一次心电图，晚上又收了一次。"}
    return filing.Said(**{"institution": place, **plain, **more})


def filed(place: Institution, now: datetime, **more: Any) -> Complaint:
    """A complaint filed by nobody known."""
    return filing.file(by=None, said=said(place, **more), mark=f"m{next(_marks)}", now=now).complaint


def assigned(world: World, now: datetime, place: Institution | None = None, **more: Any) -> Complaint:
    """One with its department, given there by the complaint office of the alliance."""
    row = filed(place or world.lead, now, **more)
    return handling.assign(by=world.luo, complaint=row, departments=[department(row.institution)], now=now)


def answered(world: World, now: datetime, **more: Any) -> Complaint:
    """One with its first answer."""
    row = assigned(world, now, **more)
    return handling.answer(by=world.kong, complaint=row, text="我们查到多收一次。", now=now)


def resolved(world: World, now: datetime, **more: Any) -> Complaint:
    """One with its result."""
    row = answered(world, now, **more)
    return handling.resolve(by=world.kong, complaint=row, text="已退 30 元。", verdict="true", now=now)


def phoned(world: World, now: datetime, **more: Any) -> Complaint:
    """One taken down by telephone, with a name."""
    content = said(
        world.lead, channel=Channel.PHONE, anonymous=False, name="龚国良", phone="13800001234", **more
    )
    return filing.file(by=world.kong, said=content, mark=f"m{next(_marks)}", now=now).complaint
