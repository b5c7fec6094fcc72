"""The interpreter: a group while typing, also without JavaScript; nothing of it is kept anywhere."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection

from alliance.models import Journal
from alliance.services import parameters
from alliance.tenancy import walls
from grouping.models import Dispute, Scheme
from tests.grouping.scene import HOME, browser, inside, text
from tests.grouping.test_tariffs import released
from tests.world import World

PAGE = f"{HOME}/interpreter/"


def ask(world: World, target: str = "", name: str = "lin", **posted: Any) -> str:
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    response = browser(world, name).post(PAGE, posted, headers=headers)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return text(response)


def test_codes_bring_group_weight_steps_and_advice(scene: World) -> None:
    page = ask(scene, d=["J18.900", "J96.000"], sex="1", age="66", los="4")
    assert "Grouped into ES21" in page and "0.8460" in page and "no tariff is set" in page
    assert "ES21 rests on it" in page and "high risk" in page
    assert "counted complication J96.000" in page and "Protect target organs" in page
    assert "<html" in page and "Nothing you type here is stored" in page


def test_typing_answers_with_the_list_only_and_settles_with_the_answer_only(scene: World) -> None:
    found = ask(scene, "found-d", qd="J18")
    assert "J18.900" in found and "<form" not in found and found.lstrip().startswith('<div id="found-d"')
    named = ask(scene, "found-d", qd="肺炎")
    letters = ask(scene, "found-d", qd="fy")
    assert "J18.900" in named and "J18.900" in letters
    answer = ask(scene, "answer", d=["J18.900"], age="66")
    assert answer.lstrip().startswith('<div id="answer"') and "Grouped into ES2" in answer
    desk = ask(scene, "desk", d=["J18.900"], add_d="J96.000", qd="j96")
    assert desk.lstrip().startswith('<div id="desk"') and "ES21" in desk and 'value="j96"' not in desk


def test_without_javascript_buttons_and_enter_do_it(scene: World) -> None:
    assert 'name="d" value="J18.900"' in ask(scene, qd="J18.900", look="1")
    several = ask(scene, qd="I10.x00 J96.000", look="1", d=["J18.900"])
    assert several.index('name="d" value="J18.900"') < several.index('name="d" value="J96.000"')
    first = ask(scene, d=["I10.x00", "J18.900"], first_d="1")
    assert first.index('name="d" value="J18.900"') < first.index('name="d" value="I10.x00"')
    dropped = ask(scene, d=["I10.x00", "J18.900"], drop_d="0")
    assert 'name="d" value="I10.x00"' not in dropped and 'name="d" value="J18.900"' in dropped
    assert 'name="add_d"' in ask(scene, qd="J", look="1")


@pytest.mark.parametrize(
    "posted",
    [
        {"d": ["J18.900"], "drop_d": "7"}, {"d": ["J18.900"], "drop_d": "-1"},
        {"d": ["J18.900"], "first_d": "²"}, {"d": ["J18.900"], "age": "abc"},
        {"d": ["J18.900"], "age": "-3"}, {"d": ["J18.900"], "day": "nonsense"},
        {"d": [f"X{n:05}" for n in range(200)]}, {"d": ["<b>x</b>" * 30]},
        {"qd": "x" * 5000, "look": "1"}, {"d": ["J18.900"], "sex": "7"}, {"p": ["33.2403"]},
    ],
)  # fmt: skip
def test_nothing_typed_breaks_it(scene: World, posted: dict[str, Any]) -> None:
    page = ask(scene, **posted)
    assert "<b>x</b>" not in page


def test_a_wrong_number_is_named_and_kept_while_the_rest_is_grouped(scene: World) -> None:
    page = ask(scene, d=["J18.900"], age="abc")
    assert 'value="abc"' in page and "Enter a whole number" in page and "Grouped into ES2" in page


def test_the_scheme_of_another_day(scene: World) -> None:
    assert "No grouping scheme is in force on" in ask(scene, d=["J18.900"], day="2019-12-31")
    assert "Grouped into ES2" in ask(scene, d=["J18.900"], day="2020-01-01")


def test_plan_and_tier_are_dated_data(scene: World) -> None:
    with inside(scene):
        parameters.decide(
            by=scene.su, key="fd.plan.low", value=["多走路"], from_date=date(2026, 6, 1),
            decided_by="理事会",
        )  # fmt: skip
    assert "多走路" in ask(scene, d=["J18.900"], day="2026-06-01")
    assert "多走路" not in ask(scene, d=["J18.900"], day="2026-05-31")


def counted(world: World) -> dict[str, int]:
    tables = sorted({wall.table for wall in walls.walls()})
    with inside(world), connection.cursor() as cursor:
        cursor.execute(" union all ".join(f"select '{table}', count(*) from {table}" for table in tables))
        return dict(cursor.fetchall())


def test_questions_leave_no_row_no_journal_and_no_log(scene: World, caplog: pytest.LogCaptureFixture) -> None:
    client = browser(scene, "lin")
    before = counted(scene)
    with caplog.at_level(logging.DEBUG):
        for posted in (
            {"d": ["J18.900", "J96.000"]},
            {"qd": "J96.000", "look": "1"},
            {"d": ["J18.900"], "age": "x"},
        ):
            assert client.post(PAGE, posted).status_code == 200
    assert counted(scene) == before
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in said if "J18" in line or "J96" in line]


def test_opening_it_is_journaled_without_codes(scene: World) -> None:
    assert browser(scene, "lin").get(f"{PAGE}?d=J18.900").status_code == 200
    with inside(scene):
        kept = Journal.objects.get(verb="interpreter.opened")
        assert kept.detail == {} and kept.about_id is None


def test_who_may_not_use_it(scene: World) -> None:
    assert browser(scene, "cai").get(PAGE).status_code == 403
    assert browser(scene, "cai").post(PAGE, {"d": ["J18.900"]}).status_code == 403


def test_the_payment_standard_is_the_tariff_s_with_its_formula(scene: World) -> None:
    released(scene, "rate", [{"key": "/", "value": "1000000"}])
    released(scene, "coefficient", [{"key": "QH01", "value": "1.05"}])
    page = ask(scene, d=["J18.900", "J96.000"], day="2026-11-03")
    assert "8,883.00" in page and "0.8460 × 10,000.00 × 1.050000" in page
    assert "8,460.00" in ask(scene, d=["J18.900", "J96.000"], day="2026-11-03", hospital=str(scene.tcm.pk))
    assert "8,883.00" not in ask(scene, d=["J18.900", "J96.000"], day="2025-12-31")


def test_an_answer_is_disputed_with_its_codes_and_group_filled_in(scene: World) -> None:
    """S4-22: what was typed goes along in the body; nothing is filed before the person says what is wrong."""
    page = ask(scene, d=["J18.900", "J96.000"], age="66")
    at = re.search(r'action="([^"]*/disputes/new/\?way=interpreter[^"]*)"', page)
    said = re.search(r'<textarea name="text" hidden>([^<]*)</textarea>', page)
    assert at is not None and said is not None and "J18" not in at[1]
    assert "J18.900" in said[1] and "J96.000" in said[1] and "ES21" in said[1]
    lin, address = browser(scene, "lin"), at[1].replace("&amp;", "&")
    form = lin.post(address, {"begin": "1", "code": "ES21", "text": said[1]})
    assert form.status_code == 200 and 'value="ES21"' in text(form) and "J96.000" in text(form)
    with inside(scene):
        assert not Dispute.objects.exists()
    filed = lin.post(address, {"about": "rule", "code": "ES21", "text": f"{said[1]}并发症不应计入"})
    assert filed.status_code == 302
    with inside(scene):
        made = Dispute.objects.get()
        assert (made.way, made.code, made.scheme) == ("interpreter", "ES21", Scheme.objects.get())
        assert made.text.endswith("并发症不应计入")
