"""Asking, changing, answering: limits, sides, refusals, and what the database holds by itself."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from alliance.models import Journal, Transition
from alliance.models.base import Stale
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from referrals.consultations import services
from referrals.consultations.models import Concordance, Consultation
from referrals.consultations.services import ConsultationRefused
from tests.consultations.scene import (
    NOW,
    after,
    answered,
    asked,
    centre,
    doctor,
    question,
    read,
    reading_room,
)
from tests.referrals.scene import patient, prepare
from tests.world import World, make_world


def test_the_limit_is_that_of_kind_and_urgency_on_the_day(qinghe: World) -> None:
    ordinary, urgent = asked(qinghe), asked(qinghe, serial=2, urgency="urgent")
    assert (ordinary.answer_rule, ordinary.answer_due_at) == ("H24", after(hours=24))
    assert (urgent.answer_rule, urgent.answer_due_at) == ("H4", after(hours=4))
    assert read(qinghe, "ultrasound", serial=3).answer_due_at == after(hours=6)  # S2-30
    table = {"critical": "M10", "urgent": "H1", "ordinary": "WD1"}
    parameters.decide(
        by=qinghe.su,
        key="consult.answer.consultation",
        value=table,
        from_date=NOW.date(),
        decided_by="理事会",
    )
    assert asked(qinghe, serial=4).answer_rule == "WD1"
    assert Consultation.objects.get(pk=ordinary.pk).answer_rule == "H24"


def test_numbers_run_by_day(qinghe: World) -> None:
    first, second = asked(qinghe), asked(qinghe, serial=2)
    tomorrow = asked(qinghe, serial=3, now=after(days=1))
    assert [row.number for row in (first, second, tomorrow)] == [
        "HZ261112-0001", "HZ261112-0002", "HZ261113-0001",
    ]  # fmt: skip


def test_taken_on_answered_and_closed_with_concordance(qinghe: World) -> None:
    named = doctor(qinghe.lead)
    row = asked(qinghe, impression="房颤，CHA2DS2-VASc 3 分，建议口服抗凝。")
    row = services.accept(by=qinghe.lin, consultation=row, now=after(minutes=5), doctor=named)
    assert (row.state, row.assigned_to, row.accepted_at) == ("accepted", named, after(minutes=5))
    row = services.answer(
        by=qinghe.lin, consultation=row, now=after(hours=2), conclusion="同意抗凝。", advice="利伐沙班"
    )
    assert (row.state, row.answered_by, row.conclusion) == ("answered", qinghe.lin, "同意抗凝。")
    row = services.close(
        by=qinghe.zhao, consultation=row, now=after(hours=3), outcome="treated_here", verdict="agrees"
    )
    assert (row.state, row.outcome) == ("closed", "treated_here")
    kept = Concordance.objects.get()
    assert (kept.basis, kept.verdict, kept.recorded_by) == ("answer", "agrees", qinghe.zhao)
    steps = list(Transition.objects.order_by("pk").values_list("name", "from_state", "to_state"))
    assert steps == [
        ("ask", "", "requested"), ("accept", "requested", "accepted"), ("answer", "accepted", "answered"),
        ("close", "answered", "closed"),
    ]  # fmt: skip


def test_a_reading_is_answered_at_once(qinghe: World) -> None:
    row = answered(qinghe, read(qinghe), now=after(minutes=20))
    assert (row.state, row.accepted_at, row.answered_at) == ("answered", after(minutes=20), after(minutes=20))


def test_returned_for_information_and_sent_again_starts_the_limit_anew(qinghe: World) -> None:
    row = asked(qinghe)
    row = services.send_back(by=qinghe.lin, consultation=row, now=after(hours=1), missing="缺心电图")
    assert (row.state, row.missing, row.is_open) == ("returned", "缺心电图", False)
    with pytest.raises(Stale):
        services.answer(by=qinghe.lin, consultation=row, now=after(hours=2), conclusion="x")
    again = question(qinghe.lead, summary="反复心悸 2 年，心电图见附件。")
    row = services.amend(
        by=qinghe.zhao, consultation=row, question=again, version=row.version, now=after(hours=30)
    )
    assert (row.state, row.answer_due_at, row.resent_at) == ("requested", after(hours=54), after(hours=30))
    assert answered(qinghe, row, now=after(hours=31)).state == "answered"


def test_declining_needs_a_coded_reason_and_words_where_it_says_too_little(qinghe: World) -> None:
    row = asked(qinghe)
    for reason, text, refusal in (("", "", "decline_reason"), ("other", " ", "decline_text")):
        with pytest.raises(ConsultationRefused) as refused:
            services.decline(by=qinghe.lin, consultation=row, now=after(minutes=1), reason=reason, text=text)
        assert refused.value.reason == refusal
    row = services.decline(by=qinghe.lin, consultation=row, now=after(minutes=1), reason="no_doctor")
    assert (row.state, row.decline_words) == ("declined", "无相应专业医师当班")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"question": " "}, "question"),
        ({"diagnosis_name": ""}, "diagnosis_name"),
        ({"diagnosis_code": "房颤"}, "diagnosis_code"),
        ({"consent": False}, "consent"),
        ({"urgency": "now"}, "urgency"),
        ({"kind": "x"}, "kind"),
        ({"kind": "imaging", "examination": "CT"}, "centre"),
        ({"examined_at": NOW.replace(year=1)}, "examined_at"),
    ],
)
def test_what_is_wrong_is_named(qinghe: World, change: dict[str, object], reason: str) -> None:
    with pytest.raises(ConsultationRefused) as refused:
        asked(qinghe, **change)
    assert refused.value.reason == reason
    assert not Consultation.objects.exists()


def test_a_reading_goes_to_a_centre_that_serves_it(qinghe: World) -> None:
    room = centre(qinghe, "ecg").department
    with pytest.raises(ConsultationRefused, match="shared centre"):
        asked(qinghe, kind="imaging", examination="CT", target_department=room)
    with pytest.raises(ConsultationRefused, match="examination"):
        asked(qinghe, kind="ecg", target_department=room)
    assert asked(qinghe, kind="ecg", examination="12 导联", target_department=room).target_department == room


def test_only_a_department_of_medical_technology_becomes_a_centre(qinghe: World) -> None:
    ward = qinghe.lead.departments.get(code="03")
    with pytest.raises(ConsultationRefused, match="medical technology"):
        services.register(by=qinghe.su, department=ward, kinds=["imaging"])
    with pytest.raises(ConsultationRefused, match="at least one kind"):
        services.register(by=qinghe.su, department=reading_room(qinghe.lead), kinds=["consultation"])
    with pytest.raises(PermissionDenied):
        services.register(by=qinghe.lin, department=reading_room(qinghe.lead), kinds=["imaging"])


def test_each_side_makes_only_its_own_moves(qinghe: World) -> None:
    row = asked(qinghe)
    own = {"accept": {}, "answer": {"conclusion": "x"}, "send_back": {"missing": "x"},
           "decline": {"reason": "no_doctor"}}  # fmt: skip
    for name, words in own.items():
        for stranger in (qinghe.zhao, qinghe.tan, qinghe.luo, qinghe.wu):
            with pytest.raises(PermissionDenied):
                services.STEPS[name](by=stranger, consultation=row, now=after(minutes=1), **words)
    for stranger in (qinghe.lin, qinghe.tan, qinghe.luo):
        with pytest.raises(PermissionDenied):
            services.cancel(by=stranger, consultation=row, now=after(minutes=1), note="x")
        with pytest.raises(PermissionDenied):
            services.amend(
                by=stranger, consultation=row, question=question(qinghe.lead), version=1, now=after(minutes=1)
            )
    assert [step.name for step in row.steps_for(qinghe.lin)] == ["accept", "answer", "send_back", "decline"]
    assert [step.name for step in row.steps_for(qinghe.zhao)] == ["cancel"]
    assert list(row.steps_for(qinghe.luo)) == []


def test_a_doctor_of_another_house_cannot_be_named(qinghe: World) -> None:
    row = asked(qinghe)
    with pytest.raises(ConsultationRefused, match="does not work"):
        services.accept(
            by=qinghe.lin, consultation=row, now=after(minutes=1), doctor=doctor(qinghe.tcm, name="外")
        )
    row = services.accept(by=qinghe.lin, consultation=row, now=after(minutes=1))
    other = doctor(qinghe.lead)
    assert services.assign(by=qinghe.kong, consultation=row, doctor=other).assigned_to == other
    with pytest.raises(PermissionDenied):
        services.assign(by=qinghe.zhao, consultation=row, doctor=other)


def test_concordance_is_kept_once_for_each_basis_and_never_rewritten(qinghe: World) -> None:
    row = answered(qinghe, read(qinghe), now=after(minutes=20))
    with pytest.raises(ConsultationRefused, match="No own impression"):
        services.close(
            by=qinghe.zhao, consultation=row, now=after(hours=1), outcome="treated_here", verdict="agrees"
        )
    with pytest.raises(ConsultationRefused, match="final proof"):
        services.record(by=qinghe.zhao, consultation=row, basis="gold", verdict="differs", now=after(days=9))
    kept = services.record(
        by=qinghe.lin, consultation=row, basis="gold", verdict="differs", text="术后病理：腺癌",
        now=after(days=9),
    )  # fmt: skip
    with pytest.raises(ConsultationRefused, match="already recorded"):
        services.record(
            by=qinghe.zhao, consultation=row, basis="gold", verdict="agrees", text="x", now=after(days=10)
        )
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Concordance.objects.filter(pk=kept.pk).update(verdict="agrees")
    with pytest.raises(ConsultationRefused, match="no answer yet"):
        services.record(
            by=qinghe.lin, consultation=asked(qinghe, serial=2), basis="gold", verdict="agrees", text="x",
            now=after(days=9),
        )  # fmt: skip


def test_n34_a_stale_change_is_refused_with_the_row_as_it_is(qinghe: World) -> None:
    row = asked(qinghe)
    services.amend(
        by=qinghe.zhao, consultation=row, question=question(qinghe.lead, summary="先"), version=1, now=NOW
    )
    with pytest.raises(Stale) as stale:
        services.amend(
            by=qinghe.zhao, consultation=row, question=question(qinghe.lead, summary="后"), version=1, now=NOW
        )
    assert stale.value.row.summary == "先"  # type: ignore[attr-defined]


def test_n49_no_step_is_skipped_and_no_answer_stands_without_its_words(qinghe: World) -> None:
    asked(qinghe)
    with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
        Consultation.objects.update(state="closed", closed_at=NOW, outcome="other")
    with pytest.raises(IntegrityError, match="consultation_answer"), transaction.atomic():
        Consultation.objects.update(state="answered", answered_at=NOW, answered_by=qinghe.lin)
    with pytest.raises(IntegrityError, match="consultation_answer"), transaction.atomic():
        Consultation.objects.update(conclusion="ahead of its time")
    with pytest.raises(IntegrityError, match="consultation_decline_reason"), transaction.atomic():
        Consultation.objects.update(state="declined", closed_at=NOW)
    with pytest.raises(IntegrityError, match="consultation_elsewhere"), transaction.atomic():
        Consultation.objects.update(target_institution=qinghe.shiqiao)
    fields = {f.name: getattr(Consultation.objects.get(), f.name) for f in Consultation._meta.local_fields}
    del fields["id"]
    with pytest.raises(IntegrityError, match="begins as requested"), transaction.atomic():
        Consultation.objects.create(**(fields | {"number": "HZ1", "state": "accepted"}))


def test_late_is_past_the_limit_of_clock_and_of_days(qinghe: World) -> None:
    by_clock = asked(qinghe)
    by_day = read(qinghe, "laboratory", serial=2)  # WD1: due at midnight after Friday
    at, midnight = after(hours=24), by_day.answer_due_at
    assert set(Consultation.objects.late(at)) == set()
    assert set(Consultation.objects.late(at + timedelta(seconds=1))) == {by_clock}
    assert set(Consultation.objects.late(midnight)) == {by_clock, by_day}
    assert (by_clock.is_late_at(at), by_day.is_late_at(midnight)) == (False, True)


def test_n33_two_take_it_on_at_once_and_one_is_told_so(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        asked(world)
    start, outcomes = threading.Barrier(2), []

    def take(name: str) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                seen = Consultation.objects.get()
                start.wait(10)  # both have read it as requested before either writes
                services.accept(by=world.people[name], consultation=seen, now=timezone.now())
            outcomes.append("accepted")
        except Stale as stale:
            outcomes.append(f"stale: {stale.row.state}")  # type: ignore[attr-defined]
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[name]) for name in ("lin", "kong")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["accepted", "stale: accepted"]
    with transaction.atomic(), act_in(world.qinghe):
        assert Transition.objects.filter(name="accept").count() == 1
        assert Journal.objects.filter(verb="consultation.accepted").count() == 1


def test_n32_many_desks_ask_at_once_and_every_number_is_its_own(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        people = [patient(world.zhao, serial) for serial in range(8)]
    start, faults = threading.Barrier(8), []

    def ask(person: object) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                start.wait(10)
                services.ask(by=world.zhao, person=person, question=question(world.lead), now=NOW)  # type: ignore[arg-type]
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    with transaction.atomic(), act_in(world.qinghe):
        numbers = sorted(Consultation.objects.values_list("number", flat=True))
    assert numbers == [f"HZ261112-{number:04d}" for number in range(1, 9)]
