"""Pages of surveys: opening, counting, reading, handing out, answering as staff, writing editions."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.models import Journal, PlatformJournal
from complaints.surveys import services
from complaints.surveys.engine.links import spaced
from complaints.surveys.models import Campaign, Edition, Result
from tests.surveys.scene import (
    LATER,
    NOW,
    OCTOBER,
    adopt,
    answered,
    discharged,
    edition,
    filled,
    inside,
    link_of,
    opened,
)
from tests.world import World, place

HOME = "/a/qinghe/surveys/"
STEPS = "*6000 步 | 6,000\n100 步 | 100"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def counted(ready: World) -> Campaign:
    """October's inpatients of the county hospital, counted: three departments, one too small."""
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 80, "04": 12, "05": 11})
    with inside(ready):
        made = opened(ready, "inpatient", [ready.lead])
        by_unit = {one.department_code: one for one in made.strata.all()}
        answered(made, made.tickets.filter(stratum=by_unit["03"]), level=5, words="饭菜太凉")
        answered(made, made.tickets.filter(stratum=by_unit["04"]), level=4)
        answered(made, made.tickets.filter(stratum=by_unit["05"])[:9], level=2)
        return services.close(by=ready.luo, campaign=made, now=LATER)


@time_machine.travel(NOW, tick=False)
def test_the_office_opens_a_survey_and_nothing_typed_is_lost(ready: World) -> None:
    luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")
    with inside(ready):
        asked = {
            "edition": edition("outpatient").pk, "month": "2026-10", "months": "1",
            "places": [ready.lead.pk], "opens_on": "2026-11-12", "closes_on": "2026-11-11", "handed": "12",
            "seed": "",
        }  # fmt: skip
    wrong = luo.post(f"{HOME}open/", asked)
    assert wrong.status_code == 400 and "last day is not before the first" in text(wrong)
    assert 'value="2026-10"' in text(wrong) and 'value="12"' in text(wrong)
    made = luo.post(f"{HOME}open/", asked | {"closes_on": "2026-11-20"})
    assert made.status_code == 302
    with inside(ready):
        assert Campaign.objects.get().tickets.count() == 12
    page = text(luo.get(made["Location"]))
    assert (
        "12" in page and "Results show once the survey is counted" in page and "Count the answers" not in page
    )
    assert ready.client("kong").get(f"{HOME}open/").status_code == 403


@time_machine.travel(NOW, tick=False)
def test_the_office_reads_nothing_of_a_running_survey_and_all_of_a_counted_one(ready: World) -> None:
    with inside(ready):
        made = opened(ready, "outpatient", [ready.lead], handed=31)
        answered(made, made.tickets.all()[:30], level=3, words="排队太久")
    luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")
    running = text(luo.get(f"{HOME}{made.pk}/"))
    assert "排队太久" not in running and "60.0" not in running
    for more in ("at/QH01/", "at/QH01/sheet/", "export/"):
        assert luo.get(f"{HOME}{made.pk}/{more}").status_code == 404
    luo.post(f"{HOME}{made.pk}/close/")
    with inside(ready):
        assert Campaign.objects.get().state == "running", "a link is left and the day is not over"
    with time_machine.travel(LATER, tick=False):
        luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")
        assert "1 survey to count" in text(luo.get("/a/qinghe/"))
        assert luo.post(f"{HOME}{made.pk}/close/").status_code == 302
        whole = text(luo.get(f"{HOME}{made.pk}/"))
        with inside(ready):
            persons = sum(made.strata.values_list("population", flat=True))
        # A mean over institutions weighs by these persons: they stand beside what it weighs.
        assert "60.0" in whole and f'data-k="persons of the period">{persons:,}</td>' in whole
        page = text(luo.get(f"{HOME}{made.pk}/at/QH01/"))
        assert "排队太久" in page and "60.0–60.0" in page


def test_a_result_shows_its_formula_its_departments_and_hides_the_small_one(
    ready: World, counted: Campaign
) -> None:
    page = text(ready.client("kong", HTTP_ACCEPT_LANGUAGE="en").get(f"{HOME}{counted.pk}/at/QH01/"))
    assert "91.3" in page and "0.7767" in page and "other departments together" in page
    assert "fewer than 10 answers, or left out to protect a smaller group" in page
    assert not re.search(r"\b9 answers", page)
    assert "饭菜太凉" in page
    sheet = text(ready.client("kong", HTTP_ACCEPT_LANGUAGE="en").get(f"{HOME}{counted.pk}/at/QH01/sheet/"))
    assert "91.3" in sheet and "data-print" in sheet


def test_the_export_holds_what_the_page_shows_and_nothing_more(ready: World, counted: Campaign) -> None:
    answer = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en").get(f"{HOME}{counted.pk}/export/")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 5 * 4 and "饭菜太凉" not in answer.content.decode()
    hidden = [line for line in lines if "fewer than" in line or "smaller group" in line]
    assert len(hidden) == 10 and all(",,," in line for line in hidden)


@time_machine.travel(NOW, tick=False)
def test_a_number_of_answers_below_five_stands_nowhere_nor_follows_from_the_rest(ready: World) -> None:
    """Pages, list, print, file, API and journal: three of 31 and nothing from which three follows."""
    with inside(ready):
        made = opened(ready, "outpatient", [ready.lead, ready.tcm], handed=31)
        for at, n in ((ready.tcm, 31), (ready.lead, 3)):
            answered(made, made.tickets.filter(stratum__institution=at)[:n])
    luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")

    def read(path: str) -> str:
        body = text(luo.get(path))
        return " ".join(re.sub(r"<[^>]+>", " ", body[body.index("<main") :]).split())

    def clean(said: str) -> None:
        assert "fewer than 5" in said
        assert not re.search(r"\b(34|54\.8%|9\.7%|3 answers of)", said), said

    running, listed = read(f"{HOME}{made.pk}/"), read(HOME)
    clean(running)
    assert "30 or more" in running and "without 1 institution of fewer than 5 answers" in running
    assert "30 or more" in listed and " 31 " not in listed and " 34 " not in listed and "54.8" not in listed
    own = text(ready.client("kong", HTTP_ACCEPT_LANGUAGE="en").get(HOME))
    assert "fewer than 5" in own and "9.7" not in own
    with time_machine.travel(LATER, tick=False):
        luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")
        assert luo.post(f"{HOME}{made.pk}/close/").status_code == 302
        for path in ("", f"at/{ready.lead.code}/", f"at/{ready.lead.code}/sheet/"):
            clean(read(f"{HOME}{made.pk}/{path}"))
        lines = text(luo.get(f"{HOME}{made.pk}/export/")).splitlines()
        small = [line for line in lines if ready.lead.name in line]
        assert small and all(",fewer than 5,31," in line for line in small)
        zh = text(ready.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"{HOME}{made.pk}/"))
        assert "少于 5 份" in zh and "31 份以上" in zh and "另有 1 家少于 5 份，未计入" in zh
    with inside(ready):
        [entry] = Journal.objects.filter(verb="survey.counted")
        assert entry.detail["answers"] == 31


def test_how_many_were_left_out_follows_from_no_difference(ready: World) -> None:
    """44 taken, less 37 read, less the five that were told, were the two from an address of staff."""
    cache.clear()
    with inside(ready):
        made = opened(ready, "outpatient", [ready.lead], handed=46)
        PlatformJournal.objects.create(user=ready.kong.user, verb="sign_in.done", address="10.0.0.7")
        for n, one in enumerate(made.tickets.order_by("number")[:44]):
            address = "10.0.0.7" if n < 2 else "10.9.9.9" if n < 10 else f"10.1.{n}.1"
            services.answer_by_link(
                typed=link_of(made, one), given=filled(made.edition, 1 if n < 10 else 4), now=NOW,
                address=address,
            )  # fmt: skip

    def read(path: str) -> str:
        body = text(ready.client("luo", HTTP_ACCEPT_LANGUAGE="en").get(path))
        return " ".join(re.sub(r"<[^>]+>", " ", body[body.index("<main") :]).split())

    with time_machine.travel(NOW, tick=False):  # whoever noted 44 on the last day would know it
        for path in (HOME, f"{HOME}{made.pk}/"):
            said = read(path)
            assert "40 or more" in said and "87.0% or more" in said
            assert not re.search(r"\b(44|95\.7%|44 of 46)\b", said), said
    with inside(ready):
        services.close(by=ready.luo, campaign=made, now=LATER)
        assert Result.objects.get(campaign=made, measure="total").answers == 37
        [entry] = Journal.objects.filter(verb="survey.counted")
        assert (entry.detail["answers"], entry.detail["excluded"]) == (37, 5)
    for path in (HOME, f"{HOME}{made.pk}/", f"{HOME}{made.pk}/at/{ready.lead.code}/"):
        said = read(path)
        assert "80.4%" in said and "95.7%" not in said and not re.search(r"\b44\b", said), said


def test_beside_three_peers_at_least_and_over_time(ready: World) -> None:
    with inside(ready):
        near = [place(f"QH3{n}", f"清河县第{n}医院", "secondary", "general") for n in range(3)]
        surveys = []
        for month, level in ((OCTOBER.previous(), 3), (OCTOBER, 4)):
            made = opened(ready, "outpatient", [ready.lead, *near], month=month, handed=30)
            given = {one.number: filled(made.edition, level) for one in made.tickets.all()}
            services.answer_many(campaign=made, given=given, now=NOW)
            surveys.append(services.close(by=ready.luo, campaign=made, now=NOW))
    page = text(ready.client("kong", HTTP_ACCEPT_LANGUAGE="en").get(f"{HOME}{surveys[-1].pk}/at/QH01/"))
    assert "Beside its peers" in page and "From 60.0 to 80.0 points" in page
    assert not any(one.name in page for one in near), "peers are a mean, never a name"
    with inside(ready):
        alone = opened(ready, "outpatient", [ready.lead, *near[:2]], handed=30)
        given = {one.number: filled(alone.edition) for one in alone.tickets.all()}
        services.answer_many(campaign=alone, given=given, now=NOW)
        services.close(by=ready.luo, campaign=alone, now=NOW)
    page = text(ready.client("kong", HTTP_ACCEPT_LANGUAGE="en").get(f"{HOME}{alone.pk}/at/QH01/"))
    assert "Beside its peers" not in page, "a mean of two would tell the other one"


def test_another_institution_and_a_clinician_read_nothing(ready: World, counted: Campaign) -> None:
    with inside(ready):
        assert Result.objects.exists()
    assert ready.client("kong").get(f"{HOME}{counted.pk}/at/QH02/").status_code == 404
    assert ready.client("tan").get(f"{HOME}{counted.pk}/").status_code == 403
    assert ready.client("lin").get(HOME).status_code == 403


@time_machine.travel(NOW, tick=False)
def test_the_office_prints_once_and_the_institution_hands_over_without_codes(ready: World) -> None:
    with inside(ready):
        made = opened(ready, "outpatient", [ready.lead, ready.tcm], handed=26)
        answered(made, made.tickets.all()[:1])
    kong, luo = (ready.client(who, HTTP_ACCEPT_LANGUAGE="en") for who in ("kong", "luo"))
    at = f"{HOME}{made.pk}/at/QH01/"
    assert "No slip is printed yet" in text(kong.get(f"{at}links/"))
    assert kong.post(f"{at}print/").status_code == 403 and kong.get(f"{at}runs/").status_code == 403
    assert luo.get(f"{at}links/").status_code == 403 and luo.get(f"{at}print/").status_code == 405
    paper = text(luo.post(f"{at}print/"))
    assert paper.count('class="cut"') == 25
    assert "data:image/svg+xml" in paper
    with inside(ready):
        codes = [spaced(link_of(made, one)) for one in made.tickets.filter(stratum__institution=ready.lead)]
    assert sum(code in paper for code in codes) == 25
    later = [text(luo.get(f"{at}runs/")), text(kong.get(f"{at}links/")), text(luo.get(f"{HOME}{made.pk}/"))]
    assert not [code for code in codes for page in later if code in page]
    assert "<td>—</td>" in later[1] and luo.post(f"{at}print/").status_code == 302
    assert luo.post(f"{at}runs/1/", {"why": "印错"}).status_code == 302
    assert "印错" in text(luo.get(f"{at}runs/"))
    assert kong.get(f"{HOME}{made.pk}/at/QH02/links/").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_staff_answer_on_their_own_page_once(ready: World) -> None:
    with inside(ready):
        made = opened(ready, "staff", [ready.lead])
    lin = ready.client("lin", HTTP_ACCEPT_LANGUAGE="en")
    assert "Survey: Staff survey" in text(lin.get("/a/qinghe/"))
    at = f"{HOME}mine/{made.pk}/"
    assert at in text(lin.get(f"{HOME}mine/"))
    short = lin.post(at, {"load": "3", "words": "夜班补休"})
    assert short.status_code == 400 and "夜班补休" in text(short)
    assert lin.post(at, filled(made.edition)).status_code == 302
    assert lin.get(at).status_code == 404 and ready.client("tan").get(at).status_code == 404
    assert "No survey waits for you" in text(lin.get(f"{HOME}mine/"))


@time_machine.travel(NOW, tick=False)
def test_the_next_edition_is_written_from_the_last_and_released(ready: World) -> None:
    luo = ready.client("luo", HTTP_ACCEPT_LANGUAGE="en")
    with inside(ready):
        before = edition("health_quiz")
    at = f"{HOME}questionnaires/{before.pk}/next/"
    form = luo.get(at).context["form"]
    given = {name: value for name, value in form.initial.items() if value not in (False, None)}
    last = len(before.questions)
    given |= {
        f"q{last}-form": "choice", f"q{last}-zh": "每天走多少步", f"q{last}-en": "How many steps a day",
        f"q{last}-code": "steps", f"q{last}-required": "on", f"q{last}-options": STEPS,
    }  # fmt: skip
    wrong = luo.post(at, given | {f"q{last}-options": "只有一个 | one"})
    assert wrong.status_code == 400 and "two to twelve" in text(wrong) and "每天走多少步" in text(wrong)
    made = luo.post(at, given)
    assert made.status_code == 302, text(made)
    with inside(ready):
        row = Edition.objects.get(questionnaire=before.questionnaire, number=2)
        assert [one.code for one in row.questions] == [*(one.code for one in before.questions), "steps"]
        assert row.questions[-1].right == "a" and row.released_at is None
    luo.post(f"{HOME}questionnaires/{row.pk}/release/")
    with inside(ready):
        assert Edition.objects.get(pk=row.pk).released_by == ready.luo


def test_the_list_costs_the_same_for_any_number_of_surveys(ready: World) -> None:
    luo = ready.client("luo")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert luo.get(HOME).status_code == 200
        return len(seen)

    with inside(ready):
        opened(ready, "outpatient", [ready.lead], handed=2)
    queries()  # what a first request asks beside
    first = queries()
    with inside(ready):
        for _number in range(4):
            opened(ready, "outpatient", [ready.lead, ready.tcm], handed=2)
    assert queries() == first
