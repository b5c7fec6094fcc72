"""The demonstration: always the same, shaped as told, its persons invented."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from alliance.demo import DeliveredFile, Demo, fees
from alliance.demo.casemix import MIXES
from alliance.demo.families import FAMILIES
from alliance.lib.identity import id_number, phone
from tests.engines.demo.conftest import Row, read
from tests.engines.demo.digest import digest

ROOT = Path(__file__).resolve().parents[3]
PARTS = [f"D{number}" for number in range(11, 35)]


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


def test_another_process_with_another_hash_seed_writes_the_same_bytes(demo: Demo) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "tests.engines.demo.digest"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.strip() == digest(demo)


def test_the_city_group_has_one_tertiary_five_secondary_and_twenty_centres(demo: Demo) -> None:
    places = demo.alliances["jiangzhou"].places
    assert Counter(place.level for place in places) == {"tertiary": 1, "secondary": 5, "primary": 20}
    assert [place.level for place in places if place.role == "lead"] == ["tertiary"]


def test_the_county_has_a_secondary_lead_two_hospitals_eighteen_townships_and_rooms_under_them(
    demo: Demo,
) -> None:
    places = {place.code: place for place in demo.alliances["lanchuan"].places}
    kinds = Counter(place.kind for place in places.values())
    assert (kinds["general"], kinds["tcm"], kinds["maternal"], kinds["township"]) == (1, 1, 1, 18)
    assert [place.level for place in places.values() if place.role == "lead"] == ["secondary"]
    rooms = [place for place in places.values() if place.kind == "village"]
    assert len(rooms) >= 18
    assert all(places[room.parent].kind == "township" for room in rooms)


def test_organisation_codes_are_22_characters_and_belong_to_one_member(demo: Demo) -> None:
    codes = [place.organisation for alliance in demo.alliances.values() for place in alliance.places]
    assert {len(code) for code in codes} == {22}
    assert len(set(codes)) == len(codes)


def test_id_numbers_are_sound_invented_and_agree_with_birth_and_sex(demo: Demo) -> None:
    patients = [patient for alliance in demo.alliances.values() for patient in alliance.patients]
    numbers = [patient.id_number for patient in patients if patient.id_number]
    assert len(set(numbers)) == len(numbers) > 0.9 * len(patients)
    for patient in patients:
        assert phone(patient.phone) == patient.phone
        if patient.id_number:
            read_back = id_number(patient.id_number)
            assert (read_back.birth_date, read_back.sex) == (patient.birth, str(patient.sex))
            # 99 is no province of GB/T 2260
            assert patient.id_number.startswith("99")


def test_persons_without_id_number_still_have_a_key_of_their_own(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        keys = [(p.name, p.birth, p.sex) for p in alliance.patients if not p.id_number]
        assert len(set(keys)) == len(keys)


def test_every_bill_adds_up_to_the_fen(pages: dict[str, list[Row]]) -> None:
    for row in (row for rows in pages.values() for row in rows):
        assert fen(row["D01"]) == sum(fen(row[part]) for part in PARTS)
        assert 0 < fen(row["D09"]) <= fen(row["D01"])
        assert fen(row["D20"]) == fen(row["D20x01"]) + fen(row["D20x02"])
        assert fen(row["D19x01"]) <= fen(row["D19"])
        assert fen(row["D23x01"]) <= fen(row["D23"])


def test_diagnoses_of_a_stay_do_not_contradict_each_other(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        for stay in alliance.stays:
            categories = [stay.principal[:3], *(code[:3] for code, _ in stay.secondary)]
            assert len(set(categories)) == len(categories)
            assert stay.patient.sex == 1 or "N40" not in categories
            assert stay.patient.sex == 2 or not stay.principal.startswith("O")
            assert stay.age >= 18 or not {"I10", "E11", "M81"} & set(categories)


def test_illnesses_of_one_sex_and_of_the_first_days_are_theirs_alone(demo: Demo) -> None:
    women = (
        "C51",
        "C53",
        "C54",
        "C56",
        "D25",
        "D27",
        "N7",
        "N80",
        "N81",
        "N83",
        "N84",
        "N87",
        "N92",
        "N93",
        "O",
    )
    men = ("C60", "C61", "C62", "I86.1", "N40", "N41", "N43", "N45", "N47", "Q53")
    for alliance in demo.alliances.values():
        for stay in alliance.stays:
            assert stay.patient.sex == 2 or not stay.principal.startswith(women), stay.principal
            assert stay.patient.sex == 1 or not stay.principal.startswith(men), stay.principal
            assert (stay.age_days <= 28) == (stay.principal[0] == "P" or stay.family == "newborn_surgery")


def test_every_operation_is_done_within_its_stay(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        for stay in alliance.stays:
            assert all(stay.admitted <= operation.at <= stay.discharged for operation in stay.operations)


def test_about_three_thousand_discharges_a_month(demo: Demo) -> None:
    months = Counter(stay.month for alliance in demo.alliances.values() for stay in alliance.stays)
    assert set(months) == set(demo.months)
    assert all(2600 < count < 3400 for count in months.values())


@pytest.mark.parametrize("mix", sorted(MIXES))
def test_each_kind_of_hospital_has_the_case_mix_that_bears_its_name(demo: Demo, mix: str) -> None:
    after = {family.after for family in FAMILIES.values()}
    stays = [
        stay.family
        for alliance in demo.alliances.values()
        for stay in alliance.stays
        if stay.institution.mix == mix and stay.route != "3"
    ]
    wanted, found = MIXES[mix], Counter(stays)
    weights = [b - a for a, b in zip((0, *wanted.totals), wanted.totals, strict=False)]
    # Returns move a mix a little, chance moves a small one more: three points, or three standard errors.
    for family, weight in zip(wanted.words, weights, strict=True):
        share = weight / wanted.totals[-1]
        error = (share * (1 - share) / len(stays)) ** 0.5
        assert abs(found[family] / len(stays) - share) < max(0.03, 3 * error), family
    assert set(found) <= set(wanted.words) | after


def test_both_encodings_are_delivered_and_read_back(delivered: list[DeliveredFile]) -> None:
    encodings = {file.encoding for file in delivered}
    assert encodings == {"utf-8-sig", "gb18030"}
    for file in delivered:
        starts_with_mark = file.path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert starts_with_mark == (file.encoding == "utf-8-sig")
    for encoding in encodings:
        file = next(file for file in delivered if file.encoding == encoding)
        assert len(read(file.path, encoding)) == file.rows


def test_the_roster_names_everybody_each_month_and_nobody_more_than_whole(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        shares: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for line in alliance.roster:
            shares[line.staff, str(line.month)] += line.share
        assert len(shares) == len(alliance.staff) * len(demo.months)
        assert max(shares.values()) == 1
        units = {(unit.institution, unit.code) for unit in alliance.units}
        assert {(line.institution, line.department) for line in alliance.roster} <= units
        assert {(stay.institution.code, stay.department) for stay in alliance.stays} <= units


def test_each_alliance_has_its_sign_ins_and_they_work_where_they_say(demo: Demo) -> None:
    wanted = {
        "alliance_admin",
        "performance_office",
        "institution_admin",
        "clinician",
        "coder",
        "data_steward",
    }
    for alliance in demo.alliances.values():
        roles = Counter(role for user in alliance.users for role in user.roles)
        # In the county a head signs the commitment letter, discipline inspection opens the sealed box, and a
        # third party gives its opinion of the month.
        county = {"institution_head", "discipline", "third_party_evaluator"}
        more = county if alliance.code == "lanchuan" else set()
        assert set(roles) == wanted | {"finance", "auditor"} | more
        assert roles["performance_office"] == 2
        names = {worker.code: worker.name for worker in alliance.staff}
        for user in alliance.users:
            assert user.staff == "" or names[user.staff] == user.name
    users = [user.username for alliance in demo.alliances.values() for user in alliance.users]
    assert len(set(users)) == len(users)


def test_declarations_cover_what_was_delivered_to_at_least_98_percent(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        declared = {(d.institution, d.month): d for d in alliance.declarations}
        for stored in alliance.expected.stored:
            whole = declared[stored.institution, stored.month]
            assert whole.discharges >= stored.discharges
            assert 100 * stored.discharges >= 98 * whole.discharges
            assert whole.charges >= stored.cost


def test_last_year_and_pay_bases_are_there_for_every_member_that_reports(demo: Demo) -> None:
    for alliance in demo.alliances.values():
        reported = {(truth.institution, truth.month) for truth in alliance.expected.counts}
        assert {(row.institution, row.month.plus(12)) for row in alliance.last_year} == reported
        assert reported <= {(base.institution, base.month) for base in alliance.pay_bases}
        for pool in alliance.pools:
            bases = sum(base.fen for base in alliance.pay_bases if base.month == pool.month)
            assert pool.fen * 100 == bases * 15


def test_what_patients_pay_themselves_follows_the_guide_beside_their_bill(demo: Demo) -> None:
    for stay in (stay for alliance in demo.alliances.values() for stay in alliance.stays):
        if stay.patient.payment == fees.SELF_PAYING:
            assert stay.own_pay == stay.total
            continue
        deductible, percent = fees.GUIDE[stay.patient.payment, stay.institution.level == "primary"]
        paid = Decimal(max(0, stay.total - deductible) * percent) / 100
        assert 0 <= stay.total - stay.own_pay - paid < 1, stay.key
