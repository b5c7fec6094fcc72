"""The items of on-site assessment behind a declared value, each opening its findings and photos."""

from __future__ import annotations

from alliance.models import Membership
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.parts import Fact
from performance.engine.checkscore import measured
from performance.models import DeclaredValue
from performance.onsite import words
from performance.onsite.facts import results, score_of


def behind(row: DeclaredValue, membership: Membership) -> list[Fact]:
    """One line an item: where and what, points of full points with what was said; one query."""
    found = []
    for one in results(row.institution_id or 0, row.span):
        if row.fact not in measured(one.measures, score_of(one)):
            continue
        item = one.visit.checklist.checklist.items[one.item]
        place = f"{one.visit.institution.short_name} {web_words.day(one.visit.planned_on)}"
        score = f"{web_words.plain(one.now)} / {web_words.plain(one.full)}"
        said = f"{score} · {words.said(one.answer.answer.content)}"
        url = way(membership, "onsite-visit", one.visit_id)
        link = f"{url}#i-{one.item}" if url else ""
        found.append(Fact(f"{place} · {item.code} {item.text}", said, link))
    return found
