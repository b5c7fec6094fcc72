"""Logging a referral."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.models import Journal
from alliance.services import journal
from referrals import services
from referrals.models import Referral
from referrals.services import ReferralRefused
from tests.referrals.scene import NOW, content, logged, patient
from tests.world import World


def refused(world: World, **change: object) -> str:
    with pytest.raises(ReferralRefused) as caught:
        logged(world, **change)  # type: ignore[arg-type]
    return caught.value.reason


def test_an_urgent_referral_has_half_an_hour_for_its_answer(qinghe: World) -> None:
    referral = logged(qinghe)
    assert (referral.state, referral.version, referral.answer_rule) == ("submitted", 1, "M30")
    assert referral.answer_due_at == datetime(2026, 11, 12, 2, 54, tzinfo=UTC)
    assert referral.origin_institution == qinghe.shiqiao and referral.logged_by == qinghe.zhao


def test_an_ordinary_one_has_until_the_midnight_after_the_next_working_day(qinghe: World) -> None:
    friday = datetime(2026, 11, 13, 8, 0, tzinfo=UTC)
    referral = logged(qinghe, urgency="ordinary", now=friday)
    # Monday 16 November ends at midnight in Shanghai, 16:00 in UTC.
    assert (referral.answer_rule, referral.answer_due_at) == (
        "WD1",
        datetime(2026, 11, 16, 16, 0, tzinfo=UTC),
    )


def test_a_critical_one_has_five_minutes_and_needs_no_code_no_consent(qinghe: World) -> None:
    referral = logged(qinghe, urgency="critical", diagnosis_code="", summary="", consent=False)
    assert (referral.answer_due_at - referral.logged_at).total_seconds() == 300


def test_numbers_run_by_local_day(qinghe: World) -> None:
    late = datetime(2026, 11, 12, 16, 30, tzinfo=UTC)  # half past midnight on the 13th in Shanghai
    numbers = [
        logged(qinghe, serial=1).number,
        logged(qinghe, serial=2).number,
        logged(qinghe, serial=3, now=late).number,
    ]
    assert numbers == ["ZZ261112-0001", "ZZ261112-0002", "ZZ261113-0001"]


def test_the_step_and_the_deed_are_kept(qinghe: World) -> None:
    referral = logged(qinghe)
    assert [(step.name, step.to_state, step.by) for step in journal.steps_of(referral)] == [
        ("log", "submitted", qinghe.zhao)
    ]
    entry = Journal.objects.get(verb="referral.logged")
    assert (entry.about_id, entry.membership) == (referral.pk, qinghe.zhao)
    assert "龚建良" not in str(entry.detail)


def test_one_live_referral_per_patient_and_direction_and_the_refusal_names_it(qinghe: World) -> None:
    first = logged(qinghe)
    with pytest.raises(ReferralRefused) as caught:
        logged(qinghe, by="zhao")
    assert caught.value.reason == "live"
    assert caught.value.params == {"number": first.number, "institution": qinghe.shiqiao.short_name}


def test_the_database_refuses_a_second_live_one_that_slipped_past(qinghe: World) -> None:
    first = logged(qinghe)
    fields = {
        f.name: getattr(first, f.name) for f in Referral._meta.local_fields if f.name not in ("id", "number")
    }
    with pytest.raises(IntegrityError, match="referral_live_once"), transaction.atomic():
        Referral.objects.create(number="ZZ261112-9999", **fields)


def test_the_other_direction_is_free(qinghe: World) -> None:
    up = logged(qinghe)
    down = services.log_referral(
        by=qinghe.lin,
        person=up.person,
        now=NOW,
        content=content(qinghe.shiqiao, direction="down", reason="stable"),
    )
    assert down.direction == "down" and down.previous is None


def test_a_finished_one_leaves_the_way_free(qinghe: World) -> None:
    first = logged(qinghe)
    services.cancel(by=qinghe.zhao, referral=first, now=NOW, note="家属改变主意")
    assert logged(qinghe).state == "submitted"


def test_an_emergency_passes_the_live_one_by_and_names_it(qinghe: World) -> None:
    first = logged(qinghe)
    assert logged(qinghe, urgency="critical").previous == first


def test_what_is_missing_or_wrong_is_refused_at_its_field(qinghe: World) -> None:
    assert refused(qinghe, consent=False) == "consent"
    assert refused(qinghe, summary=" ") == "summary"
    assert refused(qinghe, diagnosis_name="") == "diagnosis_name"
    assert refused(qinghe, diagnosis_code="") == "diagnosis_code"
    assert refused(qinghe, diagnosis_code="心衰") == "diagnosis_code"
    assert refused(qinghe, reason="stable") == "reason"
    assert refused(qinghe, reason="other") == "reason_text"
    assert refused(qinghe, transport="rocket") == "transport"
    assert refused(qinghe, direction="across") == "direction"
    assert refused(qinghe, urgency="soon") == "urgency"
    assert Referral.objects.count() == 0


def test_codes_keep_their_form_but_begin_with_a_capital(qinghe: World) -> None:
    assert logged(qinghe, diagnosis_code=" c34.900x001").diagnosis_code == "C34.900x001"
    assert logged(qinghe, serial=2, diagnosis_code="X59.900").diagnosis_code == "X59.900"


def test_nobody_refers_to_the_own_house_nor_up_to_a_lower_rank(qinghe: World) -> None:
    assert refused(qinghe, target="shiqiao") == "same_place"
    assert refused(qinghe, target="liulin") == "target"
    assert refused(qinghe, by="lin", direction="down", reason="stable", target="lead") == "same_place"


def test_a_department_belongs_to_the_institution_chosen(qinghe: World) -> None:
    foreign = qinghe.tcm.departments.get()
    assert refused(qinghe, target_department=foreign) == "department"


def test_who_may_not_log_does_not(qinghe: World) -> None:
    person = patient(qinghe.zhao)
    for name in ("han", "luo"):
        with pytest.raises(PermissionDenied):
            services.log_referral(
                by=qinghe.people[name], person=person, content=content(qinghe.lead), now=NOW
            )


def test_who_stands_for_the_whole_alliance_has_no_patients_to_send(qinghe: World) -> None:
    person = patient(qinghe.zhao)
    qinghe.luo.roles = ["clinician"]
    with pytest.raises(ReferralRefused) as caught:
        services.log_referral(by=qinghe.luo, person=person, content=content(qinghe.lead), now=NOW)
    assert caught.value.reason == "no_institution"


def test_the_limit_is_the_one_the_committee_set_for_that_day(qinghe: World) -> None:
    from datetime import date

    from alliance.services import parameters

    parameters.decide(
        by=qinghe.su,
        key="referral.accept_urgent",
        value="M20",
        from_date=date(2026, 11, 12),
        decided_by="理事会",
    )
    assert logged(qinghe).answer_rule == "M20"
    assert logged(qinghe, serial=2, now=NOW.replace(day=11)).answer_rule == "M30"


def test_a_number_taken_over_from_before_is_not_given_again(qinghe: World) -> None:
    first = logged(qinghe, serial=1)
    Referral.objects.filter(pk=first.pk).update(number="ZZ261112-0007")
    assert logged(qinghe, serial=2).number == "ZZ261112-0008"
    assert logged(qinghe, serial=3).number == "ZZ261112-0009"
