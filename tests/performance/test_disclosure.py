"""The public page: only what two people released, no small group, no cookie, no trace of anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.documents import Part, Table
from alliance.lib.hiding import hide
from alliance.models import Staff
from alliance.web import public as web_public
from performance.disclosure import public, services
from performance.disclosure.refusals import DisclosureRefused
from performance.life.services import stages
from performance.models import Disclosure, DisclosureSwitch
from performance.show import labels
from tests.performance.scene import NOW, OCTOBER, compute, inside, post
from tests.world import World

OPEN = "/open/qinghe/"


@pytest.fixture
def published(qinghe: World) -> Iterator[World]:
    """October is posted and published inside the alliance."""
    cache.clear()
    post(qinghe, compute(qinghe))
    with inside(qinghe):
        stages.publish(by=qinghe.luo, month=OCTOBER, now=NOW)
    yield qinghe
    cache.clear()


def on(world: World, *, confirmed: bool = True, answers: bool = True) -> DisclosureSwitch:
    with inside(world):
        row = services.switch(by=world.luo, on=answers, reason="理事会〔2026〕9号", now=NOW)
        return services.confirm(by=world.cai, row=row, now=NOW) if confirmed else row


def entered(world: World, *, confirmed: bool = True) -> Disclosure:
    with inside(world):
        row = services.enter(by=world.luo, month=OCTOBER, now=NOW)
        return services.confirm(by=world.cai, row=row, now=NOW) if confirmed else row


def read(path: str = OPEN, **more: Any) -> Any:
    return Client().get(path, **more)


def test_only_what_two_people_released_is_read(published: World) -> None:
    nothing = read("/open/no-such-alliance/")
    assert nothing.status_code == 404
    steps: list[Any] = [
        lambda: None, lambda: on(published, confirmed=False), lambda: entered(published, confirmed=False),
        lambda: entered(published), lambda: on(published, answers=False),
    ]  # fmt: skip
    for deed in steps:
        deed()
        cache.clear()
        for path in (OPEN, f"{OPEN}2026-10/"):
            answer = read(path)
            assert (answer.status_code, answer.content) == (404, nothing.content)
    on(published)
    cache.clear()
    assert read().status_code == read(f"{OPEN}2026-10/").status_code == 200
    assert read(f"{OPEN}2026-09/").content == nothing.content


def test_a_column_without_a_value_is_left_out_and_every_cell_names_its_heading() -> None:
    rows = (("转诊率", "3.1", "—", "4.0"), ("随访率", "—", "—", "88.0"))
    found = public._shown(Part("成效", "", Table(("指标", "县级", "村卫生室", "全部"), rows, (1, 2, 3))))
    assert found.heads == ["指标", "县级", "全部"]
    assert found.rows[1] == ("随访率", [("县级", "—"), ("全部", "88.0")])


def test_switching_off_is_felt_at_once_though_pages_are_kept(published: World) -> None:
    on(published)
    entered(published)
    assert read().status_code == 200
    office, second = published.client("luo"), published.client("cai")
    answer = office.post("/a/qinghe/disclosure/switch/", {"on": "off", "reason": "暂停公开"})
    assert answer.status_code == 302 and read().status_code == 200
    with inside(published):
        row = DisclosureSwitch.objects.order_by("-pk").first()
    assert row is not None
    address = f"/a/qinghe/disclosure/confirm/switch/{row.pk}/"
    assert office.post(address).status_code == 409 and read().status_code == 200
    from performance.disclosure import kept

    assert second.post(address).status_code == 302
    kept.forget(published.qinghe)  # a test's transaction never commits: what on_commit does
    assert read().status_code == 404


def test_it_shows_money_outcomes_and_satisfaction_and_nobody(published: World) -> None:
    on(published)
    entered(published)
    text = read().content.decode()
    assert "预算执行" in text and "健康结果" in text and "满意度" in text
    assert "500,000.01" in text and "协同奖励基金" in text
    with inside(published):
        for one in Staff.objects.all():
            assert one.name not in text
    assert "病人" not in text and "csrf" not in text and "<script" not in text
    english = read(headers={"accept-language": "en"}).content.decode()
    assert "Budget executed" in english and 'lang="en"' in english


def test_every_figure_has_its_unit_and_the_page_its_other_language(published: World) -> None:
    on(published)
    entered(published)
    text = read().content.decode()
    for head in ("已安排（元）", "已执行（元）", "结余（元）"):
        assert text.count(f'data-k="{head}"') >= 1, head
    with inside(published):
        row = services.released()[0]
        settlement = row.run.settlement
        assert settlement is not None
        units = {labels.named(one): labels.unit(one) for one in settlement.indicators().values()}
        outcomes = row.parts("zh-hans")[1].table
    assert outcomes is not None and outcomes.rows
    for cells in outcomes.rows:
        name, _space, unit = cells[0].rpartition(" (")
        assert (units[name] == unit.removesuffix(")")) if unit and name else not units[cells[0]], cells[0]
    assert 'href="?lang=en"' in text and 'aria-current="true"' in text
    english = Client().get(f"{OPEN}?lang=en").content.decode()
    assert "executed (yuan)" in english and 'lang="en"' in english
    back = Client().get(f"{OPEN}2026-10/?lang=zh-hans", headers={"accept-language": "en"}).content.decode()
    assert "已执行（元）" in back
    assert not Client().get(f"{OPEN}?lang=en").cookies


def test_a_table_of_a_paper_is_cards_on_a_phone_whose_cells_name_their_heading(published: World) -> None:
    office = published.client("luo")
    office.post("/a/qinghe/disclosure/enter/", {"month": "2026-10"})
    with inside(published):
        page = office.get(f"/a/qinghe/disclosure/months/{Disclosure.objects.get().pk}/").content.decode()
    assert '<table class="t cards"' in page and 'data-k="已执行（元）"' in page


def test_no_cookie_is_set_and_nothing_of_a_session_is_read(published: World) -> None:
    on(published)
    entered(published)
    signed_in = published.client("luo")
    for client in (Client(), signed_in):
        answer = client.get(OPEN)
        assert not answer.cookies and "Set-Cookie" not in answer
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == "public, max-age=300"
    assert signed_in.get(OPEN).content == read().content
    assert published.luo.user.name not in signed_in.get(OPEN).content.decode()


def test_pages_are_kept_and_ask_no_table_of_the_alliance(
    published: World, django_assert_max_num_queries: Any
) -> None:
    on(published)
    entered(published)
    read()
    with django_assert_max_num_queries(1):  # which alliance
        read()


def test_one_address_reads_so_many_pages_a_minute(published: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_public.Throttle, "THROTTLE_RATES", {"open": "3/min"})
    codes = [read().status_code for _n in range(5)]
    assert codes == [404, 404, 404, 429, 429] and int(read()["Retry-After"]) >= 1
    assert read(REMOTE_ADDR="10.1.1.9").status_code == 404


def test_posting_to_it_does_nothing(published: World) -> None:
    assert Client(enforce_csrf_checks=True).post(OPEN).status_code in (403, 405)


def test_a_month_that_is_not_published_inside_is_not_disclosed(qinghe: World) -> None:
    post(qinghe, compute(qinghe))
    with inside(qinghe), pytest.raises(DisclosureRefused, match="not been published"):
        services.enter(by=qinghe.luo, month=OCTOBER, now=NOW)


def test_two_people_each_time(published: World) -> None:
    row = entered(published, confirmed=False)
    with inside(published):
        with pytest.raises(DisclosureRefused, match="Another person"):
            services.confirm(by=published.luo, row=row, now=NOW)
        with pytest.raises(PermissionDenied):
            services.enter(by=published.lin, month=OCTOBER, now=NOW)
        services.confirm(by=published.cai, row=row, now=NOW)
        with pytest.raises(DisclosureRefused, match="already"):
            services.confirm(by=published.cai, row=row, now=NOW)
    for change in ({"figures": {}}, {"confirmed_by": published.luo}):
        with inside(published), pytest.raises(DatabaseError), transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(**change)


def test_figures_stay_as_they_were_released(published: World) -> None:
    on(published)
    row = entered(published)
    before = read().content
    entered(published, confirmed=False)
    cache.clear()
    assert read().content == before and row.revision == 1


def test_small_groups_are_left_out_of_the_outcomes(published: World) -> None:
    """Shiqiao has four cases: what they came to is on no row, and cannot be taken from the others."""
    with inside(published):
        row = services.enter(by=published.luo, month=OCTOBER, now=NOW)
    table = row.parts("zh-hans")[1].table
    assert table is not None and table.rows
    hidden = [line for line in table.rows if "*" in line]
    assert hidden
    for line in hidden:
        assert line[1:-1].count("*") >= 2 or line[-1] == "*"


def test_pages_inside(published: World) -> None:
    office, second = published.client("luo"), published.client("cai")
    here = "/a/qinghe/disclosure/"
    assert office.get(here).status_code == 200 and published.client("lin").get(here).status_code in (403, 404)
    assert office.post(f"{here}enter/", {"month": "2026-10"}).status_code == 302
    assert office.post(f"{here}switch/", {"on": "on", "reason": ""}).status_code == 400
    assert office.post(f"{here}switch/", {"on": "on", "reason": "理事会"}).status_code == 302
    with inside(published):
        month, switched = Disclosure.objects.get(), DisclosureSwitch.objects.get()
    assert office.get(f"{here}months/{month.pk}/").status_code == 200
    office.post(f"{here}confirm/month/{month.pk}/")
    with inside(published):
        assert Disclosure.objects.get().confirmed_at is None
    assert second.post(f"{here}confirm/month/{month.pk}/").status_code == 302
    assert second.post(f"{here}confirm/switch/{switched.pk}/").status_code == 302
    cache.clear()
    assert read().status_code == 200


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1, max_size=6)


@given(COUNTS, st.integers(2, 12))
def test_no_hidden_count_follows_from_the_rest(counts: dict[str, int], least: int) -> None:
    shown = hide(counts, least)
    hidden = [name for name, cell in shown.cells.items() if cell is None]
    for name, cell in shown.cells.items():
        assert cell is None or (cell == counts[name] and not 0 < cell < least)
        assert cell is not None or counts[name] > 0
    if shown.total is None:
        assert all(cell in (None, 0) for cell in shown.cells.values())
        return
    assert shown.total == sum(counts.values()) and (shown.total == 0 or shown.total >= least)
    rest = shown.total - sum(cell for cell in shown.cells.values() if cell is not None)
    if hidden:
        # What is hidden together is at least `least`, and at least two: each could be another number.
        assert len(hidden) >= 2 and rest >= least


@given(COUNTS)
def test_the_order_of_groups_does_not_matter(counts: dict[str, int]) -> None:
    other = dict(sorted(counts.items(), reverse=True))
    assert hide(counts, 10).cells == hide(other, 10).cells


def test_a_known_table() -> None:
    shown = hide({"a": 4, "b": 30, "c": 12, "d": 0}, 10)
    assert shown.cells == {"a": None, "b": 30, "c": None, "d": 0} and shown.total == 46 and shown.hidden
    alone = hide({"a": 4, "b": 0}, 10)
    assert alone.cells == {"a": None, "b": 0} and alone.total is None
    assert not hide({"a": 10, "b": 11}, 10).hidden


def test_nothing_but_sums_is_kept(published: World) -> None:
    figures = json.dumps(entered(published).figures, ensure_ascii=False)
    for place in (published.shiqiao, published.liulin):
        assert place.short_name not in figures
