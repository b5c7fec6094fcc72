"""Who examines a second instance reads the first one and the line of pay, as long as it is theirs alone."""

from __future__ import annotations

import time_machine

from alliance.models import Journal, Membership
from performance.appeals.services import filing, handling
from performance.models import PayLine
from tests.performance.pay_scene import AFTER, doctors, fresh
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, assigned, house, own_line
from tests.world import World, member

__all__ = ["house"]


def test_an_examiner_of_another_institution_reads_first_instance_and_line_while_assigned(
    house: World,
) -> None:
    first = fresh(handling.reject(by=house.meng, appeal=assigned(house), answer="考勤无误", now=AFTER))
    Membership.objects.filter(pk=house.meng.pk).update(is_active=False)
    for name in ("yuan", "fang"):
        house.people[name] = member(name, name, house.tcm, "institution_admin")
    line = own_line(house)
    other = PayLine.objects.filter(pot=doctors(house)).exclude(pk=line.pk).first()
    assert other is not None
    pages = [f"/a/qinghe/appeals/{first.pk}/", f"/a/qinghe/pay/lines/{line.pk}/"]
    with time_machine.travel(LATER, tick=False):
        yuan, fang = house.client("yuan"), house.client("fang")
        second = fresh(filing.ask_second(by=house.dr, appeal=first, text="有排班表", now=LATER))
        for page in pages:  # not before it is assigned
            assert yuan.get(page).status_code == 404, page
        handling.assign(by=house.luo, appeal=second, handler=house.yuan.pk, now=LATER)
        for page in pages:
            assert yuan.get(page).status_code == 200, page
            assert fang.get(page).status_code == 404, page  # nobody else of that institution
        why = yuan.get(pages[1]).content.decode()
        assert "pay/persons/" not in why and "pay/pots/" not in why  # no way into what stays closed
        for closed in (f"pay/lines/{other.pk}/", f"pay/persons/{line.staff_id}/", f"pay/pots/{line.pot_id}/"):
            assert yuan.get(f"/a/qinghe/{closed}").status_code == 404, closed
        shown = yuan.get(f"/a/qinghe/appeals/{second.pk}/").content.decode()
        assert pages[0] in shown and pages[1] in shown
        verbs = Journal.objects.filter(membership=house.yuan).values_list("verb", flat=True)
        assert {"appeal.first_read", "pay.person_read"} <= set(verbs)
        handling.reject(by=house.yuan, appeal=fresh(second), answer="维持", now=LATER)
        for page in pages:  # nor after it is answered
            assert yuan.get(page).status_code == 404, page
    with inside(house):
        assert fresh(second).state == "rejected"
