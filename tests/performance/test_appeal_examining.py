"""Who examines a second instance reads the first one and the line of pay, as long as it is theirs alone."""

from __future__ import annotations

import time_machine
from django.utils import translation

from alliance.approvals import facts as deciding
from alliance.models import Journal, Membership
from alliance.services import files
from performance.appeals.services import filing, handling
from performance.models import AppealFile, PayLine
from tests.performance.pay_scene import AFTER, doctors, fresh
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, assigned, house, own_line, upheld
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


@time_machine.travel(LATER, tick=False)
def test_discipline_reads_what_it_examines_and_a_steward_of_the_alliance_nobodys_pay(house: World) -> None:
    """Requirements X2, practice.md 4: discipline inspection decides where nobody uninvolved is left."""
    row, line = assigned(house), own_line(house)
    scan = files.store(
        by=house.dr, name="排班.pdf", content=[b"%PDF-1.5"], purpose="evidence",
        content_type="application/pdf", limit=99, institution=house.lead,
    )  # fmt: skip
    file = AppealFile.objects.create(appeal=row, file=scan)
    house.people["ji"] = member("ji", "纪明", None, "discipline")
    house.people["steward"] = member("steward", "乔致", None, "data_steward")
    ji, steward = house.client("ji"), house.client("steward")
    here = "/a/qinghe/"
    pages = [f"appeals/{row.pk}/", f"appeals/{row.pk}/files/{file.pk}/"]
    slips = [f"pay/persons/{line.staff_id}/", f"pay/lines/{line.pk}/", f"pay/pots/{line.pot_id}/"]
    for client, addresses in ((ji, pages), (steward, pages + slips)):
        assert {client.get(here + one).status_code for one in addresses} == {404}
    assert f"/appeals/{row.pk}/" not in ji.get(f"{here}appeals/").content.decode()
    Membership.objects.filter(pk=house.meng.pk).update(is_active=False)
    handling.assign(by=house.luo, appeal=fresh(row), handler=house.ji.pk, now=LATER)
    assert {ji.get(here + one).status_code for one in pages} == {200}
    for name in ("luo", "cai"):
        assert house.client(name).get(here + pages[0]).status_code == 200


@time_machine.travel(LATER, tick=False)
def test_an_approval_counts_those_it_names_as_able_to_decide(house: World) -> None:
    approval = upheld(house, "source").approval
    assert approval is not None
    named, asked = deciding.free_deciders(approval), deciding.votes(approval).undecided
    assert 0 < len(named) < len(asked)  # Luo has posted the pot
    with translation.override("en"):
        assert deciding.state_text(approval).endswith(f": {len(named)} may decide")
