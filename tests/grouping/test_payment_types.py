"""Payment types of a stored month: as the engine decides, by documents, by dated rules of two people."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from grouping import facts
from grouping.engine.paytype import Encounter, Rule, decide
from grouping.models import Case, Document, Pairing, PaymentRules
from grouping.services import both_ways, payment_types
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.world import World

OCTOBER = Month(2026, 10)
LONG = {"B12": "2026-08-01 09:00:00", "B15": "2026-10-12 10:00:00", "B20": "72"}


def some(world: World) -> list[dict[str, str]]:
    """Four cases: an ordinary one, one of 72 days, one in psychiatry, one whose list says capitation."""
    rows = pages(world, 4)
    rows[1] |= LONG
    rows[2] |= {"B16C": "15"}
    store(world, rows)
    with inside(world):
        front = Case.objects.get(record_no="R00003")
        values = {
            f.attname: getattr(front, f.attname) for f in Case._meta.concrete_fields if f.attname != "id"
        }
        values |= {"document": Document.SETTLEMENT_LIST, "raw": {"hi_paymtd": "6"}}
        matched = Pairing.How.KEY
        Pairing.objects.create(settlement=Case.objects.create(**values), page=front, how=matched)
    return rows


def types(world: World) -> dict[str, tuple[str, int | None]]:
    with inside(world):
        records = dict(Case.objects.values_list("pk", "record_no"))
        return {records[one.case_id]: (one.type, one.number) for one in payment_types.payment_types(OCTOBER)}


def test_each_encounter_has_one_type_and_what_decided_it(scene: World) -> None:
    some(scene)
    assert types(scene) == {
        "R00000": ("drg", 6), "R00001": ("bed_day", 1),
        "R00002": ("bed_day", 2), "R00003": ("capitation", None),
    }  # fmt: skip
    with inside(scene):
        counted = payment_types.counts(OCTOBER)
        assert sum(row.cases for row in counted) == 4 and sum(row.total_fen for row in counted) == 4 * 123_456
        records = dict(Case.objects.values_list("pk", "record_no"))
        found = list(payment_types.payment_types(OCTOBER))
        inside_scope = [records[one.case_id] for one in found if not one.out_of_scope]
        assert inside_scope == ["R00000"] and len(found) == 4
        assert payment_types.counts(OCTOBER, scene.tcm.pk) == []


def test_a_settlement_list_without_a_front_page_is_an_encounter_too(scene: World) -> None:
    some(scene)
    with inside(scene):
        Case.objects.filter(record_no="R00003", document=Document.FRONT_PAGE).update(
            voided_at="2026-11-01T00:00Z"
        )
        Pairing.objects.update(page=None, how=Pairing.How.ALONE)  # a person said so
    assert types(scene)["R00003"] == ("capitation", None)


def test_a_list_that_waits_for_its_match_counts_nowhere(scene: World) -> None:
    some(scene)
    with inside(scene):
        Case.objects.filter(document=Document.SETTLEMENT_LIST).update(record_no="R9")
        Pairing.objects.update(page=None, how=Pairing.How.OPEN)
        front = Case.objects.front_pages().filter(month=OCTOBER.first_day)
        counted = sum(row.cases for row in payment_types.counts(OCTOBER))
        assert counted == front.count() == sum(fact.discharges for fact in facts.case_facts(OCTOBER)) == 4
        assert counted == sum(fact.stays for fact in facts.payment_facts(OCTOBER))
        both = both_ways.compare(OCTOBER)
        assert both.total.cases + both.left_out + both.other_types == 4
    assert types(scene)["R00003"] == ("drg", 6)  # what the list says holds once it is matched


def test_the_database_decides_as_the_engine_does(scene: World) -> None:
    chance = random.Random(25)
    rows = pages(scene, 60)
    for row in rows:
        row |= {"B16C": chance.choice(["03", "15", "1502", "21", "24", "04"])}
        row |= {"C03C": chance.choice(["J18.900", "I63.900", "I10.x00"])}
        row |= LONG if chance.random() < 0.2 else {}
    store(scene, rows)
    own = [
        Rule(type="fee_for_service", kinds=("tcm",)),
        Rule(type="single_disease", kinds=("general",), diagnoses=("I63", "I10"), max_stay=10),
        Rule(type="bed_day", departments=("15", "24"), min_stay=5),
        Rule(type="dip"),
    ]
    release(scene, own, date(2026, 10, 5))
    with inside(scene):
        held = payment_types.in_force(date(2026, 10, 12)).table
        assert held.rules == tuple(own)
        found = {one.case_id: (one.type, one.number) for one in payment_types.payment_types(OCTOBER)}
        for case in Case.objects.select_related("institution"):
            asked = Encounter(case.institution.kind, case.department_code, case.diagnoses[0], case.stay_days)
            wanted = decide(asked, held)
            assert found[case.pk] == (wanted.type, wanted.number)
        assert len({number for _type, number in found.values()}) == 3


def release(world: World, rules: list[Rule], day: date) -> PaymentRules:
    with inside(world):
        row = payment_types.propose(
            by=world.luo, rules=rules, from_date=day, source="医保办〔2026〕9号", on=TODAY
        )
        approval = payment_types.waiting()
        assert approval is not None
    with inside(world):
        approvals.decide(by=world.meng, approval=approval, verdict="yes")
        return PaymentRules.objects.get(pk=row.pk)


def test_rules_hold_from_their_day_once_a_second_person_agrees(scene: World) -> None:
    rows = pages(scene, 2)
    rows[1] |= {"B12": "2026-10-18 09:00:00", "B15": "2026-10-22 10:00:00"}
    store(scene, rows)
    new = [Rule(type="dip")]
    with inside(scene):
        payment_types.propose(by=scene.luo, rules=new, from_date=date(2026, 10, 15), source="文件", on=TODAY)
    assert types(scene) == {"R00000": ("drg", 6), "R00001": ("drg", 6)}  # proposed is not in force
    with inside(scene):
        approval = payment_types.waiting()
        assert approval is not None
        with pytest.raises(payment_types.RulesNotProposed):
            payment_types.propose(
                by=scene.luo, rules=new, from_date=date(2026, 12, 1), source="文件", on=TODAY
            )
    with inside(scene):
        approvals.decide(by=scene.meng, approval=approval, verdict="yes")
    assert types(scene) == {"R00000": ("drg", 6), "R00001": ("dip", 1)}
    with inside(scene), pytest.raises(payment_types.RulesNotProposed):
        payment_types.propose(
            by=scene.luo, rules=[Rule(type="drg")], from_date=date(2026, 10, 15), source="x", on=TODAY
        )


def test_the_database_refuses_to_change_a_table_or_to_release_two_for_one_day(scene: World) -> None:
    row = release(scene, [Rule(type="dip")], date(2026, 10, 15))
    for change in ({"rules": []}, {"from_date": date(2026, 1, 1)}, {"released_at": None}):
        with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
            PaymentRules.objects.filter(pk=row.pk).update(**change)
    with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
        PaymentRules.objects.create(
            from_date=row.from_date,
            rules=row.rules,
            source="x",
            entered_by=scene.luo,
            released_at=row.released_at,
        )


def test_pages_count_and_list_with_the_rule_that_decided(scene: World) -> None:
    some(scene)
    page = text(browser(scene, "luo").get(f"{HOME}/payment-types/?month=2026-10"))
    assert "October 2026: 1 encounters by DRG or DIP, 3 by something else" in page
    assert "stay of 60 days or more" in page and "capitation" in page
    listed = text(browser(scene, "luo").get(f"{HOME}/payment-types/cases/?month=2026-10&type=bed_day"))
    assert "R00001/1" in listed and "R00002/1" in listed and "R00000/1" not in listed
    assert "rule 2: department code begins with 15" in listed
    said = text(browser(scene, "luo").get(f"{HOME}/payment-types/cases/?month=2026-10&by=document"))
    assert "R00003/1" in said and "R00001/1" not in said


def test_an_institution_counts_its_own_only_and_who_opens_no_list_gets_no_links(scene: World) -> None:
    some(scene)
    other = text(browser(scene, "kong").get(f"{HOME}/payment-types/?month=2026-10"))
    assert "3 by something else" in other
    money = text(browser(scene, "cai").get(f"{HOME}/payment-types/?month=2026-10"))
    assert "3 by something else" in money and "/payment-types/cases/" not in money
    assert browser(scene, "cai").get(f"{HOME}/payment-types/cases/?month=2026-10").status_code == 403


def rules_form(**changes: str) -> dict[str, Any]:
    rows = [
        {"type": "bed_day", "diagnoses": "f20, F3"},
        {"type": "capitation", "kinds": "township health centre"},
        {"type": "drg"},
    ]
    body = {f"rule-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return {
        "rule-TOTAL_FORMS": "3", "rule-INITIAL_FORMS": "0", "from_date": "2026-12-01", "source": "文件",
        **body, **changes,
    }  # fmt: skip


def test_rules_are_proposed_in_the_browser_and_a_fault_keeps_what_was_typed(scene: World) -> None:
    luo = browser(scene, "luo")
    bad = luo.post(f"{HOME}/payment-types/rules/", rules_form(**{"rule-2-min_stay": "3"}))
    assert bad.status_code == 400 and "f20, F3" in text(bad)
    assert "The last rule (3) has a condition" in text(bad)
    odd = luo.post(f"{HOME}/payment-types/rules/", rules_form(**{"rule-1-kinds": "castle"}))
    assert odd.status_code == 400 and "is no kind of institution" in text(odd)
    good = luo.post(f"{HOME}/payment-types/rules/", rules_form())
    assert good.status_code == 302
    with inside(scene):
        row = PaymentRules.objects.get()
        assert row.rules[0]["diagnoses"] == ["F20", "F3"] and row.rules[1]["kinds"] == ["township"]
        approval = payment_types.waiting()
    assert approval is not None
    decided = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert "principal diagnosis begins with F20 or F3" in decided and "capitation" in decided
    assert browser(scene, "kong").get(f"{HOME}/payment-types/rules/").status_code == 403


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "luo")
    queries(client, "payment-types/")  # what a session asks once
    before = queries(client, "payment-types/"), queries(client, "payment-types/cases/")
    store(scene, pages(scene, 30))
    assert (queries(client, "payment-types/"), queries(client, "payment-types/cases/")) == before
