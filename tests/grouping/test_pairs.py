"""Stays with two documents: matched, reviewed, their differences a queue, payment by the list."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from grouping import facts
from grouping.models import Case, Pairing
from grouping.pairs import differences
from grouping.services import pairing, publishing
from tests.engines.readers.sources import SOURCES, list_of
from tests.grouping.scene import HOME, browser, inside, queries, store, text
from tests.grouping.test_sources import OWN, deliver, publish, source, standard
from tests.world import World

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def page_rows(world: World, count: int) -> list[dict[str, str]]:
    """Front pages S0, S1 ... of the lead hospital."""
    from tests.grouping.files import COLUMNS

    return [{key: row[key] for key in COLUMNS if key in row} for row in standard(world, count)]


def lists(world: World, rows: list[dict[str, str]], made: Any = None, **setl: str) -> Any:
    """Deliver and store settlement lists without visit numbers."""
    made = made or source(world, "settlement", organisations={"H32059900001": world.lead.organisation})
    bodies = [list_of({key: text for key, text in row.items() if key != "A49"}) for row in rows]
    for body in bodies:
        body["setlinfo"] |= setl
        body["icuinfo"] = []
    publish(world, deliver(world, made, json.dumps(bodies, ensure_ascii=False).encode(), "l.json"))
    return made


def both(world: World, count: int = 3) -> Any:
    store(world, page_rows(world, count))
    return lists(world, standard(world, count))


def test_documents_with_the_same_numbers_and_day_are_one_stay(scene: World) -> None:
    both(scene)
    with inside(scene):
        pairs = list(Pairing.objects.select_related("settlement", "page"))
        assert [pair.how for pair in pairs] == ["key"] * 3
        assert all(pair.page.record_no == pair.settlement.record_no for pair in pairs)


def test_it_does_not_matter_which_document_comes_first(scene: World) -> None:
    lists(scene, standard(scene, 2))
    with inside(scene):
        assert set(Pairing.objects.values_list("how", flat=True)) == {"open"}
    store(scene, page_rows(scene, 3))
    with inside(scene):
        assert set(Pairing.objects.values_list("how", flat=True)) == {"key"}


@pytest.mark.parametrize("order", ["page first", "list first"])
@pytest.mark.parametrize(("page", "settlement"), [("hqms", "4101"), ("n041", "4101A"), ("mapped", "4101A")])
def test_nor_does_it_matter_in_which_format_each_comes(
    scene: World, page: str, settlement: str, order: str
) -> None:
    """A file of front pages brings no pair of its own, but finds the lists that wait."""
    for name in (page, settlement) if order == "page first" else (settlement, page):
        how: dict[str, Any] = {"mapping": OWN} if name == "mapped" else {}
        lead = {"H32059900001": scene.lead.organisation}
        made = source(scene, SOURCES[name].spec.format, organisations=lead, **how)
        publish(scene, deliver(scene, made, SOURCES[name].write(standard(scene, 2)).encode("gb18030")))
    with inside(scene):
        pairs = Pairing.objects.select_related("settlement", "page")
        assert [(pair.how, pair.page.record_no) for pair in pairs] == [
            ("key", pair.settlement.record_no) for pair in pairs
        ]
        assert len(pairs) == 2


def test_two_front_pages_of_one_day_wait_for_a_person(scene: World) -> None:
    twice = page_rows(scene, 1)
    store(scene, [twice[0], {**twice[0], "A49": "2"}])
    lists(scene, standard(scene, 1))
    client = browser(scene, "lin")
    with inside(scene):
        pair = Pairing.objects.get()
        assert pair.how == "open" and len(pairing.candidates(pair)) == 2
        second = Case.objects.front_pages().get(visit_no=2)
        assert facts.payment_facts(OCTOBER)[0].unmatched == 1
        assert facts.payment_facts(OCTOBER)[0].stays == 2  # nothing twice
    page = text(client.get(f"{HOME}/documents/{pair.pk}/"))
    assert "Which front page is it?" in page and page.count('type="radio"') == 3
    answer = client.post(f"{HOME}/documents/{pair.pk}/match/", {"page": second.pk, "reason": "第二次住院"})
    assert answer.status_code == 302
    with inside(scene):
        pair.refresh_from_db()
        assert (pair.how, pair.page_id, pair.reason) == ("hand", second.pk, "第二次住院")
        fact = facts.payment_facts(OCTOBER)[0]
        assert (fact.stays, fact.estimated, fact.unmatched) == (2, 1, 0)


def test_a_list_without_a_front_page_is_said_to_be_alone_and_counts(scene: World) -> None:
    lists(scene, standard(scene, 1))
    with inside(scene):
        assert facts.payment_facts(OCTOBER) == []
        pair = Pairing.objects.get()
        pairing.decide(by=scene.lin, pairing=pair, page=None, reason="日间", now=NOW)
        fact = facts.payment_facts(OCTOBER)[0]
        assert (fact.stays, fact.estimated) == (1, 0)
        with pytest.raises(pairing.PairRefused):
            pairing.decide(by=scene.lin, pairing=pair, page=None, reason="又", now=NOW)


def test_a_correction_that_moves_the_day_opens_the_match_again(scene: World) -> None:
    both(scene, 2)
    rows = page_rows(scene, 2)
    rows[0] |= {"B15": "2026-10-13 10:00:00", "B20": "5"}
    store(scene, rows)
    with inside(scene):
        how = dict(Pairing.objects.values_list("settlement__record_no", "how"))
    assert how == {"S0": "open", "S1": "key"}


def test_payment_reads_the_list_and_marks_the_rest_as_estimated(scene: World) -> None:
    store(scene, page_rows(scene, 3))
    lists(scene, standard(scene, 2, D01="1000.00"))
    with inside(scene):
        fact = facts.payment_facts(OCTOBER)[0]
        assert (fact.stays, fact.estimated, fact.estimated_fen) == (3, 1, 123_456)
        assert fact.cost_fen == 2 * 100_000 + 123_456
        rows = list(facts.payment_cases(OCTOBER, scene.lead.pk))
        assert sum(case.total_fen for case in rows) == fact.cost_fen
        assert sorted(case.estimated for case in rows) == [False, False, True]
        weighted = [
            case.weight for case in rows if case.group_status == "grouped" and case.weight is not None
        ]
        assert fact.weighted_stays == len(weighted) and fact.total_weight == (sum(weighted) or None)
        assert facts.case_facts(OCTOBER)[0].cost_fen == 3 * 123_456  # indicators keep to the front page


def test_a_voided_list_leaves_its_stay_estimated(scene: World) -> None:
    made = both(scene, 2)
    lists(scene, standard(scene, 1), made)
    with inside(scene):
        from grouping.models import MissingCase

        asked = MissingCase.objects.get()
        publishing.answer_missing(by=scene.luo, missing=asked, void=True, reason="误传", now=NOW)
        fact = facts.payment_facts(OCTOBER)[0]
        assert (fact.stays, fact.estimated) == (2, 1)


def test_differences_are_a_queue_that_a_correction_opens_again(scene: World) -> None:
    store(scene, page_rows(scene, 4))
    rows = standard(scene, 4)
    rows[0] |= {"C03C": "I63.900", "C04N": "脑梗死"}
    rows[1] |= {"D01": "1000.00"}
    rows[2] |= {"C06x01C": "I10.x00"}
    made = lists(scene, rows)
    client = browser(scene, "lin")
    page = text(client.get(f"{HOME}/documents/"))
    assert page.count('href="/a/qinghe/documents/') >= 3 and "S3" not in page
    assert ">S1<" not in text(client.get(f"{HOME}/documents/?kind=principal"))
    assert ">S1<" in text(client.get(f"{HOME}/documents/?kind=money&month=2026-10"))
    with inside(scene):
        seen = differences.with_groups(differences.visible(scene.lin)).select_related("page", "settlement")
        found = {pair.settlement.record_no: set(differences.kinds_of(pair)) for pair in seen}
        assert found["S0"] >= {"principal", "diagnoses", "group"} and found["S1"] == {"money"}
        assert "diagnoses" in found["S2"] and "principal" not in found["S2"] and found["S3"] == set()
        for kind in differences.KINDS:
            listed = set(differences.of_kind(seen, kind).values_list("settlement__record_no", flat=True))
            assert listed == {record for record, kinds in found.items() if kind in kinds}
        first = Pairing.objects.get(settlement__record_no="S0")
    side = text(client.get(f"{HOME}/documents/{first.pk}/"))
    assert "I63.900" in side and "J18.900" in side and "人*" in side
    body = {"verdict": "intended", "note": "按资源消耗选择"}
    assert client.post(f"{HOME}/documents/{first.pk}/finding/", body).status_code == 302
    assert ">S0<" not in text(client.get(f"{HOME}/documents/"))
    assert ">S0<" in text(client.get(f"{HOME}/documents/?view=found"))
    rows[0] |= {"D01": "2222.00"}
    lists(scene, rows, made)
    assert ">S0<" in text(client.get(f"{HOME}/documents/"))


def test_the_queue_costs_the_same_queries_at_any_length(scene: World) -> None:
    store(scene, page_rows(scene, 12))
    made = lists(scene, standard(scene, 2, D01="1000.00"))
    client = browser(scene, "lin")
    queries(client, "documents/?view=all")  # what is asked for once a process
    few = queries(client, "documents/?view=all")
    lists(scene, standard(scene, 12, D01="1000.00"), made)
    assert queries(client, "documents/?view=all") == few


def test_the_database_gives_a_front_page_to_one_list_only(scene: World) -> None:
    both(scene, 2)
    with inside(scene):
        one, two = Pairing.objects.order_by("pk")
        with pytest.raises(IntegrityError), transaction.atomic():
            Pairing.objects.filter(pk=two.pk).update(page=one.page_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            Pairing.objects.filter(pk=two.pk).update(how="open")


def test_a_match_can_be_undone(scene: World) -> None:
    both(scene, 1)
    with inside(scene):
        pair = Pairing.objects.get()
    client = browser(scene, "lin")
    client.post(f"{HOME}/documents/{pair.pk}/part/", {"reason": "不是同一次住院"})
    with inside(scene):
        pair.refresh_from_db()
        assert (pair.how, pair.page) == ("open", None)
