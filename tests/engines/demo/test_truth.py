"""The expected results of the demonstration against an independent recount from files and referrals."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from alliance.demo import Demo, DemoAlliance, Referral
from alliance.lib.workdays import SHANGHAI, WorkCalendar, deadline
from tests.engines.demo.conftest import Row

Key = tuple[str, str, str]
DATA_END = datetime(2026, 10, 31).date()
LIMITS = {"critical": "M5", "urgent": "M30", "ordinary": "WD1"}
CALENDAR = WorkCalendar.from_library()
ACCEPTED = ("accepted", "arrived", "completed")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def key(row: Row) -> Key:
    return row["A01"], row["A48"], row["A49"]


def person(row: Row) -> tuple[str, ...]:
    return (row["A20"],) if row["A20"] != "-" else (row["A11"], row["A13"], row["A12C"])


@pytest.fixture(params=["lanchuan", "jiangzhou"])
def alliance(request: pytest.FixtureRequest, demo: Demo) -> DemoAlliance:
    return demo.alliances[request.param]


@pytest.fixture
def rows(alliance: DemoAlliance, pages: dict[str, list[Row]]) -> list[Row]:
    return pages[alliance.code]


def test_discharges_cost_and_days_per_institution_and_month(alliance: DemoAlliance, rows: list[Row]) -> None:
    codes = {place.organisation: place.code for place in alliance.places}
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        tally = found[codes[row["A01"]], row["B15"][:7]]
        tally[0] += 1
        tally[1] += int(Decimal(row["D01"]) * 100)
        tally[2] += int(row["B20"])
    expected = {
        (truth.institution, str(truth.month)): [truth.discharges, truth.cost, truth.stay_days]
        for truth in alliance.expected.stored
    }
    assert found == expected


def test_the_stored_and_the_bad_rows_together_are_all_discharges(alliance: DemoAlliance) -> None:
    stored = sum(truth.discharges for truth in alliance.expected.stored)
    replaced = {file.corrects for file in alliance.files}
    bad = sum(len(file.bad) for file in alliance.files if file.name not in replaced)
    assert stored + bad == sum(truth.discharges for truth in alliance.expected.counts) == len(alliance.stays)


def test_eight_percent_of_persons_return_within_30_days_some_elsewhere(alliance: DemoAlliance) -> None:
    expected = alliance.expected
    assert abs(len(expected.returns) * 1000 - expected.persons * 80) <= 500
    assert all(0 < pair.days <= 31 for pair in expected.returns)
    elsewhere = sum(pair.index.organisation != pair.again.organisation for pair in expected.returns)
    assert 0.15 < elsewhere / len(expected.returns) < 0.6


def test_readmissions_by_the_definition_are_the_listed_ones(alliance: DemoAlliance, rows: list[Row]) -> None:
    names = {place.name: place.organisation for place in alliance.places}
    referred = {
        (r.admission.organisation, r.admission.record_no, str(r.admission.visit_no))
        for r in alliance.referrals
        if r.admission and r.state in ACCEPTED
    }
    stays: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        stays[person(row)].append(row)
    found = set()
    for own in stays.values():
        own.sort(key=lambda row: row["B12"])
        for index, again in pairwise(own):
            if _counts(index, again, referred, names):
                found.add((key(index), key(again)))
    expected = {(_text(pair.index), _text(pair.again)) for pair in alliance.expected.readmissions}
    assert found == expected


def _counts(index: Row, again: Row, referred: set[Key], names: dict[str, str]) -> bool:
    """Definitions section 1, 30 days, all causes; persons of the demonstration never overlap themselves."""
    days = (at(again["B12"]).date() - at(index["B15"]).date()).days
    newborn = index["A14"] == "0" and int(index["A16"]) <= 28
    same_day_transfer = index["B34C"] == "2" and days == 0 and index["A01"] != again["A01"]
    too_late = (DATA_END - at(index["B15"]).date()).days < 30
    if index["B34C"] == "5" or newborn or same_day_transfer or too_late or not 0 <= days <= 30:
        return False
    within_day = at(again["B12"]) - at(index["B15"]) <= timedelta(hours=24)
    transfer = index["B34C"] in "23" and names.get(index["B35"]) == again["A01"] and within_day
    therapy = again["C03C"].startswith(("Z51.0", "Z51.1", "Z49"))
    return not (key(again) in referred or transfer or index["B36C"] == "2" or therapy)


def _text(stay_key: tuple[str, str, int]) -> Key:
    return stay_key[0], stay_key[1], str(stay_key[2])


def test_nobody_is_in_two_places_at_once(rows: list[Row]) -> None:
    stays: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        stays[person(row)].append(row)
    for own in stays.values():
        own.sort(key=lambda row: row["B12"])
        assert all(at(a["B15"]) <= at(b["B12"]) for a, b in pairwise(own))


def test_forty_referrals_bounce_and_no_other(demo: Demo) -> None:
    found, expected = set(), set()
    for alliance in demo.alliances.values():
        expected |= {(alliance.code, *pair) for pair in alliance.expected.bounces}
        found |= {(alliance.code, *pair) for pair in _bounces(alliance.referrals)}
    assert found == expected
    assert len(expected) == 40


def _bounces(referrals: tuple[Referral, ...]) -> set[tuple[str, str]]:
    """Opposite directions, one person, one three-character diagnosis, logged within 14 days (S3-49)."""
    of_person: defaultdict[int, list[Referral]] = defaultdict(list)
    for referral in sorted(referrals, key=lambda r: r.logged_at):
        of_person[referral.patient.number].append(referral)
    return {
        (first.number, second.number)
        for own in of_person.values()
        for i, first in enumerate(own)
        for second in own[i + 1 :]
        if first.direction != second.direction
        and first.diagnosis[:3] == second.diagnosis[:3]
        and second.logged_at - first.logged_at <= timedelta(days=14)
    }


def test_arrivals_per_institution_and_month(alliance: DemoAlliance) -> None:
    tally: Counter[tuple[str, str, str]] = Counter()
    for referral in alliance.referrals:
        if referral.arrived_at:
            month = f"{referral.arrived_at:%Y-%m}"
            tally[referral.origin, month, f"{referral.direction}_sent"] += 1
            tally[referral.target, month, f"{referral.direction}_received"] += 1
    found = {
        (row.institution, str(row.month), side): count
        for row in alliance.expected.arrivals
        for side in ("up_sent", "up_received", "down_sent", "down_received")
        if (count := getattr(row, side))
    }
    assert found == tally


def test_a_down_referral_that_arrived_agrees_with_both_case_files(alliance: DemoAlliance) -> None:
    stays = {stay.key: stay for stay in alliance.stays}
    joined = [r for r in alliance.referrals if r.direction == "down" and r.arrived_at]
    assert len(joined) > 150
    for referral in joined:
        assert referral.from_stay and referral.admission
        before, after = stays[referral.from_stay], stays[referral.admission]
        target = alliance.place(referral.target)
        assert before.way == ("3" if target.level == "primary" else "2")
        assert (before.receiver, after.institution) == (target.name, target)
        assert timedelta(0) < after.admitted - before.discharged <= timedelta(hours=8)
        assert before.principal[:3] == after.principal[:3] == referral.diagnosis[:3]


def test_referrals_go_up_or_down_and_critical_ones_are_never_declined(alliance: DemoAlliance) -> None:
    rank = {"primary": 1, "secondary": 2, "tertiary": 3}
    for referral in alliance.referrals:
        origin, target = alliance.place(referral.origin), alliance.place(referral.target)
        rises = rank[target.level] > rank[origin.level]
        assert rises == (referral.direction == "up")
        assert rank[target.level] != rank[origin.level]
        assert not (referral.state == "declined" and referral.urgency == "critical")


def test_times_of_a_referral_follow_each_other(alliance: DemoAlliance) -> None:
    for referral in alliance.referrals:
        steps = (referral.logged_at, referral.answered_at, referral.arrived_at, referral.completed_at)
        reached = [step for step in steps if step]
        assert reached == sorted(reached), referral.number
        assert (referral.state == "declined") == bool(referral.decline_reason)
        assert (referral.state == "completed") == bool(referral.reply)
        assert (referral.closed_at is not None) == (referral.state == "no_show")


def test_late_answers_are_those_beyond_the_limit(alliance: DemoAlliance) -> None:
    late = {referral.number for referral in alliance.referrals if _late(referral)}
    assert late == set(alliance.expected.late_referrals)
    assert {r.urgency for r in alliance.referrals if r.late} == {"critical", "urgent", "ordinary"}


def _late(referral: Referral) -> bool:
    if referral.answered_at is None:
        return False
    due = deadline(referral.logged_at.replace(tzinfo=SHANGHAI), LIMITS[referral.urgency], CALENDAR)
    return not due.on_time(referral.answered_at.replace(tzinfo=SHANGHAI))
