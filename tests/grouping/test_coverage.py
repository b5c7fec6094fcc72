"""Until when the alliance knows who came back: whole months of every member, not the newest row anywhere."""

from __future__ import annotations

from datetime import date

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import jobs
from grouping.readmission import facts
from grouping.readmission.coverage import coverage
from grouping.services import declarations, intake, publishing
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import HOME, browser, inside, text
from tests.world import World

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
Row = dict[str, str]


def stays(place: Institution, month: int, count: int, **changes: str) -> list[Row]:
    """Discharges of the 12th of a month of 2026."""
    return [
        front_page(
            place.organisation, f"M{month}-{number}", A11=f"{place.code}人{number}",
            B12=f"2026-{month:02}-08 09:00:00", B15=f"2026-{month:02}-12 10:00:00", **changes,
        )
        for number in range(count)
    ]  # fmt: skip


def deliver(world: World, rows: list[Row], today: date) -> None:
    with inside(world):
        file, _made = intake.receive_file(by=world.luo, name="x.csv", content=[as_csv(rows)], today=today)
    jobs.drain(world.qinghe)
    with inside(world):
        file.refresh_from_db()
        publishing.publish(by=world.luo, file=file)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))


def end(world: World, month: Month = OCTOBER) -> date:
    with inside(world):
        return coverage(month).last_day


def test_a_village_room_that_declares_awaits_no_file_of_its_own(scene: World) -> None:
    deliver(scene, stays(scene.lead, 10, 4), date(2026, 11, 9))
    before = end(scene)
    with inside(scene):
        declarations.declare(
            by=scene.luo, institution=scene.liulin, month=OCTOBER, discharges=3, total_fen=300
        )
    assert end(scene) == before


def test_one_early_row_of_november_does_not_complete_november(scene: World) -> None:
    """It made October look fully judged: its thirty days seemed to have passed with data."""
    deliver(scene, stays(scene.lead, 10, 4), date(2026, 11, 9))
    assert end(scene) == date(2026, 10, 31)
    early = front_page(scene.lead.organisation, "N1", B12="2026-10-30 09:00:00", B15="2026-11-02 10:00:00",
                       B20="3")  # fmt: skip
    deliver(scene, [*stays(scene.lead, 10, 4), early], date(2026, 11, 9))
    assert end(scene) == date(2026, 10, 31)
    with inside(scene):
        used = facts.windows(OCTOBER)
        assert {one.excluded for one in facts.judge([OCTOBER], used) if one.month == OCTOBER} == {"window"}
    # Nor does the same stray row in a file that comes long after November.
    deliver(scene, [*stays(scene.lead, 10, 4), early | {"A48": "N2"}], date(2026, 12, 5))
    assert end(scene) == date(2026, 10, 31)


def test_a_month_is_known_once_every_member_that_delivers_has_delivered_it(scene: World) -> None:
    for place in (scene.lead, scene.shiqiao):
        deliver(scene, stays(place, 9, 3), date(2026, 10, 9))
    deliver(scene, stays(scene.lead, 10, 3), date(2026, 11, 9))
    with inside(scene):
        found = coverage(OCTOBER)
        assert (found.last_day, found.next, found.missing) == (
            date(2026, 9, 30), OCTOBER, (scene.shiqiao.pk,),
        )  # fmt: skip
    assert end(scene, NOVEMBER) == date(2026, 9, 30)  # asked of a later month: the same hole
    deliver(scene, stays(scene.shiqiao, 10, 3), date(2026, 11, 9))
    assert end(scene) == end(scene, NOVEMBER) == date(2026, 10, 31)


def test_a_file_of_a_running_month_does_not_cover_it(scene: World) -> None:
    deliver(scene, stays(scene.lead, 10, 3), date(2026, 10, 20))
    assert end(scene) == date(2026, 9, 30)


def test_a_declared_month_must_be_there_and_one_declared_empty_is(scene: World) -> None:
    with inside(scene):
        for month, discharges in ((OCTOBER, 8), (NOVEMBER, 0)):
            declarations.declare(
                by=scene.lin, institution=scene.lead, month=month, discharges=discharges, total_fen=1
            )
    deliver(scene, stays(scene.lead, 10, 3), date(2026, 11, 9))
    assert end(scene) == date(2026, 9, 30)  # three of eight are no month
    deliver(scene, stays(scene.lead, 10, 8), date(2026, 11, 9))
    assert end(scene) == date(2026, 11, 30)


def test_the_pages_say_how_far_the_data_reach_and_whom_they_wait_for(scene: World) -> None:
    for place in (scene.lead, scene.shiqiao):
        deliver(scene, stays(place, 9, 3), date(2026, 10, 9))
        deliver(scene, stays(place, 10, 2, B20="4"), date(2026, 11, 9))
    early = front_page(
        scene.lead.organisation, "E", A11="早", B12="2026-09-28 09:00:00", B15="2026-10-01 09:00:00", B20="3"
    )
    deliver(scene, [early, *stays(scene.lead, 10, 2)], date(2026, 11, 10))
    client = browser(scene, "luo")
    page = text(client.get(f"{HOME}/metrics/readmissions/?month=2026-10"))
    known = page.split("The data of all members are complete to ")[1].split("</p>")[0]
    assert known.startswith("10-31.") and "Discharges after 10-01 are not" in known, known
    assert "1 of 5 discharges of" in known
    assert known.endswith(f"is awaited from {scene.lead.short_name} · {scene.shiqiao.short_name}."), known
    assert "complete to 10-31." in text(client.get(f"{HOME}/metrics/?month=2026-10&view=safety"))
    assert "complete to" not in text(client.get(f"{HOME}/metrics/?month=2026-10&view=output"))
    # Who stands for one member reads that others are awaited, not which.
    own = text(browser(scene, "su").get(f"{HOME}/metrics/readmissions/?month=2026-10"))
    assert "is awaited from" in own
