"""Pages in a real browser: the policy bites nothing of ours, a phone holds them, axe-core finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.forms import AuthenticationForm
from django.template import engines
from django.template.loader import get_template
from django.urls import set_script_prefix, set_urlconf
from django.utils import translation

from tests.web import browser as chrome
from tests.web.fragments import TODOS, contexts
from tests.web.test_fragments import request_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chrome.CHROMIUM.exists(), reason="Chromium is absent: install chromium"),
    pytest.mark.skipif(not chrome.AXE.exists(), reason="axe-core is absent: run npm ci"),
]

# The fragments shown together on one page; the others are parts of these or stand once on a page.
SHOWN = (
    "chain", "chart", "chip", "clock", "diff", "empty", "figs", "flow", "formula", "kv", "note", "progress",
    "stages", "todo", "trail",
)  # fmt: skip
BARE = {"figs", "chain", "stages", "todo", "empty"}
START = f"{chrome.HOST}/a/qinghe/"
FILLS = "[...document.querySelectorAll('.plot svg path')].map(one => one.getAttribute('fill')).join()"
SHEET = """{% extends "base.html" %}{% block scripts %}{% echarts %}{% endblock %}
{% block content %}<div class="stack">{{ body|safe }}</div>{% endblock %}"""


class Somebody:
    """A signed-in user without a database."""

    is_authenticated = True

    def __str__(self) -> str:
        return "罗晓岚"


def request() -> Any:
    """The request of a member who may everything."""
    made = request_for("/a/qinghe/")
    made.user = Somebody()
    made.alliance = SimpleNamespace(name="清河县医共体", name_en="", illustrative_scheme=True)
    made.membership = SimpleNamespace(
        can=lambda action: True, institution_id=None, roles=["performance_office"]
    )
    return made


def fragment(name: str, made: Any) -> str:
    """A fragment as HTML."""
    return get_template(f"_{name}.html").render(contexts(made)[f"_{name}.html"], made)


def panel(name: str, made: Any) -> str:
    """A fragment in the surroundings it is meant for."""
    html = fragment(name, made)
    body = html if name in BARE else f'<div class="body">{html}</div>'
    return f'<section class="panel"><header><h2>{name}</h2></header>{body}</section>'


def rendered() -> dict[str, str]:
    """Whole pages by name."""
    made = request()
    sheet = engines["django"].from_string(SHEET)
    home = {"late": TODOS[:1], "rest": TODOS[1:], "total": 3, "late_count": 1, "rest_count": 2}
    sign_in = {"form": AuthenticationForm(), "next": "/"}
    parts = "".join(panel(name, made) for name in SHOWN)
    return {
        "parts": sheet.render({"title": "Parts", "body": parts}, made),
        "list": sheet.render({"title": "List", "body": fragment("list", made)}, made),
        "form": sheet.render({"title": "Form", "body": fragment("form", made)}, made),
        "home": get_template("home.html").render(home, made),
        "error": get_template("error.html").render({"title": "没有", "remedy": "回首页"}, made),
        "sign-in": get_template("signin/sign_in.html").render(sign_in, request_for("/")),
    }


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the module."""
    with chrome.chromium() as started:
        yield started


def pages_in(language: str) -> dict[str, str]:
    """Every page in a language, at addresses of one alliance."""
    set_urlconf("config.alliance_urls")
    set_script_prefix("/a/qinghe/")
    try:
        with translation.override(language):
            return rendered()
    finally:
        set_script_prefix("/")
        set_urlconf(None)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages in Chinese."""
    return pages_in("zh-hans")


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("zh-hans", 1440, "light"), ("zh-hans", 375, "dark"), ("en", 375, "light")],
)
def test_pages_are_accessible_and_whole(chromium: Any, language: str, width: int, theme: str) -> None:
    wrong: list[str] = []
    for name, html in pages_in(language).items():
        wrong += [f"{name}: {one}" for one in faults(chromium, html, width, theme)]
    assert wrong == []


def always(html: str) -> chrome.Answer:
    """The same page for every address; to a fragment's request a number."""
    return lambda asked: ("3" if "hx-request" in asked.headers else html, {})


def faults(chromium: Any, html: str, width: int, theme: str) -> list[str]:
    """What axe-core, the console and the width of the screen have against a page."""
    with chrome.page(chromium, always(html), width=width, theme=theme) as (opened, complaints):
        opened.goto(START)
        over = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
        wide = [f"wider than the screen by {over}"] if over > 0 else []
        return [*chrome.violations(opened), *complaints, *wide]


def test_a_chart_is_drawn_as_svg_under_the_policy(chromium: Any, pages: dict[str, str]) -> None:
    with chrome.page(chromium, always(pages["parts"])) as (opened, complaints):
        opened.goto(START)
        opened.wait_for_selector(".plot svg path", state="attached")
        light = opened.eval_on_selector_all(
            ".plot svg path", "all => all.map(one => one.getAttribute('fill')).join()"
        )
        opened.click("details.drop > summary")
        opened.click("[data-set-theme=dark]")
        opened.wait_for_timeout(200)
        dark = opened.eval_on_selector_all(
            ".plot svg path", "all => all.map(one => one.getAttribute('fill')).join()"
        )
    assert light != dark
    assert complaints == []


def test_a_list_swaps_its_panel_and_keeps_no_copy_of_the_page(chromium: Any, pages: dict[str, str]) -> None:
    whole = pages["list"]
    start = whole.index('<section class="panel" id="list"')
    swapped = whole[start : whole.index("</section>", start) + 10].replace("石桥镇中心卫生院", "换过的一行")
    answers = {"list": swapped, "bell": "3"}

    def answer(asked: Any) -> tuple[str, dict[str, str]]:
        return answers.get(asked.headers.get("hx-target", ""), whole), {}

    with chrome.page(chromium, answer) as (opened, complaints):
        opened.goto(START)
        opened.click("thead a >> nth=0")
        opened.wait_for_selector("text=换过的一行 >> nth=0")
        assert "sort=number" in opened.url
        assert opened.inner_text("#bell") == "3"
        assert "htmx-history-cache" not in opened.evaluate(
            "Object.keys({...localStorage, ...sessionStorage})"
        )
    assert complaints == []


def test_a_job_is_asked_for_until_it_leads_to_its_result(chromium: Any, pages: dict[str, str]) -> None:
    asked_for: list[str] = []

    def answer(asked: Any) -> tuple[str, dict[str, str]]:
        if asked.headers.get("hx-target", "").startswith("job-"):
            asked_for.append(asked.url)
            return "<div>…</div>", {"HX-Redirect": "/a/qinghe/result/"}
        return pages["parts"], {}

    with chrome.page(chromium, answer) as (opened, complaints):
        opened.goto(START)
        opened.wait_for_url(f"{START}result/", wait_until="commit")
    assert asked_for[0] == f"{chrome.HOST}/x/"
    assert complaints == []


def test_the_keyboard_finds_the_skip_link_first_and_sees_the_focus(
    chromium: Any, pages: dict[str, str]
) -> None:
    with chrome.page(chromium, always(pages["home"])) as (opened, _complaints):
        opened.goto(START)
        opened.keyboard.press("Tab")
        assert opened.evaluate("document.activeElement.className") == "skip"
        assert opened.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        opened.keyboard.press("Enter")
        assert opened.evaluate("document.activeElement.id || location.hash") in {"main", "#main"}


def test_the_page_works_without_a_script(chromium: Any, pages: dict[str, str]) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    opened = context.new_page()
    opened.route("**/*", lambda route: chrome._fulfil(route, always(pages["home"])))
    opened.goto(START)
    assert not opened.is_visible("#menu")
    opened.click(".tabs-foot a[href='#menu']")
    assert opened.is_visible("#menu")
    opened.click("#menu .close")
    opened.click("details.drop > summary")
    assert opened.is_visible("button[name=language][value=en]")
    assert not opened.is_visible("[data-set-theme=dark]")
    context.close()
