"""Pages of the dictionary: found by any of its names, whole, in two languages, and out as a workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from openpyxl import load_workbook

from performance.dictionary import book
from performance.models import SchemeVersion
from tests.performance.scene import OCTOBER, SEPTEMBER, compute, decide, deliver, inside, refer
from tests.world import World

BASE = "/a/qinghe/indicators/"


def get(world: World, name: str, path: str, status: int = 200, language: str = "zh-hans") -> str:
    response = world.client(name).get(path, headers={"accept-language": language})
    assert response.status_code == status, (name, path, response.status_code)
    return response.content.decode()


def text(page: str) -> str:
    return " ".join(strip_tags(page).split())


def codes(page: str) -> list[str]:
    found = re.findall(r'href="/a/qinghe/indicators/([a-z0-9_]+)/"', page)
    return [code for code in found if code not in ("export", "try")]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("两周内不存在", ""), ("下转患者占比", "down_referral_share"),
        ("Mortality of low-risk", "lowrisk_mortality"), ("sxzzl", "two_way_referral"),
        ("UP_ARRIVALS", "up_arrivals"), ("S3-58", "two_way_referral"),
        ("results_recognisable", "recognition_rate"),
    ],
)  # fmt: skip
def test_an_indicator_is_found_by_any_of_its_names(world: World, word: str, code: str) -> None:
    found = codes(get(world, "luo", f"{BASE}?q={word}"))
    assert (code in found) if code else not found


def test_the_conditions_narrow_together_and_an_unknown_one_is_said(world: World) -> None:
    page = get(world, "luo", f"{BASE}?area=fund&origin=automatic&level=department&frequency=month")
    wanted = book.found(area="fund", origin="automatic", level="department", frequency="month")
    assert codes(page) == [entry.code for entry in wanted] and 3 <= len(wanted) < 12
    assert {(one.area, one.origin, one.frequency) for one in wanted} == {("fund", "automatic", "month")}
    wrong = get(world, "luo", f"{BASE}?area=kitchen")
    assert "kitchen" in text(wrong) and len(codes(wrong)) == 50


def test_the_list_counts_what_is_captured_imported_and_declared(world: World) -> None:
    page = text(get(world, "luo", BASE))
    origins = [entry.origin for entry in book.entries().values()]
    assert f"共 {len(origins)} 个指标" in page
    assert f"自动采集 {origins.count('automatic')}" in page


def test_an_indicator_shows_formula_facts_sources_and_target(world: World) -> None:
    page = text(get(world, "luo", f"{BASE}two_way_referral/"))
    for said in (
        "双向转诊率", "转出并到达的有效上转人次", "up_effective_sent", "出院例数", "区间内为好", "自动采集",
        "需求 S3-49, S3-58, S3-61, X7-A8", "医联体", "30", "尚无月份核算过本指标", "没有方案采用本指标",
    ):  # fmt: skip
        assert said in page, said
    assert '/parameters/cp.referral_band/"' in get(world, "luo", f"{BASE}two_way_referral/")
    english = text(get(world, "luo", f"{BASE}two_way_referral/", language="en"))
    assert "Two-way referral rate" in english and "good inside a band" in english


def test_every_indicator_has_its_page(world: World) -> None:
    client = world.client("luo")
    for code in book.entries():
        assert client.get(f"{BASE}{code}/").status_code == 200, code
    assert client.get(f"{BASE}luck/").status_code == 404


def test_a_declared_one_says_how_it_is_proved(world: World) -> None:
    page = text(get(world, "luo", f"{BASE}infection_control/"))
    assert "佐证材料： 院感检查表和现场签字" in page and "申报" in page and "现场考核" in page


def test_values_of_settled_months_lead_to_why_where_the_member_may(qinghe: World) -> None:
    decide(qinghe, SEPTEMBER)
    deliver(qinghe, SEPTEMBER, "lead", "lin", 11)
    deliver(qinghe, SEPTEMBER, "tcm", "tan", 12)
    deliver(qinghe, SEPTEMBER, "shiqiao", "han", 3)
    refer(qinghe, SEPTEMBER)
    for month in (SEPTEMBER, OCTOBER):
        assert compute(qinghe, month=month).state == "computed"
    page = get(qinghe, "luo", f"{BASE}up_arrivals/")
    assert f"/months/{SEPTEMBER}/institutions/QH11/why/up_arrivals/" in page
    assert f"/months/{OCTOBER}/indicators/up_arrivals/" in page and "0.1613" in page
    with inside(qinghe):
        version = SchemeVersion.objects.get()
    assert f"/versions/{version.pk}/" in page and "医共体协同绩效示范方案" in page
    own = get(qinghe, "lin", f"{BASE}up_arrivals/")
    assert "/institutions/QH01/why/up_arrivals/" in own and "/institutions/QH11/" not in own
    with CaptureQueriesContext(connection) as before:
        get(qinghe, "luo", f"{BASE}cmi/")
    with CaptureQueriesContext(connection) as after:
        get(qinghe, "luo", f"{BASE}mean_stay/")
    assert len(after) == len(before)


def test_the_workbook_holds_all_of_it_in_chinese_and_no_formula(world: World) -> None:
    response = world.client("luo").get(f"{BASE}export/", headers={"accept-language": "en"})
    book_of = load_workbook(io.BytesIO(response.content))
    assert book_of.sheetnames == ["指标", "数据项"]
    rows = [[cell.value for cell in row] for row in book_of["指标"].iter_rows()]
    assert (
        rows[0][:5] == ["代码", "名称", "英文名称", "领域", "定义"] and len(rows) == len(book.entries()) + 1
    )
    by_code = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert by_code["cmi"]["算式"] == "total_weight ÷ weighted_cases"
    assert by_code["stay_change"]["算式"] == (
        "100 × ( stay_days ÷ discharges − stay_days[-12] ÷ discharges[-12] ) "
        "÷ ( stay_days[-12] ÷ discharges[-12] )"
    )
    assert by_code["mean_cost"]["算式"] == "0.01 × cost_fen ÷ discharges"
    assert by_code["two_way_referral"]["分子"] == "转出并到达的有效上转人次 ＋ 转出并到达的有效下转人次"
    assert by_code["cmi"]["最小样本（分母）"] == 10 and Decimal(by_code["cmi"]["小数位数"]) == 4
    assert all(cell.data_type != "f" for row in book_of["指标"].iter_rows() for cell in row)


def test_who_sees_no_indicators_sees_no_dictionary(world: World) -> None:
    for path in (BASE, f"{BASE}cmi/", f"{BASE}export/"):
        get(world, "han", path, 403)


def test_a_formula_is_tried_for_the_institutions_a_member_sees_and_stored_nowhere(qinghe: World) -> None:
    path = f"{BASE}try/?month=2026-10&expression="
    page = text(get(qinghe, "luo", f"{path}100 × up_arrived_sent ÷ referrals_received"))
    assert "石桥镇中心卫生院" in page and "清河县人民医院" in page and "除数为零" in page
    page = text(get(qinghe, "luo", f"{path}mean_cost × 2"))
    assert "2,469.1200" in page and "住院次均费用" in page  # twice 1,234.56 yuan
    own = text(get(qinghe, "lin", f"{path}mean_cost × 2"))
    assert "清河县人民医院" in own and "清河县中医医院" not in own
    missing = text(get(qinghe, "luo", f"{path}papers %2B 1"))
    assert "缺少数据：发表论文" in missing and "不评" in missing
    client = qinghe.client("luo")
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"{path}mean_cost × 2").status_code == 200
    written = [one["sql"] for one in caught if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert all("django_session" in sql for sql in written), written


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("100 × discharge", "第 7 个字符：discharge 既不是数据项也不是指标。是否指 discharges？"),
        ("mean_cost ×", "算式没有写完：缺少数字或名称。"),
        ("min(1)", "第 1 个字符：min 需要两个或更多部分。"),
        ("%2B".join(f"prev(discharges, {n})" for n in range(1, 16)), "试算最多涉及 13 个不同的月份。"),
        ("", "必填"),
    ],
)
def test_a_formula_that_cannot_be_read_is_kept_and_its_place_is_said(
    world: World, expression: str, said: str
) -> None:
    page = get(world, "luo", f"{BASE}try/?month=2026-10&expression={expression}")
    assert said in text(page)
    assert not expression or expression.replace("%2B", "+") in page.replace("&#x27;", "'")
