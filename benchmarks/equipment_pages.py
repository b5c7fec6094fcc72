"""Pages of shared equipment with 2,000 and with 200,000 bookings and uses: time and queries of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from benchmarks import asking, cloning
from benchmarks.asking import FLOOR, Page
from benchmarks.report import Section

FEW, MANY = 2_000, 200_000
DEVICES = 40
# Half-hour slots from 8:00 to 16:00, one day after the other until today and two weeks on.
BOOK = """
insert into equipment_booking (alliance_id, device_id, place, item_id, purpose, person_id, institution_id,
  booked_by_id, starts_at, ends_at, state, version, safety_confirmed, note, told_at, booked_at, reason,
  reason_text)
select %(alliance)s, d.id, 1, i.id, 'patient', %(person)s,
  case when n %% 3 = 0 then %(guest)s else d.institution_id end, %(by)s, t, t + interval '30 minutes',
  'booked', 1, true, '', t, t - interval '1 day', '', ''
from equipment_device d join equipment_examitem i on i.device_id = d.id
cross join generate_series(0, %(slots)s - 1) n
cross join lateral (
  select %(last)s::timestamptz - (n / 16) * interval '1 day' + (n %% 16) * interval '30 minutes') s(t)
where d.alliance_id = %(alliance)s
"""
USE = """
insert into equipment_usage (alliance_id, device_id, owner_id, booking_id, item_id, item_name,
  institution_id, person_id, collected_by_id, started_at, ended_at, month, fee_fen, result_ref, log_number,
  source, state, version, stated_by_id, stated_for_id, dispute)
select b.alliance_id, b.device_id, d.institution_id, b.id, b.item_id, 'x', b.institution_id, b.person_id,
  b.institution_id, b.starts_at, b.ends_at,
  date_trunc('month', b.starts_at at time zone 'Asia/Shanghai')::date,
  42000, '', '', 'booking', 'stated', 1, b.booked_by_id, d.institution_id, ''
from equipment_booking b join equipment_device d on d.id = b.device_id
where b.alliance_id = %(alliance)s and b.ends_at < now()
"""
CONFIRM = """
update equipment_usage set state = 'confirmed', confirmed_by_id = %(by)s, confirmed_at = ended_at
where alliance_id = %(alliance)s
"""


def measure() -> Section:
    """Both sizes, each in a database of its own."""
    return Section(
        "Pages of shared equipment",
        f"{MANY:,} bookings and their uses on {DEVICES} devices. {asking.HOW}",
        (asking.compare(stage, FEW, MANY),),
    )


def stage(size: int) -> Mapping[str, Page]:
    """The pages of equipment, as a member of the owner and the office of the alliance ask them."""
    from django.db import connection, transaction
    from django.utils import timezone

    from alliance.equipment.services import rooms
    from alliance.tenancy.scope import act_in
    from tests.equipment import scene
    from tests.world import make_world

    world = make_world()
    today = timezone.localdate()
    last = rooms.midnight(today + timedelta(days=14)) + timedelta(hours=8)
    with transaction.atomic(), act_in(world.qinghe), connection.cursor() as cursor:
        scene.prepare(world)
        hours = "1-7 08:00-18:00"
        devices = [
            scene.scanner(
                world, code=f"D{number:02d}", opening=hours, institution=(world.lead, world.tcm)[number % 2]
            )
            for number in range(DEVICES)
        ]
        for device in devices:
            scene.item(device)
        values = {
            "alliance": world.qinghe.pk, "person": scene.patient(world.zhao).pk, "guest": world.shiqiao.pk,
            "by": world.lin.pk, "slots": size // DEVICES, "last": last,
        }  # fmt: skip
    # Each in its transaction, with statistics between: the plans that prove keys know how large a table is.
    for statement in (BOOK, USE, CONFIRM):
        with transaction.atomic(), act_in(world.qinghe), connection.cursor() as cursor:
            cursor.execute(statement, values)
        cloning.analyze(("equipment_booking", "equipment_usage"))
    cloning.analyze(("equipment_booking", "equipment_usage", "equipment_device"))
    return _pages(world, devices[0].pk, today)


def _pages(world: Any, device: int, today: date) -> dict[str, Page]:
    base, month = "/a/qinghe/equipment", f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    owner, office = (world.client(name, HTTP_HOST="127.0.0.1") for name in ("lin", "luo"))
    found = {
        FLOOR: Page("/me/", owner),
        "calendar of a week · owner": Page(f"{base}/{device}/?day={today}", owner),
    }
    for who, client in (("owner", owner), ("office", office)):
        for what, address in (
            ("devices", "/"), ("bookings to come", "/bookings/"),
            ("bookings to settle", "/bookings/?view=act"),
            ("bookings over", "/bookings/?view=over"), ("all bookings", "/bookings/?view=all"),
            ("bookings of a device", f"/bookings/?view=all&device={device}"),
            ("bookings of a day", f"/bookings/?view=all&day={today}"),
            ("bookings of a patient", "/bookings/?view=all&q=龚建良"),
            ("uses to confirm", "/uses/"), ("usage log", "/uses/?view=all"),
            ("uses of a month", f"/uses/?view=all&month={month}"),
            ("uses of a device and month", f"/uses/?view=all&device={device}&month={month}"),
            ("figures of a month", f"/figures/?month={month}"), ("clearings", "/clearings/"),
            ("purchase requests", "/requests/"),
        ):  # fmt: skip
            found[f"{what} · {who}"] = Page(f"{base}{address}", client)
    return found
