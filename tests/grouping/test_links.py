"""No link leads where its reader may not go: pages of figures and cases offer each role what it may open."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.test import Client

from tests.grouping.scene import HOME, browser, pages, store
from tests.world import World

BEGIN = ("", "/metrics/?view=safety", "/training/", "/cases/", "/tariffs/", "/schemes/", "/data-dictionary/")
LINK = re.compile(r'<a [^>]*href="(/a/qinghe/[^"#]*)"')
MOST = 60  # pages a person looks at


def walk(client: Client) -> Counter[int]:
    """Follow the links of the pages to begin with, one of each kind of address; statuses by number."""
    found: Counter[int] = Counter()
    waiting, seen = [f"{HOME}{path or '/'}" for path in BEGIN], set[str]()
    begun = set(waiting)
    while waiting and sum(found.values()) < MOST:
        address = waiting.pop(0).replace("&amp;", "&")
        kind = address if address in begun else re.sub(r"\d+", "#", address.split("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(address)
        found[answer.status_code] += 1
        assert answer.status_code != 403 or address in begun, address
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            waiting += LINK.findall(answer.content.decode())
    return found


@pytest.mark.parametrize("name", ["lin", "wu", "han", "cai", "ding", "su"])
def test_every_link_of_a_page_opens_for_its_reader(scene: World, name: str) -> None:
    store(scene, pages(scene, 2))
    assert walk(browser(scene, name))[200] > 10
