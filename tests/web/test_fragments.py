"""Every fragment of templates/ renders, says what it is given, holds nothing the security policy refuses."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from alliance.web.parts import Action
from tests.web.fragments import contexts

FOLDER = Path(settings.BASE_DIR) / "templates"
REFUSED = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=|javascript:|<style|<script(?![^>]*(nonce=|application/json))""", re.I
)

TOKEN = re.compile(r'value="[A-Za-z0-9]{64}"')


def request_for(path: str = "/a/qinghe/x/") -> Any:
    """A bare request of nobody."""
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get(path)
    request.user, request.membership, request.alliance = AnonymousUser(), None, None
    request.htmx, request.csp_nonce = HtmxDetails(request), "n"
    return request


def render(name: str) -> str:
    """A fragment as HTML."""
    request = request_for()
    return get_template(name).render(contexts(request)[name], request)


def test_no_fragment_is_forgotten() -> None:
    assert {path.name for path in FOLDER.glob("_*.html")} == set(contexts())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", sorted(contexts()))
def test_a_fragment_renders(name: str, language: str) -> None:
    with translation.override(language):
        html = render(name)
    if name != "_messages.html":
        assert "<" in html
    assert not REFUSED.search(html), name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("_chain.html", ["1,286,400.00", 'width="40.9"', "87.7900"]),
        ("_diff.html", ["+16.77", "−31.00", 'class="neg" x="2.0"']),
        ("_chip.html", ["chip late", "#clock", "逾期 4 天"]),
        ("_formula.html", ["14,328.56", "×", "2,614.86 元"]),
        ("_kv.html", ['href="/x/"', "87.7900"]),
        ("_note.html", ["note warn", "科室核对未签"]),
        ("_live.html", ["X-Seen", "3-7-12-0-1", "every 5s"]),
        ("_progress.html", ['aria-valuenow="64"', "every 1s", 'width="64.0"']),
        ("_stages.html", ['aria-current="step"', "11-09 完成"]),
        ("_table.html", ['<th scope="row"', 'data-k=""', 'class="bad', "sort=number", "合计"]),
        ("_tabs.html", ['aria-current="page">未答复 7']),
        ("_trail.html", ['class="hit"', "罗晓岚"]),
        ("_figs.html", ["bad-t", "1,286,400.00", "元"]),
        ("_chart.html", ["418.35", "application/json", "—"]),
    ],
)
def test_a_fragment_shows_what_it_is_given(name: str, words: list[str]) -> None:
    html = render(name)
    assert [word for word in words if word not in html] == []


def test_a_form_links_its_errors_to_the_fields_and_keeps_what_was_written() -> None:
    html = render("_form.html")
    assert 'id="errors"' in html
    assert 'href="#id_amount"' in html
    assert 'value="7,8.73"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_amount_error"' in html
    assert 'id="id_amount_error"' in html
    assert 'aria-describedby="id_kind_helptext"' in html
    assert 'enctype="multipart/form-data"' in html
    assert "csrfmiddlewaretoken" in html


def test_buttons_of_a_long_list_are_those_of_the_fragment() -> None:
    actions = [
        Action("接收<b>", "/x/?a=1&b=2", "check", "primary", id="act-accept"),
        Action("打开", "/y/", get=True),
        Action("拒绝…", "/z/", "ban", "danger", get=True),
        Action("到达", "/w/"),
    ]
    request = request_for()
    drawn = get_template("_actions.html").render({"actions": actions}, request)
    listed = engines["django"].from_string("{% buttons actions %}").render({"actions": actions}, request)
    assert re.sub(TOKEN, "", listed).split("\n") == re.sub(TOKEN, "", drawn).strip().split("\n")
    assert len(re.findall(TOKEN, listed)) == 2


def test_every_control_has_a_label() -> None:
    html = render("_form.html")
    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', html)
    assert len(ids) >= 7
    assert [one for one in ids if f'for="{one}"' not in html] == []


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    have = set(re.findall(r'<symbol id="([^"]+)"', (FOLDER.parent / "static" / "icons.svg").read_text()))
    named: set[str] = set()
    for path in FOLDER.parent.rglob("*.html"):
        if "node_modules" not in path.parts and ".venv" not in path.parts:
            named |= set(re.findall(r'{% icon "([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named - have == set()


def test_no_template_holds_what_the_policy_refuses() -> None:
    bad = []
    for path in FOLDER.rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
        bad += [f"{path.relative_to(FOLDER)}: {found.group(0).strip()}" for found in REFUSED.finditer(text)]
    assert bad == []


def test_a_filter_names_a_date_beside_it_and_hides_the_label_of_what_shows_its_own() -> None:
    class Dated(forms.Form):
        since = forms.DateField(label="起", widget=forms.DateInput(attrs={"type": "date"}))
        text = forms.CharField(label="编号")

    request = request_for()
    form = Dated()
    html = get_template("_filter.html").render({"filter": SimpleNamespace(form=form)}, request)
    assert '<label class="beside" for="id_since">起' in html
    assert '<label class="sr" for="id_text">编号' in html
    assert 'placeholder="编号"' in html


def test_what_posts_is_included_with_its_token() -> None:
    """`only` takes the token from an included form, and every press of its button is refused."""
    folder = Path(settings.BASE_DIR) / "templates"
    texts = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")
    }
    includes = {name: re.findall(r'{% include "([^"]+)"([^%]*)%}', text) for name, text in texts.items()}
    posting = {name for name, text in texts.items() if "{% csrf_token %}" in text}
    while more := {
        name for name, found in includes.items()
        if name not in posting and any(other in posting and " only" not in rest for other, rest in found)
    }:  # fmt: skip
        posting |= more
    assert {"_actions.html", "_carry.html"} <= posting
    assert not [
        f"{name}: {other}" for name, found in includes.items() for other, rest in found
        if other in posting and " only" in rest
    ]  # fmt: skip
