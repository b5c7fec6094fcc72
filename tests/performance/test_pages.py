"""Pages of a month: from the amount to the records in at most three clicks, and who may open what."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from alliance.approvals import services as approvals
from alliance.models import Alliance, Job, Journal
from alliance.services import jobs
from alliance.web import words
from grouping.models import Case
from performance.models import IndicatorValue, Line, MonthRun
from performance.services import approving, bases, months, pools
from performance.show import month as show_month
from performance.show import ranges
from performance.show.frame import Frame
from referrals import services as referrals
from tests.performance.scene import (
    NOW,
    OCTOBER,
    POOL,
    SEPTEMBER,
    TODAY,
    compute,
    decide,
    deliver,
    inside,
    post,
)
from tests.referrals.scene import logged
from tests.world import World, member, place

BASE = "/a/qinghe/months/2026-10/"
LINK = re.compile(r'href="([^"]+)"')


@pytest.fixture
def month(qinghe: World) -> World:
    """October computed."""
    assert compute(qinghe).state == "computed"
    return qinghe


def get(world: World, name: str, path: str, status: int = 200) -> str:
    response = world.client(name).get(path)
    assert response.status_code == status, (name, path, response.status_code)
    return response.content.decode()


def links(page: str, part: str) -> list[str]:
    return [url for url in LINK.findall(page) if part in url]


def text(page: str) -> str:
    return " ".join(strip_tags(page).split())


def test_who_may_not_list_the_records_reads_who_may(month: World) -> None:
    """The head of a house sees its figures; the cases behind them are for others: the page says for whom."""
    with inside(month):
        month.people["jian"] = member("jian", "简院长", month.lead, "institution_head")
    said = "您的角色不能打开这些数据的记录："
    for address in ("institutions/QH01/why/", "institutions/QH01/why/cmi/"):
        page, open_page = get(month, "jian", BASE + address), get(month, "su", BASE + address)
        assert said in page and "只有以下角色可以这样做" in page and "逐项可点开记录" not in page
        assert not links(page, "/records/2026-10/total_weight/")
        assert said not in open_page and "逐项可点开记录" in open_page


def test_the_administrator_gets_from_money_to_the_case_rows_in_three_clicks(month: World) -> None:
    page = get(month, "su", BASE)
    money = links(page, "/institutions/QH01/why/")[0]
    why = get(month, "su", money)
    record = next(url for url in links(why, "/records/2026-10/") if url.endswith("/total_weight/"))
    rows = get(month, "su", record)
    assert "lead2026-100000/1" in rows and "病*" in rows
    case = links(rows, "/cases/")
    assert case and get(month, "su", case[0])


def test_each_number_of_every_formula_opens(month: World) -> None:
    pages = [f"{BASE}institutions/QH01/why/", f"{BASE}institutions/QH01/"]
    seen: set[str] = set()
    for page in pages:
        seen |= set(links(get(month, "su", page), "/months/2026-10/"))
    why = {url for url in seen if "/why/" in url}
    for url in sorted(why):
        seen |= set(links(get(month, "su", url), "/months/2026-10/"))
    kinds = {url.rstrip("/").rpartition("/")[2] for url in seen if "/records/" in url}
    assert kinds >= {"pool", "basis", "scheme", "cost_fen", "served_population", "referrals_received"}
    for url in sorted(seen):
        if not url.endswith(("/export/", "/compute/", "/propose/")):
            get(month, "su", url.partition("#")[0])


def test_the_month_shows_money_that_ties_and_says_it_is_provisional(month: World) -> None:
    page = text(get(month, "luo", BASE))
    assert "500,000.01" in page and "预估" in page
    with inside(month):
        run = MonthRun.objects.get()
    post(month, run)
    assert "预估" not in text(get(month, "luo", BASE))


def test_numbers_in_the_formula_are_those_of_the_month(month: World) -> None:
    page = text(get(month, "luo", f"{BASE}institutions/QH01/why/cost_change/"))
    assert "14,814.72" in page  # 12 cases of 1,234.56 yuan
    page = text(get(month, "luo", f"{BASE}institutions/QH11/why/up_arrivals/"))
    assert re.search(r"1,000系数 ?× ?5转出.+÷ ?31,000服务人口", page) and "0.1613" in page


OWN = [
    f"{BASE}institutions/QH01/", f"{BASE}institutions/QH01/why/", f"{BASE}institutions/QH01/why/cmi/",
    f"{BASE}institutions/QH01/records/2026-10/cost_fen/", f"{BASE}institutions/QH01/records/2026-10/basis/",
]  # fmt: skip
OTHERS = [path.replace("QH01", "QH02") for path in OWN]
WHOLE = [BASE, f"{BASE}indicators/cmi/", "/a/qinghe/months/"]


def test_everybody_with_the_right_sees_the_month_and_aggregates(month: World) -> None:
    for name in ("su", "luo", "cai", "ding", "kong", "lin", "wu"):
        for path in WHOLE:
            get(month, name, path)


def test_an_institution_opens_its_own_figures_and_nobody_elses(month: World) -> None:
    for name in ("kong", "lin", "wu"):
        for path in OWN:
            get(month, name, path)
        for path in OTHERS:
            get(month, name, path, 404)
        page = get(month, name, BASE)
        assert links(page, "/institutions/QH01/") and not links(page, "/institutions/QH02/")
        assert "清河县中医医院" in page  # whose score and money are published


def test_a_coder_sees_no_month_and_finance_no_patients(month: World) -> None:
    get(month, "han", BASE, 403)
    get(month, "cai", f"{BASE}institutions/QH01/why/")
    get(month, "cai", f"{BASE}institutions/QH01/records/2026-10/cost_fen/", 403)


def test_another_alliance_finds_nothing(month: World) -> None:
    for path in [*WHOLE, *OWN]:
        get(month, "qiao", path, 404)
    for path in [*WHOLE, *OWN]:
        there = path.replace("/a/qinghe/", "/a/jiangzhou/")
        page = month.client("qiao").get(there)
        assert page.status_code in (200, 404) and "清河" not in page.content.decode()
        assert page.status_code == 404 or "QH0" not in page.content.decode()


def test_lists_of_patients_are_journaled(month: World) -> None:
    get(month, "su", f"{BASE}institutions/QH01/records/2026-10/total_weight/")
    get(month, "su", f"{BASE}institutions/QH11/records/2026-10/up_effective_sent/")
    with inside(month):
        listed = Journal.objects.filter(verb="patient.listed").order_by("pk")
        found = [(row.detail["list"], row.detail["fact"]) for row in listed]
        assert found == [("case", "total_weight"), ("referral", "up_effective_sent")]


def test_the_village_referrals_list_is_the_townships(month: World) -> None:
    page = get(month, "zhao", f"{BASE}institutions/QH11/records/2026-10/up_effective_sent/")
    assert len(set(re.findall(r"ZZ26\d{4}-\d{4}", page))) == 5


def test_an_ineffective_referral_is_not_counted_and_stands_beside_with_why(qinghe: World) -> None:
    at = datetime(2026, 10, 20, 2, tzinfo=UTC)
    with inside(qinghe):
        one = logged(qinghe, serial=71, now=at)
        for step, more in (
            ("accept", {}),
            ("arrive", {}),
            ("complete", {"reply": "未收治", "treated": False}),
        ):
            one = referrals.STEPS[step](by=qinghe.lin, referral=one, now=at, **more)
    assert compute(qinghe).state == "computed"
    with inside(qinghe):
        value = IndicatorValue.objects.get(institution=qinghe.shiqiao, indicator="up_arrivals")
        assert value.numerator == 5
    path = f"{BASE}institutions/QH11/records/2026-10/up_effective_sent/"
    counted, rest = get(qinghe, "zhao", path), get(qinghe, "zhao", f"{path}?view=rest")
    assert one.number not in counted and "未计入" in counted
    assert one.number in rest and "到达后未诊治" in rest and rest.count("<tr") == 2


def test_records_that_changed_since_are_said_to_have_changed(month: World) -> None:
    path = f"{BASE}institutions/QH01/records/2026-10/discharges/"
    assert "agrees" in get(month, "su", path) or "一致" in get(month, "su", path)
    deliver(month, OCTOBER, "lead", "lin", 13)
    page = text(get(month, "su", path))
    assert "13" in page and ("changed" in page or "变动" in page)


def test_what_no_formula_uses_is_not_there(month: World) -> None:
    nowhere = ("2026-10/nothing", "2024-01/cost_fen", "2026-13/cost_fen")
    for path in (*(f"records/{each}/" for each in nowhere), "why/nothing/"):
        get(month, "su", f"{BASE}institutions/QH01/{path}", 404)
    get(month, "su", f"{BASE}institutions/QH11V1/", 404)
    get(month, "su", f"{BASE}indicators/nothing/", 404)


def test_pages_of_a_month_without_a_result(qinghe: World) -> None:
    page = get(qinghe, "su", BASE)
    assert links(page, "/inputs/") and 'action="/a/qinghe/months/2026-10/compute/"' in page
    for path in [*OWN, f"{BASE}indicators/cmi/"]:
        get(qinghe, "su", path, 404)
    assert "2026年10月" in get(qinghe, "su", "/a/qinghe/months/")


def test_compute_propose_agree_post_through_the_pages(qinghe: World) -> None:
    su, luo, cai = qinghe.client("su"), qinghe.client("luo"), qinghe.client("cai")
    assert su.post(f"{BASE}compute/").status_code == 302
    assert "progressbar" in su.get(f"{BASE}progress/").content.decode()
    assert "progressbar" in su.get(BASE).content.decode()
    jobs.drain(qinghe.qinghe)
    ended = su.get(f"{BASE}progress/", headers={"HX-Request": "true"})
    assert ended["HX-Redirect"] == BASE
    assert luo.post(f"{BASE}propose/").status_code == 302
    with inside(qinghe):
        run = MonthRun.objects.select_related("approval").get()
    assert run.state == "proposed"
    page = cai.get(BASE).content.decode()
    assert links(page, f"/approvals/{run.approval.pk}/")
    subject = cai.get(f"/a/qinghe/approvals/{run.approval.pk}/").content.decode()
    assert "500,000.01" in subject
    with inside(qinghe):
        approvals.decide(by=qinghe.cai, approval=run.approval, verdict="yes")
        run.refresh_from_db()
        entry = run.journal.entries.get(account__code="institution:QH01")
        assert run.state == "posted"
    opened = cai.get(f"/a/qinghe/months/lines/{entry.evidence_id}/")
    assert opened.url == f"{BASE}institutions/QH01/why/"


def test_buttons_follow_the_roles(month: World) -> None:
    def buttons(name: str) -> set[str]:
        page = get(month, name, BASE)
        return {word for word in ("compute", "propose", "export", "inputs") if f"{BASE}{word}/" in page}

    assert buttons("luo") == {"compute", "propose", "export", "inputs"}
    assert buttons("su") == {"compute", "inputs"}
    assert buttons("cai") == {"export", "inputs"}
    assert buttons("ding") == {"export", "inputs"}
    assert buttons("kong") == buttons("lin") == set()


def test_the_pages_speak_english_too(month: World) -> None:
    client = month.client("su")
    client.cookies["django_language"] = "en"
    said = text(client.get(f"{BASE}institutions/QH11/").content.decode())
    assert "discharges 4, fewer than 10" in said and "Average stay" in said
    assert "Scores and shares" in text(client.get(BASE).content.decode())


REFUSED = [
    ("lin", "compute/", 403), ("cai", "compute/", 403), ("su", "propose/", 403), ("kong", "inputs/", 404),
    ("lin", "export/", 403), ("su", "export/", 403), ("qiao", "compute/", 404), ("cai", "inputs/pool/", 403),
    ("cai", "inputs/bases/", 403), ("su", "inputs/exceptions/", 403), ("ding", "inputs/pool/1/confirm/", 403),
]  # fmt: skip


def test_what_a_role_may_not_do(month: World) -> None:
    for name, path, status in REFUSED:
        client = month.client(name)
        method = client.get if path in ("inputs/", "export/") else client.post
        assert method(f"{BASE}{path}").status_code == status, (name, path)
    with inside(month):
        assert MonthRun.objects.count() == 1 and MonthRun.objects.get().state == "computed"


def test_a_pool_takes_two_people_on_the_page(world: World) -> None:
    luo, cai = world.client("luo"), world.client("cai")
    data = {"fen": "500,000.01", "source_kind": "pay_total", "source": "协同奖励基金"}
    refused = luo.post(f"{BASE}inputs/pool/", {**data, "fen": "5,00.1"})
    assert refused.status_code == 400 and "5,00.1" in refused.content.decode()
    assert luo.post(f"{BASE}inputs/pool/", data).status_code == 302
    assert "confirm/" not in luo.get(f"{BASE}inputs/").content.decode()
    action = re.search(r'action="([^"]+confirm/)"', cai.get(f"{BASE}inputs/").content.decode())
    assert action and cai.post(action[1]).status_code == 302
    assert "confirm/" not in cai.get(f"{BASE}inputs/").content.decode()


def test_bases_and_exceptions_on_the_page(world: World) -> None:
    luo = world.client("luo")
    base = {"institution": world.lead.pk, "fen": "3,000,000", "source": "绩效办"}
    assert luo.post(f"{BASE}inputs/bases/", base).status_code == 302
    assert luo.post(f"{BASE}inputs/bases/", {**base, "institution": world.liulin.pk}).status_code == 400
    assert luo.post(f"{BASE}inputs/bases/", {**base, "institution": world.city_lead.pk}).status_code == 400
    signed = {"institution": world.tcm.pk, "reason": "系统切换"}
    assert luo.post(f"{BASE}inputs/exceptions/", signed).status_code == 302
    page = world.client("meng").get(f"{BASE}inputs/").content.decode()
    assert "3,000,000.00" in page and "系统切换" in page and "confirm/" in page


def test_who_gains_and_who_loses_against_the_month_before(qinghe: World) -> None:
    decide(qinghe, SEPTEMBER, fen=40_000_000)
    for name, steward in (("lead", "lin"), ("tcm", "tan"), ("shiqiao", "han")):
        deliver(qinghe, SEPTEMBER, name, steward, 11)
    assert compute(qinghe, month=SEPTEMBER).state == "computed"
    assert compute(qinghe).state == "computed"
    page = text(get(qinghe, "su", BASE))
    assert "+100,000.01" in page
    assert "400,000.00" in text(get(qinghe, "su", "/a/qinghe/months/"))


COUNTED = [
    "", "indicators/cmi/", "institutions/QH01/", "institutions/QH01/why/", "institutions/QH01/why/cmi/",
    "institutions/QH01/records/2026-10/cost_fen/", "institutions/QH11/records/2026-10/up_effective_sent/",
    "inputs/",
]  # fmt: skip


def test_the_number_of_queries_does_not_grow(month: World) -> None:
    su = month.client("su")
    su.get(BASE)
    few = {path: queries(su, path) for path in COUNTED}
    deliver(month, OCTOBER, "lead", "lin", 40)
    more_institutions(month)
    assert compute(month).state == "computed"
    assert {path: queries(su, path) for path in COUNTED} == few
    assert max(few.values()) <= 30, few


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(f"{BASE}{path}").status_code == 200
    return len(found)


def more_institutions(world: World) -> None:
    with inside(world):
        for number in range(12):
            town = place(
                f"QH3{number:02}", f"第{number}镇卫生院", "primary", "township", served_population=9_000
            )
            bases.set_basis(by=world.luo, institution=town, fen=100_000, from_month=OCTOBER, source="绩效办")


def test_what_has_arrived_is_marked_as_of_now_and_more_than_declared_warns(month: World) -> None:
    page = text(get(month, "su", BASE))
    assert "目前数据完整率" in page and "目前病例" in page and "多于申报" not in page
    deliver(month, OCTOBER, "lead", "lin", 41, declared=2)
    assert "多于申报" in text(get(month, "su", BASE))


def test_a_month_says_what_arrived_after_it_was_computed_and_keeps_its_money(month: World) -> None:
    with inside(month):
        run = MonthRun.objects.select_related("settlement").get()
    assert "现在已不同" not in text(get(month, "su", BASE))
    with inside(month):
        before = Case.objects.filter(month=OCTOBER.first_day, institution=month.lead).count()
    deliver(month, OCTOBER, "lead", "lin", before + 3)
    page = text(get(month, "su", BASE))
    assert "现在已不同" in page and "重新核算才计入" in page
    assert f"出院例数 {before} → {before + 3}" in page
    assert "现在已不同" not in text(get(month, "tan", BASE)), "a township sees its own numbers only"
    post(month, run)
    page = text(get(month, "su", BASE))
    assert "已审批的结果不变" in page and "500,000.01" in page


def test_a_fund_replaced_after_the_month_was_computed_is_said_old_and_new(month: World) -> None:
    """On the page of the month, of its approval, and of what changed since it was posted."""
    with inside(month):
        run = MonthRun.objects.select_related("settlement").get()
        entered = pools.enter_pool(
            by=month.luo, month=OCTOBER, fen=POOL + 12_300, source_kind="pay_total", source="追加"
        )
    assert "现在已不同" not in text(get(month, "su", BASE)), "an entry nobody confirmed replaces nothing"
    with inside(month):
        pools.confirm_pool(by=month.cai, pool=entered, now=NOW)
    said = f"{words.yuan(POOL)} → {words.yuan(POOL + 12_300)}"
    page = text(get(month, "su", BASE))
    assert "有 1 项现在已不同" in page and "重新核算才计入" in page and f"基金池（元） {said}" in page
    with inside(month):
        approval = approving.propose(by=month.luo, run=run, today=TODAY)
    assert said in text(get(month, "cai", f"/a/qinghe/approvals/{approval.pk}/"))
    with inside(month):
        approvals.decide(by=month.cai, approval=approval, verdict="yes")
    assert said in text(get(month, "su", BASE)) and said in text(get(month, "luo", f"{BASE}since/"))


def test_a_given_up_job_stands_in_nobodys_way(month: World) -> None:
    with inside(month):
        run = months.enqueue_run(by=month.su, month=OCTOBER)
        Job.objects.filter(pk=run.job_id).update(state="dead")
    page = get(month, "su", BASE)
    assert f"第 {run.number} 次核算中断" in text(page)
    assert links(page, f"/jobs/{run.job_id}/") and "/compute/" in page
    assert compute(month).state == "computed"


def test_who_lacks_the_same_is_named_in_one_sentence(month: World) -> None:
    with inside(month):
        run = MonthRun.objects.select_related("settlement__scheme").get()
        frame = Frame(month.su, OCTOBER, run, run.settlement)
        lines = frame.lines()
        some = next(line for line in lines if line.missing)
        for line in lines:
            line.missing, line.status = some.missing, "reweighted"
        said = show_month.unscored(frame, lines)
    assert len(said) == 1 and all(line.institution.short_name in said[0] for line in lines)


def test_a_month_of_an_illustrative_scheme_says_so_when_another_holds_today(month: World) -> None:
    words = "本月按示意方案分组"
    assert words not in text(get(month, "su", BASE)), "the banner of every page says it"
    Alliance.objects.filter(pk=month.qinghe.pk).update(illustrative_scheme=False)
    assert words in text(get(month, "su", BASE))


def test_finance_sees_the_figures_but_no_link_to_lists_it_may_not_open(month: World) -> None:
    pages = [
        f"{BASE}institutions/QH01/why/",
        f"{BASE}institutions/QH01/why/cmi/",
        f"{BASE}institutions/QH01/",
    ]
    found = {url for page in pages for url in links(get(month, "cai", page), "/records/")}
    assert found and not any(url.endswith("/total_weight/") for url in found)
    for url in sorted(found):
        get(month, "cai", url)
    record = next(
        url for url in links(get(month, "su", pages[0]), "/records/") if url.endswith("/total_weight/")
    )
    get(month, "cai", record, 403)


def test_own_values_stand_beside_those_scored_alike_where_nobody_can_be_told(month: World) -> None:
    """Three institutions: from ten on a range is shown, so none is; with fewer asked for it would be."""
    with inside(month):
        line = Line.objects.select_related("institution").get(institution=month.lead)
        own = dict(
            IndicatorValue.objects.filter(settlement=line.settlement, institution=month.lead)
            .exclude(value=None).values_list("indicator", "value")
        )  # fmt: skip
        shown = ranges.of_institutions(line, 1)
        assert set(own) <= set(shown)
        for code, value in own.items():
            assert shown[code].low <= value <= shown[code].high and shown[code].low <= shown[code].median
        assert not any(one.shown for one in ranges.of_institutions(line, 10).values())
    for name in ("su", "kong"):
        page = get(month, name, f"{BASE}institutions/QH01/")
        assert "同类不足" in page and "至少 10 个有数时列出" in page
