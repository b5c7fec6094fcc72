"""The stays of the readmission results stored in the product, judged by the database, every column equal."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from alliance.lib.period import Month
from alliance.models import Institution, Person
from grouping.metrics import rollup
from grouping.metrics.facts import Level, Scope
from grouping.models import Case, CaseFile, GroupedCase, ReferralLink, Scheme
from grouping.patterns import facts as patterns
from grouping.readmission import facts, links
from tests.engines.metrics.stays import ACCEPTED, rows
from tests.grouping.scene import HOME, browser, inside, pages, store
from tests.world import World

CHINA = ZoneInfo("Asia/Shanghai")
MONTHS = tuple(Month(2026, number) for number in range(6, 12))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def store_places() -> dict[str, Institution]:
    made = {}
    for number, row in enumerate(rows("institutions")):
        made[row["code"]] = Institution.objects.create(
            code=f"R{number:02}", organisation=row["code"], name=row["name"], short_name=row["name"],
            level=row["level"], kind="general",
        )  # fmt: skip
    return made


def person(row: dict[str, str], known: dict[str, Person]) -> Person:
    """By id, else by name, birth and sex: two kinds of key that never meet."""
    parts = ["id", row["id_hash"]] if row["id_hash"] else ["name", row["name_hash"], row["A13"], row["A12C"]]
    key = hashlib.sha256("|".join(parts).encode()).hexdigest()
    if key not in known:
        known[key] = Person.objects.create(
            key=key, name="测试", name_key=row["name_hash"] or key, sex=int(row["A12C"]),
            birth_date=date.fromisoformat(row["A13"]) if row["A13"] else None,
        )  # fmt: skip
    return known[key]


def store_stays(file: CaseFile, places: dict[str, Institution]) -> dict[str, int]:
    """The cases of the stays, by the number of the stay."""
    scheme = Scheme.objects.get()
    found: dict[str, int] = {}
    known: dict[str, Person] = {}
    for line, row in enumerate(rows("input"), 2):
        leaving = moment(row["B15"])
        case = Case.objects.create(
            institution=places[row["A01"]], person=person(row, known), file=file, line=line,
            record_no=row["A48"], visit_no=int(row["A49"]), month=leaving.date().replace(day=1),
            admitted_at=moment(row["B12"]), discharged_at=leaving, department_code="03",
            sex=int(row["A12C"]), age=int(row["A14"]), age_days=int(row["A16"]) if row["A16"] else None,
            stay_days=1, discharge_way=int(row["B34C"]), receiver=row["B35"],
            readmission_plan=int(row["B36C"]) if row["B36C"] else None, diagnoses=[row["C03C"]], total_fen=1,
            raw={"emergency_critical": row["emergency_critical"]}, digest=row["stay_id"],
        )  # fmt: skip
        found[row["stay_id"]] = case.pk
        if row["adrg"]:
            GroupedCase.objects.create(
                case=case, revision=1, scheme=scheme, mdc="", adrg=row["adrg"], drg=row["adrg"] + "9",
                status="grouped",
            )  # fmt: skip
    return found


def hand_down(places: dict[str, Institution], cases: dict[str, int]) -> None:
    """What the floor above would state about the referrals."""
    links.take(
        [
            links.Link(
                row["referral_id"], row["direction"], places[row["from_institution"]].pk,
                places[row["to_institution"]].pk, cases.get(row["from_stay"]),
                cases.get(row["admission_stay"]),
            )
            for row in rows("referrals")
            if row["state"] in ACCEPTED
        ]
    )  # fmt: skip


def delivered(file: CaseFile, places: dict[str, Institution]) -> None:
    """The results' own end of data: every institution delivered whole months, the last one October."""
    Case.objects.filter(file=file).update(voided_at=moment("2026-11-04 09:00:00"))
    file.months = [
        {"month": f"2026-{number:02}", "institution": place.pk, "rows": 12}
        for place in (*places.values(), Institution.objects.get(code="QH01"))
        for number in range(6, 11)
    ]
    file.save(update_fields=["months"])


def text(value: object) -> str:
    return "" if value is None else str(int(value) if isinstance(value, bool) else value)


def line(numbers: dict[int, str], at_30: facts.StayFact, at_31: facts.StayFact) -> dict[str, str]:
    """One stay as the results write it."""

    def name(case: int | None) -> str:
        return "" if case is None else numbers[case]

    found = {"stay_id": numbers[at_30.id], "previous_stay": name(at_30.previous), "gap_days": text(at_30.gap)}
    for days, one in ((30, at_30), (31, at_31)):
        found |= {f"eligible_{days}": text(not one.excluded), f"excluded_{days}": one.excluded}
        found[f"admission_reason_{days}"] = one.reason
        for variant in facts.VARIANTS:
            found[f"readmitted_{days}_{variant}"] = text(bool(not one.excluded and one.again[variant]))
    found["readmission_stays_31"] = "|".join(sorted(map(name, at_31.again["all"])))
    flag = at_30.split_reason == "flag"
    found |= {"r01_previous_stay": name(at_30.home), "r01_gap_days": text(at_30.home_gap)}
    found |= {"r01_reason": at_30.split_reason, "r01_alliance_15": text(at_30.split_anywhere)}
    for days in (7, 10, 15):
        found[f"r01_{days}"] = text(flag and at_30.home_gap is not None and at_30.home_gap <= days)
    found |= {"r02e": text(at_30.overlap == "flag"), "r02e_with": "|".join(sorted(map(name, at_30.others)))}
    reason = "overlap_up_to_4h" if at_30.overlap == "overlap_up_to" else at_30.overlap
    return found | {"r02e_reason": reason, "down_referral": text(at_30.down_referral)}


@pytest.fixture
def stored(scene: World) -> dict[str, int]:
    """The stays and referrals of the results, in the product."""
    file = store(scene, pages(scene, 1))
    with inside(scene):
        places = store_places()
        delivered(file, places)
        cases = store_stays(file, places)
        hand_down(places, cases)
    return cases


def test_every_stored_stay_is_judged_as_the_independent_result(scene: World, stored: dict[str, int]) -> None:
    numbers = {case: number for number, case in stored.items()}
    with inside(scene):
        month = Month(2026, 10)
        used = {national: facts.windows(month, national=national) for national in (False, True)}
        assert (used[False].days, used[True].days, used[False].data_end) == (30, 31, date(2026, 10, 31))
        at_30, at_31 = ({one.id: one for one in facts.judge(MONTHS, used[key])} for key in (False, True))
    expected = rows("expected")
    assert len(expected) == len(at_30) == 360
    wrong = []
    for row in expected:
        case = stored[row["stay_id"]]
        found = line(numbers, at_30[case], at_31[case])
        assert found.keys() == row.keys()
        wrong += [(row["stay_id"], name, found[name], row[name]) for name in row if found[name] != row[name]]
    assert not wrong, wrong[:10]


def test_every_stored_rate_equals_the_independent_result(scene: World, stored: dict[str, int]) -> None:
    expected = rows("rates")
    assert len(expected) == 36
    with inside(scene):
        organisations = dict(Institution.objects.values_list("organisation", "pk")) | {"": 0}
        found = {}
        for days in ("30", "31"):
            used = facts.windows(Month(2026, 10), national=days == "31")
            found[days] = facts.rates(MONTHS, used) | facts.rates(MONTHS, used, "alliance")
    for row in expected:
        rate = found[row["readmit_days"]][organisations[row["institution"]], ""][row["variant"]]
        assert (text(rate.eligible), text(rate.readmitted), text(rate.pct)) == (
            row["eligible"], row["readmitted"], row["rate_pct"],
        )  # fmt: skip


def test_a_referral_that_is_withdrawn_makes_a_readmission_again(scene: World, stored: dict[str, int]) -> None:
    with inside(scene):
        used = facts.windows(Month(2026, 10))
        before = facts.rates(MONTHS, used, "alliance")[0, ""]["all"].readmitted
        erased = {one.id for one in facts.judge(MONTHS, used) if one.reason == "accepted_referral"}
        assert links.withdraw([row["referral_id"] for row in rows("referrals")]) == len(
            [row for row in rows("referrals") if row["state"] in ACCEPTED]
        )
        after = {one.id: one.reason for one in facts.judge(MONTHS, used)}
        counted = [case for case in erased if after[case] == "counted"]
        assert counted
        assert facts.rates(MONTHS, used, "alliance")[0, ""]["all"].readmitted > before


def test_readmissions_a_referral_erased_are_those_counted_one_by_one(
    scene: World, stored: dict[str, int]
) -> None:
    """A referral up, or one of elsewhere, is told; care continued by one down is not (definitions)."""
    with inside(scene):
        judged = {one.id: one for one in facts.judge(MONTHS, facts.windows(MONTHS[-1]))}
        joined: dict[int, list[ReferralLink]] = {}
        for link in ReferralLink.objects.exclude(admission=None):
            joined.setdefault(link.admission_id, []).append(link)
        codes = dict(Institution.objects.values_list("pk", "code"))
        wanted: dict[str, tuple[int, set[int]]] = {}
        left_out = 0
        for one in judged.values():
            before = judged.get(one.previous or 0)
            if before is None or before.month not in MONTHS:
                continue
            counted, gone = wanted.get(codes[before.institution_id], (0, set()))
            if one.reason == "counted":
                counted += 1
            elif one.reason == "accepted_referral":
                own = [link.direction == "down" and link.origin_id == before.institution_id
                       for link in joined[one.id]]  # fmt: skip
                left_out += any(own)
                gone |= set() if any(own) else {one.id}
            else:
                continue
            wanted[codes[before.institution_id]] = (counted, gone)
        found = {
            one.place: (one.counted, {row["id"] for row in one.erased}) for one in patterns.erased(MONTHS)
        }
    assert found == wanted and any(gone for _counted, gone in wanted.values()) and left_out


def at_places(stored: dict[str, int]) -> None:
    """Departments and doctors for the stays of the results, which name none."""
    for case in Case.objects.filter(pk__in=stored.values()):
        case.department_code = f"0{case.pk % 4}"
        case.recorded = {"doctors": {"B25": ["甲", "乙", ""][case.pk % 3]}}
        case.save(update_fields=["department_code", "recorded"])


def by_hand(judged: list[facts.StayFact], level: str) -> dict[tuple[int, str], list[int]]:
    """Eligible and readmitted of each key, from the stays judged and the stored cases themselves."""
    known = {case.pk: case for case in Case.objects.all()}
    groups = dict(GroupedCase.objects.filter(status="grouped").values_list("case", "drg"))
    found: dict[tuple[int, str], list[int]] = {}
    for one in judged:
        case = known[one.id]
        keys = {
            "alliance": (0, ""), "institution": (case.institution_id, ""),
            "department": (case.institution_id, case.department_code),
            "doctor": (case.institution_id, case.recorded["doctors"]["B25"]),
            "drg": (case.institution_id, groups.get(one.id, "")), "group": (0, groups.get(one.id, "")),
        }  # fmt: skip
        if level in ("doctor", "drg", "group") and not keys[level][1]:
            continue
        sums = found.setdefault(keys[level], [0, 0])
        sums[0] += not one.excluded
        sums[1] += not one.excluded and bool(one.again["all"])
    return found


@pytest.mark.parametrize("level", ["alliance", "institution", "department", "doctor", "drg", "group"])
def test_rates_of_every_level_are_the_stays_judged_one_by_one(
    scene: World, stored: dict[str, int], level: Level
) -> None:
    with inside(scene):
        at_places(stored)
        used = facts.windows(Month(2026, 10))
        judged = [one for one in facts.judge(MONTHS, used) if one.month in MONTHS]
        wanted = by_hand(judged, level)
        found = {
            key: [each["all"].eligible, each["all"].readmitted]
            for key, each in facts.rates(MONTHS, used, level).items()
        }
    assert found == wanted and len(found) >= {"alliance": 1, "institution": 5}.get(level, 8)


def busiest() -> Month:
    """The month with most index discharges that came back."""

    def again(month: Month) -> int:
        found = facts.rates([month], facts.windows(month), "alliance").get((0, ""))
        return found["all"].readmitted if found else 0

    return max(MONTHS, key=again)


def test_the_numerator_of_a_department_opens_its_readmitted_discharges(
    scene: World, stored: dict[str, int]
) -> None:
    """The safety figures by department link to the pairs of that department alone, as many as they say."""
    with inside(scene):
        at_places(stored)
        month = busiest()
        used = facts.windows(month)
        rates = facts.rates([month], used, "department")
        (place, room), rate = max(rates.items(), key=lambda one: (one[1]["all"].readmitted, one[0]))
        again = [
            one for one in facts.judge([month], used)
            if one.month == month and not one.excluded and one.again["all"]
            and facts.within(one, Scope(place, room))
        ]  # fmt: skip
        assert len(again) == rate["all"].readmitted > 0
        pairs = sum(len(one.again["all"]) for one in again)
    client = browser(scene, "luo")
    page = client.get(
        f"{HOME}/metrics/readmissions/?month={month}&institution={place}&department={room}"
    ).content.decode()
    assert page.split("<tbody>")[1].count("</tr>") == min(pairs, 50)
    assert f"{rate['all'].readmitted} of {rate['all'].eligible} discharges" in page


def test_the_safety_page_shows_readmission_at_every_level(scene: World, stored: dict[str, int]) -> None:
    with inside(scene):
        at_places(stored)
        month = busiest()
        rollup.refresh(month)
    client = browser(scene, "luo")
    for by in ("institution", "department", "doctor", "group"):
        page = client.get(f"{HOME}/metrics/?month={month}&view=safety&by={by}").content.decode()
        assert "readmitted within 30 days" in page, by
