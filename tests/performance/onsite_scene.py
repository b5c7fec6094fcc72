"""A village visit of Qinghe: residents drawn, two inspectors from the county, answered and signed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from alliance.lib.period import Month
from performance.engine.checklist import Content, Finding
from performance.engine.spans import Span
from performance.models import OnsiteChecklist, OnsiteVisit
from performance.onsite.services import checklists, finishing, planning, receiving
from performance.onsite.services.planning import Inspector, Plan
from performance.onsite.services.receiving import Parcel, Signer
from performance.onsite.sheet import sheet_of
from tests.world import World

QUARTER = Span(Month(2026, 7), "quarter")
DAY = date(2026, 9, 22)
NOW = datetime(2026, 9, 22, 2, tzinfo=UTC)
RESIDENTS = [f"QH11V1-{number:04}" for number in range(1, 41)]
SEED = "ab" * 16
MET = Content("met")


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


# One grey point as PNG, and a JPEG with the place where it was taken.
PNG = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    + chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b"")
)  # fmt: skip
EXIF = b"Exif\0\0GPS 30.123 120.456"
JPEG = (
    b"\xff\xd8\xff\xe1" + (len(EXIF) + 2).to_bytes(2, "big") + EXIF
    + b"\xff\xdb\x00\x04\x00\x01\xff\xda\x00\x04\x00\x00picture\xff\xd9" + b"hidden tail"
)  # fmt: skip


def published(world: World, code: str = "village") -> OnsiteChecklist:
    """A shipped checklist in force from July."""
    made = checklists.begin(by=world.luo, code=code, from_date=date(2026, 7, 1), now=NOW)
    return checklists.publish(by=world.luo, row=made, now=NOW, version=None)


def planned(world: World, lead: str = "lin", member: str = "tan", **change: Any) -> OnsiteVisit:
    """A visit to the village room; the member has sections D to F."""
    table = change.pop("checklist", None) or published(world)
    given: dict[str, Any] = {
        "checklist": table, "institution": world.liulin, "quarter": QUARTER, "planned_on": DAY,
        "inspectors": [
            Inspector(world.people[lead], True),
            Inspector(world.people[member], False, ("D", "E", "F")),
        ],
        "residents": RESIDENTS,
    }  # fmt: skip
    return planning.plan(by=world.luo, plan=Plan(**(given | change)), now=NOW, seed=SEED)


def begun(world: World, **change: Any) -> OnsiteVisit:
    """The same, under way."""
    return planning.start(by=world.lin, visit=planned(world, **change))


def parcel(uid: UUID | None = None) -> Parcel:
    return Parcel(uid or uuid4(), NOW, NOW)


def deducted(reason: str, count: int = 1, **more: Any) -> Content:
    return Content("deducted", (Finding(reason, count),), **more)


def answered(
    world: World, visit: OnsiteVisit, item: str, content: Content = MET, by: str = "lin", **more: Any
) -> Any:
    """One answer; unless told otherwise it replaces what stands."""
    if "replaces" not in more:
        standing = sheet_of(visit).standing.get(item, ())
        more["replaces"] = [UUID(one.uid) for one in standing]
    given = {"parcel": parcel(), **more}
    return receiving.answer(by=world.people[by], visit=visit, item=item, content=content, **given)


def all_answered(world: World, visit: OnsiteVisit, said: Mapping[str, Content]) -> None:
    """Every item; what is not said otherwise is met."""
    for item in visit.checklist.checklist.items:
        content = said.get(item, MET)
        receiving.answer(by=world.lin, visit=visit, parcel=parcel(), item=item, content=content)


def signed_by_both(world: World, visit: OnsiteVisit, **refusal: str) -> None:
    """Both sides sign what stands; with a reason and a witness the inspected refuses."""
    keys = [UUID(one.uid) for standing in sheet_of(visit).standing.values() for one in standing]
    inspected = (
        Signer("inspected", "", refused=True, **refusal)
        if refusal
        else Signer("inspected", "吕村医", duty="乡村医生", image=PNG)
    )
    for signer in (Signer("inspector", "林静", image=PNG), inspected):
        receiving.sign(by=world.lin, visit=visit, parcel=parcel(), signer=signer, answers=keys)


def signed(world: World, said: Mapping[str, Content], **change: Any) -> OnsiteVisit:
    """A visit from plan to copy."""
    visit = begun(world, **change)
    all_answered(world, visit, said)
    signed_by_both(world, visit)
    return finishing.finish(by=world.lin, visit=visit, now=NOW)
