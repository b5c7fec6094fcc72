"""Pages of shared equipment with 2,000 and with 200,000 bookings and uses: time and queries of an answer."""

from __future__ import annotations

from datetime import timedelta
from statistics import quantiles
from time import perf_counter
from typing import Any

from benchmarks.report import Section, Table
from benchmarks.servers import own_database

FEW, MANY = 2_000, 200_000
DEVICES, ASKED = 40, 40
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
PAGES = (
    "calendar of a week",
    "devices",
    "bookings to come",
    "all bookings",
    "usage log",
    "figures of a month",
)


def measure() -> Section:
    """Both sizes, each in a database of its own."""
    found = {size: _at(size) for size in (FEW, MANY)}
    rows = [
        (
            page, f"{found[MANY][page][0]:.0f}", f"{found[MANY][page][1]:.0f}",
            f"{found[FEW][page][2]}", f"{found[MANY][page][2]}",
        )
        for page in PAGES
    ]  # fmt: skip
    return Section(
        "Pages of shared equipment",
        f"{MANY:,} bookings and their uses on {DEVICES} devices; each page asked {ASKED} times by a member "
        "of the owner, through all middleware, in one process; the last columns count queries.",
        (
            Table(
                ("page", "median ms", "95th percentile ms", f"queries at {FEW:,}", f"queries at {MANY:,}"),
                tuple(rows),
            ),
        ),
    )


def _at(size: int) -> dict[str, tuple[float, float, int]]:
    """Median and 95th percentile in milliseconds and the number of queries, by page."""
    with own_database():
        client, addresses = _stage(size)
        found = {}
        for page, address in addresses.items():
            for _warm in range(3):
                assert client.get(address).status_code == 200, address
            times = sorted(_time(client, address) for _turn in range(ASKED))
            found[page] = (quantiles(times, n=2)[0], quantiles(times, n=20)[-1], _queries(client, address))
        return found


def _time(client: Any, address: str) -> float:
    begun = perf_counter()
    client.get(address)
    return (perf_counter() - begun) * 1000


def _queries(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def _stage(size: int) -> tuple[Any, dict[str, str]]:
    """The cast with devices and bookings; a browser of the owner's, the addresses of the pages."""
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
        for statement in (BOOK, USE, CONFIRM):
            cursor.execute(statement, values)
    with transaction.atomic(), act_in(world.qinghe), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    _analyze()
    base, month = "/a/qinghe/equipment", today.strftime("%Y-%m")
    return world.client("lin", HTTP_HOST="127.0.0.1"), {
        "calendar of a week": f"{base}/{devices[0].pk}/?day={today}", "devices": f"{base}/",
        "bookings to come": f"{base}/bookings/", "all bookings": f"{base}/bookings/?view=all",
        "usage log": f"{base}/uses/?view=all", "figures of a month": f"{base}/figures/?month={month}",
    }  # fmt: skip


def _analyze() -> None:
    """Statistics as autovacuum keeps them on a server."""
    from benchmarks import house

    with house.owner() as link:
        for table in ("equipment_booking", "equipment_usage", "equipment_device"):
            link.execute(f"analyze {table}")
