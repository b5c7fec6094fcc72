"""The demonstration's persons are scored in every month that pays, so that each slip leads to its cases."""

from __future__ import annotations

import pytest

from alliance.demo import build_alliance
from alliance.models import Staff
from alliance.tenancy.scope import act_in
from performance.demonstration import ground, levels
from performance.slip import peers


@pytest.mark.slow
def test_every_month_has_the_values_of_its_persons(db: None) -> None:
    demo = build_alliance("lanchuan")
    base = ground.load(demo, "!")
    said = levels.run_all(base, demo)
    months = [pool.month for pool in demo.pools]
    assert len(months) > 1
    with act_in(base.alliance):
        doctor = (
            Staff.objects.filter(institution__code="A01", title__contains="医师").order_by("code").first()
        )
        assert doctor is not None
        for month in months:
            run, own = peers.indicators(doctor, month, 10)
            assert run is not None and run.period == month and len(own) > 3
            assert f"{month}: {run.subjects} scored as person" in said
