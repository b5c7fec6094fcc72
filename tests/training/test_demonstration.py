"""Course days of the demonstration: what is over when it is looked at was held."""

from __future__ import annotations

from datetime import date

from alliance.training.models import Session
from performance.demonstration import training
from performance.demonstration.ground import Ground
from tests.training.scene import doctor
from tests.world import World


def test_a_course_day_that_passed_since_the_year_was_loaded_is_held(qinghe: World) -> None:
    doctor(qinghe.lead, "L1", "白露")
    for n in range(4):
        doctor(qinghe.shiqiao, f"S{n}", f"沈{n}")
    members = {name: one for name, one in qinghe.people.items() if one.alliance_id == qinghe.qinghe.pk}
    base = Ground(qinghe.qinghe, {}, {}, members, [qinghe.luo], qinghe.lin)
    assert training.load(base, date(2026, 11, 9)).startswith("15 training sessions")
    warned = Session.objects.get(course="warning")
    assert warned.state == "planned"
    assert not training.hold_since(base, date(2026, 12, 1)).startswith("0 ")
    warned.refresh_from_db()
    assert warned.state == "closed" and warned.attendances.exists() and warned.closed_at.day == 12
    left = Session.objects.filter(state="planned")
    assert {one.starts_at.date() for one in left} == {date(2026, 12, 10), date(2026, 12, 16)}
    assert training.hold_since(base, date(2026, 12, 1)).startswith("0 ")
