"""Computing a month: what it takes, what it refuses, what it keeps."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from alliance.models import Job
from alliance.services import jobs
from performance.collect import plain_weight
from performance.models import IndicatorValue, Line, MonthRun, Settlement
from performance.services import completeness, months, pools
from performance.services.refusals import MoneyRefused, RunUnderway
from tests.performance.scene import (
    NOW,
    OCTOBER,
    POOL,
    adopt,
    again,
    compute,
    decide,
    deliver,
    inside,
    prepare,
)
from tests.world import World


def test_a_month_is_computed_and_every_fen_is_shared(qinghe: World) -> None:
    run = compute(qinghe)
    assert (run.state, run.number, run.job.state) == ("computed", 1, "done"), run.refusal
    with inside(qinghe):
        lines = {line.institution.code: line for line in Line.objects.select_related("institution")}
        assert set(lines) == {"QH01", "QH02", "QH11"}
        assert sum(line.fen for line in lines.values()) == POOL == run.settlement.pool_fen
        assert run.settlement.values().digest == run.settlement.result_digest


def test_village_referrals_count_for_their_township(qinghe: World) -> None:
    run = compute(qinghe)
    with inside(qinghe):
        rows = IndicatorValue.objects.filter(settlement=run.settlement, indicator="up_arrivals")
        township = rows.get(institution=qinghe.shiqiao)
        assert (township.numerator, township.denominator) == (5, 31_000)
        assert not rows.filter(institution=qinghe.liulin).exists()


def test_few_cases_are_not_assessed_with_the_reason(qinghe: World) -> None:
    run = compute(qinghe)
    with inside(qinghe):
        row = IndicatorValue.objects.get(
            settlement=run.settlement, institution=qinghe.shiqiao, indicator="mean_stay"
        )
        assert row.value is None and row.reason["code"] == "below_minimum_n"
        assert (row.reason["n"], row.reason["minimum"]) == (4, 10)


def test_missing_cases_stop_the_month_until_two_people_sign(world: World, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    adopt(world)
    decide(world, OCTOBER)
    deliver(world, OCTOBER, "lead", "lin", 12)
    deliver(world, OCTOBER, "tcm", "tan", 11, declared=12)
    run = compute(world)
    assert run.state == "failed" and run.job.state == Job.State.FAILED
    assert (
        "清河县中医医院" in run.job.error
        and "石桥镇中心卫生院" in run.job.error
        and "清河县人民医院" not in run.job.error
    )
    with inside(world):
        signed = [
            completeness.sign_exception(
                by=world.luo, institution=place, month=OCTOBER, reason="系统切换，补传中"
            )
            for place in (world.tcm, world.shiqiao)
        ]
        with pytest.raises(MoneyRefused, match="two different people"):
            completeness.confirm_exception(by=world.luo, exception=signed[0], now=NOW)
        completeness.confirm_exception(by=world.meng, exception=signed[0], now=NOW)
    assert compute(world).state == "failed"
    with inside(world):
        completeness.confirm_exception(by=world.meng, exception=signed[1], now=NOW)
    assert compute(world).state == "computed"


def test_a_complete_institution_gets_no_exception(qinghe: World) -> None:
    with inside(qinghe), pytest.raises(MoneyRefused, match="complete"):
        completeness.sign_exception(by=qinghe.luo, institution=qinghe.lead, month=OCTOBER, reason="以防万一")


def test_an_unconfirmed_pool_is_no_pool(world: World, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    prepare(world)
    with inside(world):
        pools.enter_pool(by=world.luo, month=OCTOBER, fen=1, source_kind="pay_total", source="更正")
    run = compute(world)
    assert run.settlement.pool_fen == POOL
    with inside(world):
        latest = pools.latest(OCTOBER)
        with pytest.raises(MoneyRefused, match="two different people"):
            pools.confirm_pool(by=world.luo, pool=latest, now=NOW)
        pools.confirm_pool(by=world.su, pool=latest, now=NOW)
    assert compute(world).settlement.pool_fen == 1


def test_retained_surplus_needs_its_document(world: World) -> None:
    with inside(world), pytest.raises(MoneyRefused, match="whole number of the decision"):
        pools.enter_pool(by=world.luo, month=OCTOBER, fen=1, source_kind="retained", source="结余留用")


def test_a_second_run_replaces_the_first_and_the_same_inputs_are_one_settlement(qinghe: World) -> None:
    first, second = compute(qinghe), compute(qinghe)
    assert second.settlement_id == first.settlement_id and second.number == 2
    assert again(qinghe, first).state == "superseded"
    with inside(qinghe):
        assert Settlement.objects.count() == 1
        pool = pools.enter_pool(by=qinghe.luo, month=OCTOBER, fen=77, source_kind="pay_total", source="更正")
        pools.confirm_pool(by=qinghe.cai, pool=pool, now=NOW)
    third = compute(qinghe)
    assert third.settlement_id != first.settlement_id
    with inside(qinghe):
        assert months.current(OCTOBER) == third


def test_a_run_under_way_refuses_the_next(qinghe: World) -> None:
    with inside(qinghe):
        months.enqueue_run(by=qinghe.su, month=OCTOBER)
    with inside(qinghe), pytest.raises(RunUnderway):
        months.enqueue_run(by=qinghe.luo, month=OCTOBER)


def test_a_run_whose_job_was_given_up_stands_in_nobodys_way(
    qinghe: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(months, "month_inputs", broken)
    run = compute(qinghe)
    assert run.job.state == Job.State.DEAD and run.state == "running"
    monkeypatch.undo()
    assert compute(qinghe).state == "computed"
    assert again(qinghe, run).state == "failed"
    with inside(qinghe):
        jobs.rerun(by=qinghe.su, job=run.job)
    jobs.drain(qinghe.qinghe)
    assert again(qinghe, run).state == "failed"


def test_only_the_office_and_the_administrator_compute(qinghe: World) -> None:
    for name in ("lin", "kong", "cai", "ding"):
        with inside(qinghe), pytest.raises(PermissionDenied):
            months.enqueue_run(by=qinghe.people[name], month=OCTOBER)
    with inside(qinghe):
        assert not MonthRun.objects.exists()


def test_weights_are_written_with_four_decimals() -> None:
    written = {"7.072000000000": "7.0720", "3": "3.0000", "0": "0.0000", "1.23456000": "1.23456"}
    assert {text: str(plain_weight(Decimal(text))) for text in written} == written
