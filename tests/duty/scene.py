"""The cast with heads, a coder, an insurance office and inspectors; a version in force and an open round."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from alliance.models import Department
from alliance.services import calendar
from performance.duty.models import LetterVersion, Signature, SigningRound
from performance.duty.services import rounds, signing, versions
from tests.world import PASSWORD, World, member

NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
TODAY, DUE = date(2026, 11, 12), date(2026, 11, 30)


def people(world: World) -> None:
    """Call inside act_in: at the lead hospital a head and a clinician of one department, and others."""
    calendar.seed(since=2026)
    ward = Department.objects.get(institution=world.lead, code="03")
    world.people["fang"] = member("fang", "方医保", world.lead, "insurance_office")
    world.people["ji"] = member("ji", "纪书记", None, "discipline")
    world.people["pei"] = member("pei", "裴大夫", world.lead, "clinician")
    for name in ("wu", "pei"):
        world.people[name].department = ward
        world.people[name].save()
    for name in ("wu", "pei", "lin", "zhao"):
        user = world.people[name].user
        user.set_password(PASSWORD)
        user.save()


def in_force(world: World, on: date = TODAY, now: datetime = NOW, **change: Any) -> LetterVersion:
    """The shipped text, entered by one person of the office and put in force by the other."""
    said: dict[str, Any] = {"decided_by": "管理委员会", "document": "医共体〔2026〕9号", **change}
    row = versions.enter(by=world.luo, text=versions.shipped(), from_date=on, now=now, **said)
    return versions.enforce(by=world.meng, version=row, now=now)


def opened(world: World, version: LetterVersion | None = None) -> SigningRound:
    """A round of a version until the end of November."""
    version = version or in_force(world)
    return rounds.open_round(by=world.luo, version=version, year=2026, due_on=DUE, now=NOW)


def signed(by: Any, version: LetterVersion, now: datetime = NOW, **change: Any) -> Signature:
    """As on the page."""
    read = [one["code"] for one in version.clauses]
    said: dict[str, Any] = {"seen": version.digest, "read": read, "password": PASSWORD, **change}
    return signing.sign(by=by, now=now, **said)


def signed_once(world: World) -> Signature:
    """A version in force, a round, one signature in it; call inside act_in."""
    return signing.keep(by=world.zhao, version=opened(world).version, now=NOW)
