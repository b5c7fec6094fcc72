"""An accepted referral is joined with its stays, whichever comes first: the step or the case file (N46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from alliance.lib.period import Month
from alliance.services import jobs
from grouping.models import ReferralLink
from grouping.readmission import facts
from referrals import services
from tests.grouping.conftest import scene  # noqa: F401  (the fixture)
from tests.grouping.files import front_page
from tests.grouping.scene import inside, store
from tests.referrals.scene import NOW, logged, number_of, prepare
from tests.world import World

NOVEMBER = Month(2026, 11)
DELIVERED = date(2026, 11, 18)


def two_stays(world: World) -> list[dict[str, str]]:
    """Sent home from the township, back in the lead hospital two hours later: up, by referral."""
    who = {"A11": "龚建良", "A20": number_of(1), "A13": "1959-03-12", "A12C": "1", "A14": "67"}
    first = front_page(
        world.shiqiao.organisation, "S1", B12="2026-11-08 09:00:00", B15="2026-11-12 09:00:00", **who
    )
    second = front_page(
        world.lead.organisation, "L1", B12="2026-11-12 11:00:00", B15="2026-11-16 10:00:00", **who
    )
    return [first, second]


def refer(world: World) -> object:
    """The referral of the same morning, accepted and arrived. Inside the alliance."""
    prepare(world)
    row = logged(world)
    row = services.accept(by=world.lin, referral=row, now=NOW + timedelta(minutes=5))
    return services.arrive(by=world.lin, referral=row, now=NOW + timedelta(minutes=40))


def reasons(world: World) -> dict[str, str]:
    used = replace(facts.windows(NOVEMBER), data_end=date(2027, 1, 31))  # the window has passed
    judged = facts.judge([NOVEMBER], used)
    return {str(one.institution_id): one.reason for one in judged}


def test_a_step_after_the_files_joins_the_stays(scene: World) -> None:  # noqa: F811
    store(scene, two_stays(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        assert reasons(scene)[str(scene.lead.pk)] == "counted"
        refer(scene)
        link = ReferralLink.objects.get()
        assert (link.source.record_no, link.admission.record_no) == ("S1", "L1")
        assert reasons(scene)[str(scene.lead.pk)] == "accepted_referral"


def test_files_after_the_steps_join_the_stays_when_the_month_is_summed(scene: World) -> None:  # noqa: F811
    with inside(scene):
        refer(scene)
        assert ReferralLink.objects.get().admission is None
    store(scene, two_stays(scene), by=scene.luo, today=DELIVERED)
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert ReferralLink.objects.get().admission.record_no == "L1"
        assert reasons(scene)[str(scene.lead.pk)] == "accepted_referral"


def test_a_patient_who_did_not_come_joins_nothing(scene: World) -> None:  # noqa: F811
    store(scene, two_stays(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        row = services.accept(by=scene.lin, referral=logged(scene), now=NOW + timedelta(minutes=5))
        assert ReferralLink.objects.count() == 1
        services.no_show(by=scene.lin, referral=row, now=NOW + timedelta(days=1))
        assert ReferralLink.objects.count() == 0
