"""Readmission, split admission, overlap and down-referral: every row of the independent results."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grouping.engine.readmission import VARIANTS, Book, Judged, Link, Rate, Rules, Stay, rates
from tests.engines.metrics.stays import book, rows

END = date(2026, 10, 31)


def text(value: object) -> str:
    return "" if value is None else str(int(value) if isinstance(value, bool) else value)


def line(number: str, books: dict[int, Book], judged: dict[int, dict[str, Judged]]) -> dict[str, str]:
    """One stay as the results write it."""
    found: dict[str, str] = {"stay_id": number}
    for days, all_judged in judged.items():
        one = all_judged[number]
        found |= {f"eligible_{days}": text(not one.excluded), f"excluded_{days}": one.excluded}
        found |= {"previous_stay": one.previous, "gap_days": text(one.gap)}
        found[f"admission_reason_{days}"] = one.reason
        for variant in VARIANTS:
            found[f"readmitted_{days}_{variant}"] = text(bool(not one.excluded and one.readmissions[variant]))
    found["readmission_stays_31"] = "|".join(sorted(judged[31][number].readmissions["all"]))
    base = books[30]
    stay = next(one for one in base.stays if one.id == number)
    split, overlap = base.split(stay), base.overlap(stay)
    found |= {"r01_previous_stay": split.previous, "r01_gap_days": text(split.gap)}
    found |= {"r01_reason": split.reason, "r01_alliance_15": text(split.alliance)}
    found |= {f"r01_{days}": text(split.within(days)) for days in (7, 10, 15)}
    found |= {"r02e": text(overlap.reason == "flag"), "r02e_with": "|".join(overlap.others)}
    found |= {"r02e_reason": overlap.reason, "down_referral": text(base.down_referral(stay))}
    return found


def test_every_stay_is_judged_as_the_independent_result() -> None:
    books = {days: book(days) for days in (30, 31)}
    judged = {days: one.judge(END) for days, one in books.items()}
    expected = rows("expected")
    assert len(expected) == 360
    wrong = []
    for row in expected:
        found = line(row["stay_id"], books, judged)
        assert found.keys() == row.keys()
        wrong += [(row["stay_id"], name, found[name], row[name]) for name in row if found[name] != row[name]]
    assert not wrong, wrong[:10]


def test_every_rate_equals_the_independent_result() -> None:
    expected = {(row["institution"], row["readmit_days"], row["variant"]): row for row in rows("rates")}
    assert len(expected) == 36
    found = {}
    for days in (30, 31):
        one = book(days)
        judged = one.judge(END)
        for variant in VARIANTS:
            for place, rate in rates(one.stays, judged, variant).items():
                found[place, str(days), variant] = rate
    assert {
        key: (text(rate.eligible), text(rate.readmitted), text(rate.pct)) for key, rate in found.items()
    } == {key: (row["eligible"], row["readmitted"], row["rate_pct"]) for key, row in expected.items()}


def test_n46_a_move_to_the_township_in_the_next_hour_is_a_down_referral_and_nothing_else() -> None:
    """N46: 0 readmissions, 0 R01, 0 R02, 1 down-referral for each pair."""
    one = book(30)
    judged = one.judge(END)
    marked = {row["stay_id"] for row in rows("edges") if row["edge"].startswith("N46")}
    stays = [stay for stay in one.stays if stay.id in marked]
    assert len(stays) == 8
    for stay in stays:
        assert not judged[stay.id].readmissions["all"]
        assert one.split(stay).reason != "flag"
        assert one.overlap(stay).reason != "flag"
    assert sum(one.down_referral(stay) for stay in stays) == 4


def test_the_order_of_the_file_changes_nothing() -> None:
    one = book(30)
    expected = one.judge(END)
    mixed = list(one.stays)
    Random(7).shuffle(mixed)
    assert Book(mixed, one.links, one.primary, one.rules).judge(END) == expected


def made(number: int, institution: str, start: int, hours: int, **changes: object) -> Stay:
    admitted = datetime(2026, 9, 1) + timedelta(hours=start)
    usual: dict[str, object] = {
        "id": f"S{number}", "person": "P", "institution": institution, "key": (institution, "R", str(number)),
        "admitted": admitted, "discharged": admitted + timedelta(hours=hours), "way": 1,
        "diagnosis": "J18.900",
    }  # fmt: skip
    return Stay(**(usual | changes))  # type: ignore[arg-type]


# How fast values are drawn says how busy the machine is, nothing about the judgement.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 200), st.integers(0, 100)), max_size=8))
def test_an_admission_counts_for_one_discharge_at_most(drawn: list[tuple[str, int, int]]) -> None:
    stays = [made(number, *one) for number, one in enumerate(drawn)]
    judged = Book(stays).judge(END)
    counted = [again for one in judged.values() for again in one.readmissions["all"]]
    assert len(counted) == len(set(counted))
    assert set(counted) == {number for number, one in judged.items() if one.reason == "counted"}


def test_a_referral_erases_the_readmission_it_led_to() -> None:
    stays = [made(1, "A", 0, 48), made(2, "A", 96, 48)]
    assert Book(stays).judge(END)["S1"].readmissions["all"] == ("S2",)
    with_link = Book(stays, [Link("up", "B", "A", "", "S2")])
    assert with_link.judge(END)["S2"].reason == "accepted_referral"
    assert with_link.judge(END)["S1"].readmissions["all"] == ()


def test_nothing_eligible_is_no_rate() -> None:
    stays = [made(1, "A", 0, 48, way=5)]
    found = rates(stays, Book(stays, rules=Rules()).judge(END), "all")
    assert found["A"] == Rate(0, 0) and found["A"].pct is None
