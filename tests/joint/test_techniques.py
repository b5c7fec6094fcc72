"""Techniques: subsidy of the day, allowed institutions, two persons, debts between houses (S2-28, A26)."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from alliance.joint import facts, services
from alliance.joint.models import Source, Technique, TechniqueCase
from alliance.joint.services import JointRefused
from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.tenancy.scope import act_in
from tests.joint.scene import doctor, entered, patient, prepare, registered
from tests.world import World, make_world

NOVEMBER, DAY = Month(2026, 11), date(2026, 11, 10)


def test_the_subsidy_is_the_one_of_the_day(qinghe: World) -> None:
    technique, who = registered(qinghe), doctor(qinghe.shiqiao)
    before = entered(qinghe, technique, who, record_no="A1")
    with pytest.raises(JointRefused, match="already bear the old subsidy"):
        services.decide_subsidy(
            by=qinghe.luo, technique=technique, from_day=DAY, fen=3_000, decided_by="管委会"
        )
    services.decide_subsidy(
        by=qinghe.luo, technique=technique, from_day=date(2026, 11, 11), fen=3_000, decided_by="管委会"
    )
    with pytest.raises(JointRefused, match="already decided"):
        services.decide_subsidy(
            by=qinghe.luo, technique=technique, from_day=date(2026, 11, 11), fen=1, decided_by="x"
        )
    after = entered(qinghe, technique, who, record_no="A2", day=date(2026, 11, 11))
    before.refresh_from_db()
    assert (before.fen, after.fen) == (2_000, 3_000)


def test_only_confirmed_cases_are_owed_to_the_institution(qinghe: World) -> None:
    """Three cases of 20 yuan, one rejected, one of 20 waiting: 20 yuan owed by the county hospital."""
    technique, who = registered(qinghe), doctor(qinghe.shiqiao)
    first, second, _third = (entered(qinghe, technique, who, record_no=f"A{n}") for n in range(3))
    services.confirm_case(by=qinghe.bai, case=first)
    services.reject_case(by=qinghe.kong, case=second, why="未见记录")
    (owed,) = facts.subsidies_owed(NOVEMBER)
    assert (owed.payer_id, owed.payee, owed.cases, owed.fen, owed.ids) == (
        qinghe.lead.pk, "QH11", 1, 2_000, (first.pk,),
    )  # fmt: skip
    (fact,) = facts.technique_facts(NOVEMBER)
    assert (fact.staff_id, fact.department_id, fact.cases, fact.fen) == (
        who.pk, who.department_id, 1, 2_000,
    )  # fmt: skip
    assert [row.pk for row in facts.case_records(owed.ids)] == [first.pk]
    assert facts.subsidies_owed(Month(2026, 10)) == []


def test_another_person_or_the_paying_side_confirms(qinghe: World) -> None:
    case = entered(qinghe, registered(qinghe), doctor(qinghe.shiqiao), record_no="A1", by=qinghe.bai)
    with pytest.raises(JointRefused, match="Another person"):
        services.confirm_case(by=qinghe.bai, case=case)
    for stranger in (qinghe.zhao, qinghe.tan):
        with pytest.raises(PermissionDenied):
            services.confirm_case(by=stranger, case=case)
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        TechniqueCase.objects.filter(pk=case.pk).update(state="confirmed", decided_by=qinghe.bai)
    services.confirm_case(by=qinghe.kong, case=case, version=1)
    with pytest.raises(Stale):
        services.reject_case(by=qinghe.luo, case=case, why="再看", version=1)


def test_wrong_cases_are_refused_by_name(qinghe: World) -> None:
    technique, who = registered(qinghe), doctor(qinghe.shiqiao)
    foreign = doctor(qinghe.lead, "L1")
    entered(qinghe, technique, who, record_no="A1")
    for change, reason in (
        ({"record_no": "A1"}, "case_twice"),
        ({"record_no": " "}, "whom"),
        ({"record_no": "A2", "day": date(2026, 11, 13)}, "day"),
        ({"record_no": "A2", "day": date(2026, 1, 1)}, "not_allowed"),
        ({"record_no": "A2", "who": foreign}, "operator"),
        ({"record_no": "A2", "by": qinghe.lin, "who": foreign}, "not_allowed"),
    ):
        given: dict[str, Any] = {"who": who} | change
        with pytest.raises(JointRefused) as refused:
            entered(qinghe, technique, given.pop("who"), **given)
        assert refused.value.reason == reason
    person = patient(qinghe.zhao)
    entered(qinghe, technique, who, person=person)
    with pytest.raises(JointRefused, match="already entered"):
        entered(qinghe, technique, who, person=person)


def test_what_is_taken_back_is_no_longer_done(qinghe: World) -> None:
    technique, who = registered(qinghe), doctor(qinghe.shiqiao)
    (licence,) = technique.licences.all()
    entered(qinghe, technique, who, record_no="A1")
    with pytest.raises(JointRefused, match="cases after it"):
        services.disallow(by=qinghe.luo, licence=licence, day=date(2026, 11, 9))
    services.disallow(by=qinghe.luo, licence=licence, day=DAY)
    with pytest.raises(JointRefused, match="may not do"):
        entered(qinghe, technique, who, record_no="A2", day=date(2026, 11, 11))
    services.allow(
        by=qinghe.luo, technique=technique, institution=qinghe.shiqiao, from_day=date(2026, 11, 11)
    )
    entered(qinghe, technique, who, record_no="A2", day=date(2026, 11, 11))
    with pytest.raises(JointRefused, match="not paid by itself"):
        services.allow(by=qinghe.luo, technique=technique, institution=qinghe.lead, from_day=DAY)
    services.end_technique(by=qinghe.luo, technique=technique, why="已普及")
    with pytest.raises(JointRefused, match="no longer spread"):
        entered(qinghe, technique, who, record_no="A3")


def test_a26_money_goes_from_lawful_sources_to_institutions_only(qinghe: World) -> None:
    assert "insurance" not in " ".join(Source.values)
    with pytest.raises(JointRefused, match="paying institution"):
        registered(qinghe, source="insurance", payer=None)
    with pytest.raises(JointRefused, match="paying institution"):
        registered(qinghe, source="fund")
    technique = registered(qinghe)
    with pytest.raises(IntegrityError), transaction.atomic():
        Technique.objects.filter(pk=technique.pk).update(source="insurance", payer=None)
    case = entered(qinghe, technique, doctor(qinghe.shiqiao), record_no="A1")
    for change in ({"payer": qinghe.shiqiao}, {"source": "fund"}, {"fen": 0}, {"record_no": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            TechniqueCase.objects.filter(pk=case.pk).update(**change)
    # A debt names a payee institution; there is no column for a person.
    assert not {"staff", "operator"} & {name.removesuffix("_id") for name in facts.SubsidyOwed.__slots__}


def test_n33_confirmed_and_rejected_at_once_is_one_of_them(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        case = entered(world, registered(world), doctor(world.shiqiao), record_no="A1")
    said: list[str] = []
    ready = threading.Barrier(2)

    def decide(name: str) -> None:
        try:
            ready.wait()
            with transaction.atomic(), act_in(world.qinghe):
                if name == "confirm":
                    services.confirm_case(by=world.kong, case=case, version=1)
                else:
                    services.reject_case(by=world.luo, case=case, why="未见记录", version=1)
            said.append("through")
        except Stale:
            said.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(name,)) for name in ("confirm", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["stale", "through"]
