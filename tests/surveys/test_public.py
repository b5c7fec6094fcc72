"""The public pages of surveys: a link on a phone, no cookie, nothing lost, alike for all that is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from alliance.web.public import Sheet
from complaints.surveys import sql
from complaints.surveys.engine.links import spaced
from complaints.surveys.models import Campaign
from tests.surveys.scene import LATER, NOW, filled, inside, link_of, opened
from tests.world import World


@pytest.fixture
def phone(settings: Any) -> Iterator[Client]:
    """A browser of nobody, at the time of the survey; forms may come back at once."""
    settings.PUBLIC_FORM_SECONDS = 0
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def survey(ready: World) -> Campaign:
    """Three links of the county hospital."""
    with inside(ready):
        return opened(ready, "outpatient", [ready.lead], handed=3)


def address(world: World, survey: Campaign, number: int = 1, code: str = "qinghe") -> str:
    with inside(world):
        return f"/say/{code}/survey/{link_of(survey, survey.tickets.get(number=number))}/"


def sheet(code: str = "qinghe") -> str:
    return Sheet.hand_out(f"survey:{code}")


def stored(world: World, survey: Campaign) -> int:
    with inside(world), sql.counting(survey.pk):
        return len(sql.answers(survey.pk))


def test_a_patient_answers_once_and_is_thanked(ready: World, survey: Campaign, phone: Client) -> None:
    at = address(ready, survey)
    page = phone.get(at)
    text = page.content.decode()
    assert page.status_code == 200 and "The doctor listened to you" in text and 'name="sheet"' in text
    assert not page.cookies and "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer" and "style=" not in text and "<script" not in text
    sent = phone.post(at, filled(survey.edition) | {"sheet": sheet(), "words": "很好"})
    assert sent.status_code == 303 and sent["Location"] == "/say/qinghe/survey/thanks/?lang=en"
    assert "Thank you" in phone.get(sent["Location"]).content.decode()
    again = phone.get(at)
    assert again.status_code == 410 and "has been used" in again.content.decode()
    assert phone.post(at, filled(survey.edition) | {"sheet": sheet()}).status_code == 410
    assert stored(ready, survey) == 1


def test_in_chinese_every_word_is_chinese(ready: World, survey: Campaign, phone: Client) -> None:
    text = phone.get(f"{address(ready, survey)}?lang=zh-hans").content.decode()
    assert "医生认真听您讲病情" in text and "很满意" in text and "Send" not in text


def test_what_was_chosen_and_written_stays_when_something_is_missing(
    ready: World, survey: Campaign, phone: Client
) -> None:
    given = filled(survey.edition, level=2) | {"sheet": sheet(), "words": "候诊太久了"}
    del given["wait_see"]
    page = phone.post(address(ready, survey), given)
    text = page.content.decode()
    assert page.status_code == 400 and "“Waiting until the doctor saw you” is still open" in text
    assert "候诊太久了" in text and text.count("checked") == len(given) - 2
    assert stored(ready, survey) == 0


def test_n42_without_our_sheet_nothing_is_taken_and_too_quick_comes_back_filled(
    ready: World, survey: Campaign, phone: Client, settings: Any
) -> None:
    at, given = address(ready, survey), filled(survey.edition)
    for wrong in ("", "forged", sheet("jiangzhou")):
        page = phone.post(at, given | {"sheet": wrong})
        assert page.status_code == 403 and page.content.decode().count("checked") == len(given)
    settings.PUBLIC_FORM_SECONDS = 3
    early = phone.post(at, given | {"sheet": sheet()})
    assert early.status_code == 400 and "very quick" in early.content.decode()
    assert early.content.decode().count("checked") == len(given) and stored(ready, survey) == 0


def test_n7_links_of_nobody_and_of_others_answer_alike(ready: World, survey: Campaign, phone: Client) -> None:
    own = address(ready, survey)
    foreign = address(ready, survey, code="jiangzhou")
    strange = ["/say/qinghe/survey/0000000000000000/", "/say/qinghe/survey/x/", "/say/nowhere/survey/x/"]
    answers = {(page.status_code, page.content) for at in (foreign, *strange) for page in [phone.get(at)]}
    assert len(answers) == 1 and next(iter(answers))[0] == 404
    posted = {phone.post(at, {"sheet": sheet()}).status_code for at in (foreign, *strange)}
    assert posted == {404} and phone.get(own).status_code == 200


def test_before_and_after_its_days_it_says_so(ready: World, survey: Campaign, phone: Client) -> None:
    at = address(ready, survey)
    with time_machine.travel(LATER, tick=False):
        page = phone.get(at)
        assert page.status_code == 410 and "has ended" in page.content.decode()
    with time_machine.travel("2026-11-10T02:00:00Z", tick=False):
        page = phone.get(at)
        assert page.status_code == 409 and "11-12" in page.content.decode()


def test_who_cannot_scan_types_the_code(ready: World, survey: Campaign, phone: Client) -> None:
    at = address(ready, survey)
    code = at.rstrip("/").rsplit("/", 1)[1]
    found = phone.get("/say/qinghe/survey/", {"slip": f" {spaced(code).upper()} "})
    assert found.status_code == 302 and found["Location"] == f"{at}?lang=en"
    wrong = phone.get("/say/qinghe/survey/", {"slip": '"><script>'})
    assert wrong.status_code == 400 and "<script>" not in wrong.content.decode()
    assert "sixteen letters" in wrong.content.decode()


def test_one_address_asks_only_so_often(ready: World, survey: Campaign, phone: Client) -> None:
    at = address(ready, survey)
    answers = [phone.get(at) for _number in range(22)]
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) > 0


def test_hostile_words_are_stored_as_words(ready: World, survey: Campaign, phone: Client) -> None:
    given = filled(survey.edition) | {"sheet": sheet(), "words": "<script>alert(1)</script>'; drop table"}
    assert phone.post(address(ready, survey), given).status_code == 303
    with inside(ready), sql.counting(survey.pk):
        assert sql.texts(survey.pk)[0][2].startswith("<script>")
    long = filled(survey.edition) | {"sheet": sheet(), "words": "长" * 501}
    assert phone.post(address(ready, survey, 2), long).status_code == 400
