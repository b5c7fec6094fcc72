"""On-site assessment of the demonstration: one visit signed, put right in part, one that waits."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground
from performance.engine.checklist import Content, Finding
from performance.engine.spans import Span, holding
from performance.models import OnsiteChecklist, OnsiteRectification, OnsiteVisit
from performance.models.onsite import INSPECT
from performance.onsite.services import afterwards, checklists, finishing, planning, receiving
from performance.onsite.services.planning import Inspector, Plan
from performance.onsite.services.receiving import Parcel, Signer
from performance.onsite.sheet import sheet_of

QUARTER = Span(Month(2026, 7), "quarter")
FIRST = date(2026, 7, 1)
SIGNED = datetime(2026, 10, 27, 15, 40)
SEED = "demonstration-2026-Q3"
RESIDENTS = 60
# What was found at the township: reason, how often, in how many of the sample, note.
FOUND: Mapping[str, tuple[str, int, int, str]] = {
    "A4": ("急救药品过期", 1, 0, "肾上腺素1支，效期 2026-09"),
    "B1": ("无每周上级查房", 2, 2, ""),
    "B2": ("缺签名", 3, 3, "首次病程记录缺上级医师签名"),
    "D1": ("未执行手卫生", 2, 1, "观察5个时机，2个未执行"),
    "D4": ("锐器盒超量", 1, 1, ""),
    "E3": ("记录不及时", 1, 1, ""),
    "F3": ("接收后未及时随访", 2, 0, "2名下转患者第5日首访"),
}
PHOTOS = ("A4", "D1", "D4")


def load(base: Ground, today: date) -> str:
    """Checklists, one visit from plan to rectification, one planned; nothing without an inspector at hand."""
    with act_in(base.alliance), transaction.atomic():
        people = [one for one in base.members.values() if one.can(INSPECT) and one.institution_id]
        towns = [place for place in base.places.values() if place.kind in ("township", "community")]
        towns.sort(key=lambda one: one.code)
        tables = {code: _published(base.office[0], code) for code in ("township", "village")}
        town = next((one for one in towns if _inspectors(people, one) and _answers(base, one)), None)
        if town is None:
            return "two checklists"
        lead = _inspectors(people, town)[0]
        _finished(base, tables["township"], town, lead)
        rooms = [one for one in base.places.values() if one.parent_id == town.pk]
        if rooms:
            _planned(base, tables["village"], min(rooms, key=lambda one: one.code), lead, today)
        return f"two checklists, {OnsiteVisit.objects.count()} visits"


def _published(by: Membership, code: str) -> OnsiteChecklist:
    made = checklists.begin(by=by, code=code, from_date=FIRST, now=local(datetime(2026, 6, 20, 10)))
    return checklists.publish(by=by, row=made, now=local(datetime(2026, 6, 25, 10)), version=None)


def _inspectors(people: list[Membership], town: Institution) -> list[Membership]:
    """Clinicians of other institutions, the lead hospital's first."""
    able = [one for one in people if "clinician" in one.roles and one.institution_id != town.pk]
    return sorted(able, key=lambda one: one.institution.code if one.institution else "")


def _answers(base: Ground, town: Institution) -> Membership | None:
    own = (one for one in base.members.values() if one.institution_id == town.pk)
    return next((one for one in own if one.can("onsite.answer")), None)


def _finished(base: Ground, table: OnsiteChecklist, town: Institution, lead: Membership) -> None:
    office, second, now = base.office[0], base.office[1], local(SIGNED)
    inspectors = [Inspector(lead, True), Inspector(second, False, ("E", "F"))]
    plan = Plan(table, town, QUARTER, SIGNED.date(), inspectors)
    visit = planning.plan(by=office, plan=plan, now=now - timedelta(days=6), seed=SEED)
    visit = planning.start(by=lead, visit=visit)
    drawn = sheet_of(visit).drawn
    for place, item in enumerate(table.checklist.items.values()):
        content = _content(item.code, list(drawn.get(item.sample, ())))
        by = second if item.code[0] in "EF" else lead
        receiving.answer(
            by=by, visit=visit, parcel=_parcel(item.code, now, place - 120), item=item.code, content=content
        )
    for code in PHOTOS:
        receiving.photo(
            by=lead, visit=visit, parcel=_parcel(f"{code}photo", now, -60), item=code, image=picture(code)
        )
    keys = [UUID(one.uid) for standing in sheet_of(visit).standing.values() for one in standing]
    inspected = Signer("inspected", "梁渊清", "院长", stroke(9), statement="B1 已安排每周三县医院专家查房。")
    for signer in (Signer("inspector", str(lead.user), image=stroke(4)), inspected):
        parcel = _parcel(signer.side, now, -3)
        receiving.sign(by=lead, visit=visit, parcel=parcel, signer=signer, answers=keys)
    visit = finishing.finish(by=lead, visit=visit, now=now)
    _afterwards(base, visit, town, lead, now)


def _content(code: str, sample: list[str]) -> Content:
    if code not in FOUND:
        return Content("met")
    reason, count, units, note = FOUND[code]
    return Content("deducted", (Finding(reason, count),), tuple(sorted(sample[:units])), note)


def _afterwards(base: Ground, visit: OnsiteVisit, town: Institution, lead: Membership, now: datetime) -> None:
    """One statement waits for its answer; of the rectifications one is closed, one waits, one failed."""
    own = _answers(base, town)
    assert own is not None, "asked before"
    result = visit.results.get(item="F3")  # type: ignore[attr-defined]
    afterwards.state(
        by=own,
        result=result,
        text="其中1名患者转至敬老院，第2日已由敬老院医务室访视。",
        now=now + timedelta(days=2),
    )
    rows = {row.result.item: row for row in OnsiteRectification.objects.filter(result__visit=visit)}
    for code, said in (
        ("A4", "已更换并逐班清点。"),
        ("D4", "已更换锐器盒，增设提示。"),
        ("D1", "已培训并每周抽查。"),
    ):
        proof = [Upload(f"{code}.png", [picture(code)], "image/png", 1 << 20)]
        row = afterwards.reply(by=own, row=rows[code], said=said, uploads=proof, now=now + timedelta(days=5))
        rows[code] = row
    again = now + timedelta(days=8)
    afterwards.recheck(by=lead, row=rows["A4"], holds=True, found="急救车账物相符，无过期。", now=again)
    afterwards.recheck(by=lead, row=rows["D1"], holds=False, found="复查5个时机，仍有1个未执行。", now=again)


def _planned(base: Ground, table: OnsiteChecklist, room: Institution, lead: Membership, today: date) -> None:
    """This quarter's visit to a village room, to be carried out today."""
    numbers = [f"{room.code}-{number:04}" for number in range(1, RESIDENTS + 1)]
    inspectors = [Inspector(lead, True), Inspector(base.office[1], False, ("D", "E", "F"))]
    quarter = holding(Month.of(today), "quarter")
    plan = Plan(table, room, quarter, today, inspectors, numbers)
    planning.plan(by=base.office[0], plan=plan, now=local(datetime.combine(today, SIGNED.time())), seed=SEED)


def _parcel(name: str, now: datetime, minutes: int) -> Parcel:
    return Parcel(uuid5(NAMESPACE_URL, f"{SEED}:{name}"), now + timedelta(minutes=minutes), now)


def picture(seed: str, width: int = 240, height: int = 180) -> bytes:
    """A drawn stand-in for a photo: no camera was there."""
    tint = sum(seed.encode())
    rows = [
        bytes(
            part
            for x in range(width)
            for part in (
                (tint + x // 24 * 12) % 120 + 110,
                (tint * 3 + y // 18 * 10) % 100 + 120,
                200 if (x // 40 + y // 30) % 2 else 170,
            )
        )
        for y in range(height)
    ]
    return _png(width, height, 2, rows)


def stroke(turns: int, width: int = 320, height: int = 120) -> bytes:
    """A line that goes up and down, as a signature does."""
    grid = [bytearray(b"\xff" * width) for _row in range(height)]
    for x in range(20, width - 20):
        phase = (x * turns) % 100
        y = 25 + (phase if phase < 50 else 100 - phase) + x // 20
        for thick in range(3):
            grid[y + thick][x] = 30
    return _png(width, height, 0, [bytes(row) for row in grid])


def _png(width: int, height: int, colours: int, rows: list[bytes]) -> bytes:
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, colours, 0, 0, 0))
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(part).to_bytes(4, "big") + kind + part + zlib.crc32(kind + part).to_bytes(4, "big")
        for kind, part in parts
    )
