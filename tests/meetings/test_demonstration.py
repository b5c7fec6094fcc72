"""The demonstration's six unifications: every member has an entry in every area, few are through with all."""

from __future__ import annotations

from alliance.demo import build_alliance
from alliance.tenancy.scope import act_in
from performance.demonstration import ground, meetings
from performance.meetings import show_reviews
from performance.meetings.models import Unified


def test_members_stand_at_different_points_of_the_six_unifications(db: None) -> None:
    base = ground.load(build_alliance("lanchuan"), "!")
    with act_in(base.alliance):
        meetings.unify(base)
        page = show_reviews.unified(base.office[0], None)
        assert Unified.objects.count() == 6 * len(page["lines"]) > 100
        assert set(Unified.objects.values_list("degree", flat=True)) == set(Unified.Degree.values)
        assert page["figs"][0].value == f"3 / {len(page['lines'])}"
