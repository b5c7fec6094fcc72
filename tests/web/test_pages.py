"""The frame of every page: security policy, menu, languages, banner, errors, no address of elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alliance.models import Alliance, Membership
from alliance.roles import actions
from alliance.services import inbox
from alliance.services.inbox import Figure, Todo
from alliance.tenancy.scope import act_in
from alliance.web import context
from tests.web.test_fragments import REFUSED
from tests.world import World

HOME = "/a/qinghe/"


@pytest.fixture
def something_to_do(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A late thing, a later one and a figure for everybody; nothing of the rooms."""
    late = timezone.now() - timedelta(days=4)
    todos = [
        Todo("late", "麻坪镇 文件未交", "应交 11-03", "/x/", late),
        Todo("info", "指标异议", "", "/y/", count=2),
    ]
    monkeypatch.setattr(inbox, "_todos", {"test": lambda by, now: todos})
    monkeypatch.setattr(
        inbox, "_figures", {"test": lambda by, now: [Figure("协同奖励基金", "1,286,400.00", "元")]}
    )
    yield


def pages(world: World) -> dict[str, Any]:
    """One answer of each kind of page."""
    luo = world.client("luo")
    return {
        "home": luo.get(HOME),
        "me": luo.get("/me/"),
        "missing": luo.get(f"{HOME}nothing/"),
        "sign-in": Client().get("/sign-in/"),
        "sign-in refused": Client().post("/sign-in/", {"username": "x", "password": "y"}),
    }


def test_every_page_carries_a_policy_that_lets_nothing_inline_run(world: World) -> None:
    for name, response in pages(world).items():
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert "default-src 'none'" in policy, name
        assert re.search(r"script-src 'self' 'nonce-[^']+'", policy), name
        assert not REFUSED.search(response.content.decode()), name


def test_no_page_names_an_address_of_elsewhere(world: World) -> None:
    for name, response in pages(world).items():
        assert "://" not in response.content.decode().replace("http://testserver", ""), name


def test_the_frame_speaks_chinese_and_on_request_english(world: World) -> None:
    chinese = world.client("luo").get(HOME).content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert "跳到正文" in chinese
    english = world.client("luo", headers={"accept-language": "en"}).get(HOME).content.decode()
    assert '<html lang="en"' in english
    assert "Skip to the content" in english


def test_home_says_how_much_is_to_do_late_things_first(world: World, something_to_do: None) -> None:
    html = world.client("luo").get(HOME).content.decode()
    assert "今天先办 3 件事" in html
    assert "1 件已逾期，2 件等您处理。" in html
    assert html.index("麻坪镇") < html.index("指标异议")
    assert "逾期 4 天" in html
    assert "1,286,400.00" in html


def test_the_bell_asks_for_the_number_alone(world: World, something_to_do: None) -> None:
    response = world.client("luo").get(HOME, headers={"HX-Request": "true", "HX-Target": "bell"})
    assert response.content == b"3"


def test_home_with_nothing_to_do_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_todos", {})
    html = world.client("luo").get(HOME).content.decode()
    assert "没有等您处理的事" in html
    assert "都办完了" in html


def test_the_banner_stands_on_pages_of_an_illustrative_scheme_alone(world: World) -> None:
    words = "用于支付前，须先导入本市正式方案"
    luo = world.client("luo")
    assert words in luo.get(HOME).content.decode()
    assert words in luo.get(f"{HOME}nothing/").content.decode()
    Alliance.objects.filter(pk=world.qinghe.pk).update(illustrative_scheme=False)
    assert words not in luo.get(HOME).content.decode()


def test_the_menu_shows_what_the_member_may(world: World) -> None:
    entries = [entry for _label, group in context.MENU for entry in group]
    assert len({entry.name for entry in entries}) == len(entries) > 20
    assert {entry.needs for entry in entries} <= actions()
    html = world.client("lin").get(HOME).content.decode()
    assert 'aria-current="page"' in html
    assert f'href="{HOME}data/"' in world.client("su").get(HOME).content.decode()
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.lin.pk).update(roles=["clinician"])
    assert f'href="{HOME}data/"' not in world.client("lin").get(HOME).content.decode()


@pytest.mark.parametrize(("path", "entry"), [("pay/sources/", "pay/mine/"), ("duty/versions/", "duty/mine/")])
def test_every_page_of_a_room_marks_its_entry(world: World, path: str, entry: str) -> None:
    page = world.client("luo").get(f"{HOME}{path}").content.decode()
    side = page[page.index('id="menu"') : page.index("</nav>")]
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', side) == [f"{HOME}{entry}"]


def test_a_menu_is_drawn_anew_for_another_language_and_another_alliance(world: World) -> None:
    def side(who: str, path: str, **extra: str) -> str:
        page = world.client(who, **extra).get(path).content.decode()
        return page[page.index('id="menu"') : page.index("</nav>")]

    chinese, english = side("luo", HOME), side("luo", HOME, HTTP_ACCEPT_LANGUAGE="en")
    assert "参数" in chinese and "Parameters" in english and "Parameters" not in chinese
    there = side("qiao", "/a/jiangzhou/")
    assert world.qiao.roles == world.luo.roles and chinese == side("luo", HOME)
    assert 'href="/a/jiangzhou/parameters/"' in there and HOME not in there


def test_a_long_menu_opens_where_one_is_and_a_short_one_whole(world: World) -> None:
    def opened(who: str, path: str) -> list[tuple[bool, int]]:
        page = world.client(who).get(path).content.decode()
        side = page[page.index('id="menu"') : page.index("</nav>")]
        groups = re.findall(r"<details( open)?>(.*?)</details>", side, re.DOTALL)
        return [(bool(open_), inside.count("<a ")) for open_, inside in groups]

    home, away = opened("luo", HOME), opened("luo", f"{HOME}parameters/")
    assert len(home) > 4 and home[0][0] and not home[-1][0]
    rules = [number for number, (open_, _links) in enumerate(away) if open_][-1]
    assert not home[rules][0], "where one is stands open"
    for shown in (home, away):
        assert sum(links for open_, links in shown if open_) <= context.SHORT
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.lin.pk).update(roles=["family_doctor"])
    assert {open_ for open_, _links in opened("lin", HOME)} == {True}


def test_a_form_s_address_opened_as_a_page_says_so_and_leads_back(world: World) -> None:
    answer = world.client("luo").get(f"{HOME}performance-schemes/drafts/7/try/")
    page = answer.content.decode()
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "只接收表单" in page and 'href="../"' in page
    assert "只接收表单" in Client().get("/sign-out/").content.decode()


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/a/q/", "/a/q/"),
        ("/a/q/months/2026-10/", "/a/q/months/"),
        ("/a/q/nothing/", ""),
        ("/a/q/cases/", "/a/q/cases/"),
    ],
)
def test_the_menu_marks_where_one_is(path: str, current: str) -> None:
    assert context.current(path, ["/a/q/", "/a/q/months/", "/a/q/case-files/", "/a/q/cases/"]) == current


def test_a_missing_page_and_a_foreign_one_look_alike(world: World) -> None:
    def bare(response: Any) -> str:
        text = response.content.decode()
        for pattern in (r'nonce="[^"]*"', r'value="[^"]*"', r'"X-CSRFToken": "[^"]*"'):
            text = re.sub(pattern, "", text)
        return text

    client = world.client("lin")
    missing, foreign = client.get("/a/nowhere/"), client.get("/a/jiangzhou/")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert bare(missing) == bare(foreign)
    assert "江州" not in foreign.content.decode()


def test_a_chosen_theme_is_drawn_by_the_server_and_a_foreign_value_is_not(world: World) -> None:
    client = world.client("luo")
    assert 'data-theme="system" data-bs-theme="light"' in client.get(HOME).content.decode()
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark" data-bs-theme="dark"' in client.get(HOME).content.decode()
    client.cookies["theme"] = "x onload"
    assert 'data-theme="system"' in client.get(HOME).content.decode()


def test_one_chooses_among_own_memberships_only(world: World) -> None:
    client = world.client("lin")
    assert client.post("/me/", {"membership": world.lin.pk}).headers["Location"] == HOME
    assert client.session["institution"] == world.lead.pk
    assert client.post("/me/", {"membership": world.qian.pk}).status_code == 404
    assert client.post("/me/", {"membership": ""}).status_code == 404
