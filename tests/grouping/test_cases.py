"""Pages of cases: who sees which, names masked, reads journaled first, the reasons of a group, revisions."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.models import Journal
from alliance.services import journal
from grouping.models import Case
from grouping.services import publishing
from tests.grouping.files import front_page
from tests.grouping.scene import HOME, browser, check, inside, pages, queries, store, text
from tests.world import World


def some(world: World) -> list[dict[str, str]]:
    """Three cases of the lead hospital: pneumonia, with respiratory failure, with high blood pressure."""
    rows = pages(world, 3)
    rows[0] |= {"A11": "龚建良"}
    rows[1] |= {"C06x01C": "J96.000", "C07x01N": "急性呼吸衰竭", "C08x01C": "1"}
    rows[2] |= {"C06x01C": "I10.x00", "C07x01N": "高血压", "C08x01C": "1"}
    return rows


def one(world: World, record: str = "R00001") -> Case:
    with inside(world):
        found: Case = Case.objects.get(record_no=record)
    return found


def page_of(world: World, name: str, case: Case) -> str:
    return text(browser(world, name).get(f"{HOME}/cases/{case.pk}/"))


def test_the_list_masks_names_and_names_nobody_to_roles_that_open_no_case(scene: World) -> None:
    store(scene, some(scene))
    own = text(browser(scene, "lin").get(f"{HOME}/cases/"))
    assert "龚**" in own and "龚建良" not in own and "Cases of October 2026" in own
    for name in ("su", "ding"):
        seen = text(browser(scene, name).get(f"{HOME}/cases/"))
        assert "R00000/1" in seen and "龚" not in seen and f"/cases/{one(scene).pk}/" not in seen


def test_an_institution_sees_its_own_cases_only(scene: World) -> None:
    store(scene, some(scene))
    store(scene, [front_page(scene.tcm.organisation, "T1")], by=scene.tan)
    listed = text(browser(scene, "tan").get(f"{HOME}/cases/"))
    assert "T1/1" in listed and "R0000" not in listed
    case = one(scene)
    client = browser(scene, "tan")
    assert client.get(f"{HOME}/cases/{case.pk}/").status_code == 404
    assert client.post(f"{HOME}/cases/{case.pk}/unmask/", {"reason": "核对证件"}).status_code == 404
    assert "R00001/1" not in text(client.get(f"{HOME}/cases/?institution={scene.lead.pk}&record=R00001"))
    both = text(browser(scene, "luo").get(f"{HOME}/cases/"))
    assert "T1/1" in both and "R00001/1" in both


def test_n44_a_case_that_cannot_be_journaled_is_not_shown(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(scene, some(scene))
    case, client = one(scene, "R00000"), browser(scene, "lin")
    client.raise_request_exception = False

    def broken(**_: Any) -> None:
        raise RuntimeError("the journal cannot be written")

    monkeypatch.setattr(journal, "read", broken)
    response = client.get(f"{HOME}/cases/{case.pk}/")
    assert response.status_code == 500 and "R00000" not in text(response)


def test_reading_a_case_is_journaled_with_the_person(scene: World) -> None:
    store(scene, some(scene))
    case = one(scene)
    page_of(scene, "lin", case)
    with inside(scene):
        kept = Journal.objects.filter(verb="patient.read").get()
        assert (kept.about_id, kept.membership_id) == (case.pk, scene.lin.pk)
        assert kept.detail == {"person": case.person_id}


def test_the_case_page_says_why_it_came_to_its_group(scene: World) -> None:
    store(scene, some(scene))
    page = page_of(scene, "lin", one(scene))
    assert "Why R00001/1 came to ES21" in page and "0.8460" in page
    assert "ES21" in page and "a counted major complication (MCC): J96.000" in page and "here it ends" in page
    assert "is in the diagnosis list of ES2" in page and "not excluded by J18.900" in page
    assert "MDCs: principal diagnosis J18.900" in page and "is not in their lists" in page
    assert "illustrative, not for payment" in page
    other = page_of(scene, "lin", one(scene, "R00002"))
    assert "In neither list of complications" in other


def test_charges_add_up_to_the_total_to_the_fen(scene: World) -> None:
    rows = some(scene)
    rows[1] |= {"D01": "1235.06"}  # half a yuan beyond the classes, within the tolerance
    store(scene, rows)
    page = page_of(scene, "lin", one(scene))
    assert "not given by class" in page and "0.50" in page and "1,235.06" in page
    assert "not given by class" not in page_of(scene, "lin", one(scene, "R00000"))


def test_numbers_are_masked_and_seen_in_full_only_for_a_reason_that_is_kept(scene: World) -> None:
    rows = some(scene)
    number = id_number("33010619600101001")
    rows[0] |= {"A20": number}
    store(scene, rows)
    case = one(scene, "R00000")
    masked = page_of(scene, "lin", case)
    assert f"330***********{number[-4:]}" in masked and number not in masked
    client = browser(scene, "lin")
    assert client.get(f"{HOME}/cases/{case.pk}/unmask/").status_code == 405
    asked = client.post(f"{HOME}/cases/{case.pk}/unmask/", {"reason": ""})
    assert asked.status_code == 400 and number not in text(asked)
    shown = client.post(f"{HOME}/cases/{case.pk}/unmask/", {"reason": "核对医保身份"})
    assert number in text(shown) and "no-store" in shown["Cache-Control"]
    with inside(scene):
        kept = Journal.objects.get(verb="patient.unmasked")
        assert kept.detail["reason"] == "核对医保身份" and "330106" not in str(kept.detail)


def id_number(first_17: str) -> str:
    from alliance.lib.identity import id_check_character

    return first_17 + id_check_character(first_17)


def test_revisions_stay_readable_with_what_changed(scene: World) -> None:
    store(scene, some(scene))
    rows = some(scene)
    rows[1] |= {"C06x01C": "", "C07x01N": "", "C08x01C": "", "D01": "2234.56", "D23": "2000.00"}
    store(scene, rows)
    page = page_of(scene, "lin", one(scene))
    assert "Revision 2" in page and "Revision 1" in page and "came to ES25" in page and "· ES21" in page
    assert "J96.000 急性呼吸衰竭 → (empty)" in page and "1,234.56 → 2,234.56" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("month=2026-09", set()),
        ("month=2026-10", {"R00000/1", "R00001/1", "R00002/1"}),
        ("drg=es21", {"R00001/1"}),
        ("drg=MDCE&record=R00000", {"R00000/1"}),
        ("department=04", set()),
        ("view=undone", set()),
        ("view=void", set()),
        ("month=nonsense", {"R00000/1", "R00001/1", "R00002/1"}),
        ("institution=999999999999999999999", {"R00000/1", "R00001/1", "R00002/1"}),
    ],
)
def test_conditions_of_the_list(scene: World, asked: str, found: set[str]) -> None:
    store(scene, some(scene))
    page = text(browser(scene, "luo").get(f"{HOME}/cases/?{asked}"))
    assert {record for record in ("R00000/1", "R00001/1", "R00002/1") if record in page} == found


def test_a_month_that_is_none_is_said_and_stays_in_the_form(scene: World) -> None:
    store(scene, some(scene))
    client = browser(scene, "luo")
    for typed in ("2026-13", "100%"):
        page = client.get(f"{HOME}/cases/", {"month": typed}).content.decode()
        assert f"{typed} is not a month such as 2026-10." in page
        assert f'<option value="{typed}" selected>' in page
    empty = client.get(f"{HOME}/cases/?month=2026-09").content.decode()
    assert '<option value="2026-09" selected>' in empty and "is not a month" not in empty


def test_the_list_costs_the_same_for_three_cases_and_for_sixty(scene: World) -> None:
    client = browser(scene, "luo")
    store(scene, some(scene))
    queries(client, "cases/")
    few = queries(client, "cases/")
    store(scene, pages(scene, 60))
    assert queries(client, "cases/") == few


def test_a_case_without_a_scheme_on_its_day_says_so(scene: World) -> None:
    days = {"B12": "2019-10-08 09:00:00", "B15": "2019-10-12 10:00:00", "A14": "59"}
    file = check(scene, [front_page(scene.lead.organisation, "R00001", **days)])
    with inside(scene):
        publishing.publish(by=scene.lin, file=file)
    page = page_of(scene, "lin", one(scene))
    assert "is not yet grouped" in page and "No grouping scheme is in force" in page


def test_a_delivery_of_the_office_is_no_link_for_the_institution_whose_case_came_with_it(
    scene: World,
) -> None:
    with inside(scene):
        scene.su.roles = [*scene.su.roles, "data_steward"]
        scene.su.save()
    rows = some(scene)
    file = store(scene, rows, by=scene.su)
    case, path = one(scene), f"/case-files/{file.pk}/"
    client = browser(scene, "lin")
    assert client.get(f"{HOME}{path}").status_code == 404
    page = client.get(f"{HOME}/cases/{case.pk}/").content.decode()
    assert path not in page and f"line {case.line} of" in page
    rows[1] |= {"C08x01C": "4"}
    own = store(scene, rows)
    page = client.get(f"{HOME}/cases/{case.pk}/").content.decode()
    assert f"/case-files/{own.pk}/" in page and path not in page
