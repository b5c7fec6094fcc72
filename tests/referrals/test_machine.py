"""The state machine in the database: no way round it (N49), and one winner of two (N33)."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alliance.models import Journal, Transition
from alliance.models.base import Stale
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.models import Referral
from tests.referrals.scene import SOON, logged, prepare
from tests.world import World, make_world


@pytest.mark.parametrize("state", ["arrived", "completed", "no_show", "unheard_of"])
def test_n49_update_cannot_skip_a_step(qinghe: World, state: str) -> None:
    logged(qinghe)
    times = {
        "answered_at": SOON,
        "arrived_at": SOON if state in ("arrived", "completed") else None,
        "completed_at": SOON,
    }
    with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
        Referral.objects.update(state=state, reply="x", **times)
    assert Referral.objects.get().state == "submitted"


def test_n49_a_finished_referral_does_not_come_back(qinghe: World) -> None:
    services.cancel(by=qinghe.zhao, referral=logged(qinghe), now=SOON, note="不去了")
    with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
        Referral.objects.update(state="submitted")


def test_n49_a_row_begins_as_submitted(qinghe: World) -> None:
    first = logged(qinghe)
    fields = {f.name: getattr(first, f.name) for f in Referral._meta.local_fields if f.name != "id"}
    fields |= {"number": "ZZ1", "state": "accepted", "answered_at": SOON, "urgency": "critical"}
    with pytest.raises(IntegrityError, match="begins as submitted"), transaction.atomic():
        Referral.objects.create(**fields)


def test_an_emergency_is_not_declined_even_by_sql(qinghe: World) -> None:
    logged(qinghe, urgency="critical")
    with pytest.raises(IntegrityError, match="referral_emergency"), transaction.atomic():
        Referral.objects.update(state="declined", answered_at=SOON, decline_reason="no_bed")


def test_a_state_bears_its_time_and_its_reason(qinghe: World) -> None:
    logged(qinghe)
    with pytest.raises(IntegrityError, match="referral_answered"), transaction.atomic():
        Referral.objects.update(state="accepted")
    with pytest.raises(IntegrityError, match="referral_decline_reason"), transaction.atomic():
        Referral.objects.update(state="declined", answered_at=SOON)
    with pytest.raises(IntegrityError, match="referral_arrived"), transaction.atomic():
        Referral.objects.update(arrived_at=SOON)


def test_n33_two_accept_at_once_and_one_is_told_so(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        logged(world)
    start, outcomes = threading.Barrier(2), []

    def answer(name: str) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                seen = Referral.objects.get()
                start.wait(10)  # both have read it as submitted before either writes
                services.accept(by=world.people[name], referral=seen, now=timezone.now())
            outcomes.append("accepted")
        except Stale as stale:
            outcomes.append(f"stale: {stale.row.state}")  # type: ignore[attr-defined]
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[name]) for name in ("lin", "kong")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["accepted", "stale: accepted"]
    with transaction.atomic(), act_in(world.qinghe):
        assert Transition.objects.filter(name="accept").count() == 1
        assert Journal.objects.filter(verb="referral.accepted").count() == 1


def test_two_desks_that_log_the_same_patient_at_once_leave_one_live_referral(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
    start, outcomes = threading.Barrier(2), []

    def log(target: str) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                start.wait(10)
                logged(world, target=target)
            outcomes.append("logged")
        except services.ReferralRefused as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=log, args=[target]) for target in ("lead", "tcm")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["live", "logged"]
