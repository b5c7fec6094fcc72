"""The explanation of a case: for programs with the right and journal of the page; no weight beside advice."""

from __future__ import annotations

import re
from typing import Any

from alliance.models import Journal
from grouping.models import Case
from grouping.services import schemes
from tests.grouping.scene import browser, inside, store, text
from tests.grouping.test_cases import one, page_of, some
from tests.world import World


def asked(world: World, name: str, case: Case, **more: Any) -> Any:
    headers = {"X-Alliance": "qinghe"}
    return browser(world, name).get(f"/api/v1/cases/{case.pk}/explanation/", headers=headers, **more)


def test_programs_read_the_same_story_with_result_and_verdicts(scene: World) -> None:
    store(scene, some(scene))
    body = asked(scene, "lin", one(scene)).json()
    assert body["result"] == {
        "mdc": "MDCE", "adrg": "ES2", "drg": "ES21", "status": "grouped", "weight": "0.8460",
        "name": body["result"]["name"],
    }  # fmt: skip
    assert body["outcome"].startswith("Grouped into ES21") and body["language"] == "en"
    last = body["attempts"][0]["lines"][-1]
    assert (last["kind"], last["level"], last["last"], last["codes"]) == ("held", "drg", True, ["J96.000"])
    assert last["rules"][0]["rule"] == "mcc"
    (verdict,) = body["complications"]
    assert (verdict["code"], verdict["level"], verdict["state"]) == ("J96.000", "MCC", "counts")
    assert body["text"].split("\n")[0] == body["outcome"]
    assert body["scheme"]["code"] == "xietong_demo" and body["case"]["diagnoses"] == ["J18.900", "J96.000"]
    chinese = asked(scene, "lin", one(scene), HTTP_ACCEPT_LANGUAGE="zh-hans").json()
    assert chinese["outcome"].startswith("入组 ES21")


def test_reading_it_is_journaled_as_a_read_of_the_patient(scene: World) -> None:
    store(scene, some(scene))
    case = one(scene)
    assert asked(scene, "lin", case).status_code == 200
    with inside(scene):
        kept = Journal.objects.get(verb="patient.read")
        assert (kept.about_id, kept.membership_id) == (case.pk, scene.lin.pk)
        assert kept.detail == {"person": case.person_id}


def test_others_get_it_as_little_as_the_page(scene: World) -> None:
    store(scene, some(scene))
    assert asked(scene, "tan", one(scene)).status_code == 404
    assert asked(scene, "ding", one(scene)).status_code == 403


def test_the_page_of_a_coder_shows_no_weight_of_any_other_group(scene: World) -> None:
    """practice.md section 2: explain, but never with a weight or money of what another code would bring."""
    store(scene, some(scene))
    for record, drg in (("R00001", "ES21"), ("R00000", "ES25")):
        case = one(scene, record)
        with inside(scene):
            rows = schemes.package(schemes.in_force(case.month)).drgs["ES2"]
            weights = {row.code: str(row.weight) for row in rows}
        assert len(weights) > 1
        for page in (page_of(scene, "lin", case), text(asked(scene, "lin", case))):
            shown = set(re.findall(r"\d+\.\d{2,}", page))
            assert weights.pop(drg, "0.0000") and not shown & set(weights.values())
            assert "No code is suggested" in page or "outcome" in page


def test_the_page_can_be_printed_and_says_how_many_diagnoses_count(scene: World) -> None:
    store(scene, some(scene))
    page = page_of(scene, "lin", one(scene))
    assert "data-print" in page and "1 other diagnosis, 1 counted" in page
