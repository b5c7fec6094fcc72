"""Declared values: two persons, proof, nothing overwritten, and missing is not zero (S0-15, S3-33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Department, Institution
from alliance.models.base import Stale
from performance import collect
from performance.declared import book, due, facts, forms, services, tables
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import Entry, Place
from performance.engine.spans import counted
from performance.levels import facts as level_facts
from performance.models import DeclaredValue, IndicatorValue
from performance.services import schemes
from performance.show import labels
from tests.performance.declared_scene import (
    NOW,
    OCTOBER,
    PDF,
    QUARTER,
    confirmed,
    entered,
    entry,
    scheme_with,
)
from tests.performance.scene import compute, inside, post, prepare
from tests.performance.test_sources import BEFORE_DECLARED
from tests.world import World, member, place

State = DeclaredValue.State


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Qinghe open, its files in a folder of the test."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        yield world


def test_a_value_counts_once_a_second_person_has_confirmed_it(house: World) -> None:
    (row,) = entered(house, entry(house.lead, "contracted", 0))
    with pytest.raises(DeclaredRefused, match="two different people"):
        submitted = services.submit(by=house.luo, row=row, now=NOW, version=1)
        services.confirm(by=house.luo, row=submitted, now=NOW)
    stale = DeclaredValue.objects.get(pk=row.pk)
    stale.state, stale.version = State.ENTERED, 1
    row.refresh_from_db()
    assert list(facts.declared_facts(OCTOBER.first, ["contracted"])) == []
    with pytest.raises(Stale):
        services.submit(by=house.lin, row=stale, now=NOW)
    done = services.confirm(by=house.kong, row=row, now=NOW, version=2)
    assert (done.state, done.confirmed_by, done.version) == (State.CONFIRMED, house.kong, 3)
    (fact,) = facts.declared_facts(OCTOBER.first, ["contracted", "resident_population"])
    assert (fact.institution, fact.key, fact.value) == ("QH01", "contracted", 0)  # a known zero


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fact": "discharges"}, "own"), ({"fact": "gold"}, "fact"), ({"span": QUARTER}, "span"),
        ({"span": OCTOBER.plus(1)}, "future"), ({"responsible": " "}, "responsible"),
    ],
)  # fmt: skip
def test_what_is_no_fact_of_this_place_and_time_is_refused(house: World, change: Any, reason: str) -> None:
    given = {"place": Place(house.lead), "fact": "contracted", "span": OCTOBER, "value": Decimal(3)}
    with pytest.raises(DeclaredRefused) as refused:
        services.enter(by=house.lin, entries=[Entry(**{"responsible": "林静", **given, **change})], now=NOW)
    assert refused.value.reason == reason


def test_the_level_names_its_place_and_no_other_institutions(house: World) -> None:
    own, theirs = (Department.objects.get(institution=one) for one in (house.lead, house.tcm))
    for where, fact, reason in (
        (Place(house.lead, theirs), "operated_patients", "place"),
        (Place(house.lead, own), "contracted", "level"),
        (Place(house.liulin), "contracted", "village"),
    ):
        with pytest.raises(DeclaredRefused) as refused:
            services.enter(by=house.luo, entries=[Entry(where, fact, OCTOBER, Decimal(3), "林静")], now=NOW)
        assert refused.value.reason == reason
    with pytest.raises(PermissionDenied):
        services.enter(by=house.tan, entries=[entry(house.lead, "contracted", 3)], now=NOW)
    with pytest.raises(PermissionDenied):
        services.enter(by=house.wu, entries=[entry(house.tcm, "contracted", 3)], now=NOW)


def test_what_others_found_of_an_institution_is_the_offices_to_enter(house: World) -> None:
    for fact in ("data_errors", "data_checked", "objections", "gain_points", "objections_in_time"):
        item = entry(house.lead, fact, 3, counted(OCTOBER.first, book.often()[fact]))
        with pytest.raises(DeclaredRefused) as refused:
            services.enter(by=house.lin, entries=[item], now=NOW)
        assert (refused.value.reason, refused.value.field) == ("office", "fact")
    asked = "/a/qinghe/declared/enter/?indicator=data_error&month=2026-10&level=institution"
    offered = {
        who: {code for _area, choices in house_forms(house, who) for code, _name in choices}
        for who in ("lin", "luo")
    }
    others = {"data_error", "objection_reply", "gain_score"}
    opinions = {"peer_review", "mechanism", "service_innovation", "fund_use_evaluation"}
    assert not offered["lin"] & (others | opinions) and others <= offered["luo"]
    assert not offered["luo"] & opinions
    # What the alliance finds itself is nobody's to type.
    assert "effective_referral" not in offered["lin"] | offered["luo"]
    assert house.client("lin").get(asked).status_code == 400
    owed = {one.fact for one in due.owed(OCTOBER.first, institution_id=house.lead.pk)}
    assert not any(labels.facts()[key].by_office for key in owed)


def house_forms(world: World, who: str) -> Any:
    """The indicators the form of entering offers."""
    form: Any = forms.ChooseForm(membership=world.people[who], today=NOW.date())
    return form.fields["indicator"].choices


def test_a_part_above_its_whole_and_something_of_nothing_are_refused(house: World) -> None:
    def refused(*numbers: tuple[str, int]) -> tuple[str, Any, str]:
        with pytest.raises(DeclaredRefused) as caught:
            entered(house, *(entry(house.lead, fact, value) for fact, value in numbers))
        return caught.value.reason, caught.value.params["key"], caught.value.field

    assert refused(("operation_complications", 8), ("operated_patients", 7)) == (
        "above", "operation_complications", "value",
    )  # fmt: skip
    assert refused(("occupied_bed_days", 9), ("open_bed_days", 0))[0] == "of_nothing"
    entered(house, entry(house.lead, "occupied_bed_days", 9), entry(house.lead, "open_bed_days", 8))
    (whole,) = entered(house, entry(house.lead, "operated_patients", 7))
    assert refused(("operation_complications", 8))[0] == "above"
    (part,) = entered(house, entry(house.lead, "operation_complications", 7))
    for row, value in ((part, 8), (whole, 6), (whole, 0)):
        with pytest.raises(DeclaredRefused, match=r"larger than its whole|stands over"):
            services.change(by=house.lin, row=row, value=Decimal(value), responsible="林静", note="")
    url = "/a/qinghe/declared/enter/?indicator=clean_incision_infection&month=2026-10&level=institution"
    sent = {"responsible": "林静", "value_clean_incision_infections": "5", "value_clean_incisions": "4"}
    with time_machine.travel(NOW, tick=False):
        page = house.client("lin").post(url, sent)
        sent |= {"value_clean_incisions": "１，０００", "do": "submit"}
        done = house.client("lin").post(url, sent, follow=True)
    assert done.status_code == 200 and "1,000" in done.content.decode()
    for who, places in (("lin", {"QH01"}), ("luo", {"QH01", "QH02", "QH11"})):
        offered = set(tables.declaring(house.people[who]).values_list("code", flat=True))
        assert places <= offered and not any("V" in code for code in offered)
        assert who == "luo" or offered == places
    assert page.status_code == 400 and "部分大于总体" in page.content.decode()
    assert 'value="5"' in page.content.decode() and list(page.context["form"].errors) == [
        "value_clean_incision_infections"
    ]


def test_a_declared_fact_is_not_submitted_without_its_file(house: World) -> None:
    item = entry(house.lead, "core_system_points", 88, QUARTER)
    (row,) = entered(house, item)
    with pytest.raises(DeclaredRefused, match="现场签字"):
        services.submit(by=house.lin, row=row, now=NOW)
    with pytest.raises(IntegrityError, match="declared_proved"), transaction.atomic():
        DeclaredValue.objects.filter(pk=row.pk).update(
            state="submitted", submitted_by=house.lin, submitted_at=NOW
        )
    services.withdraw(by=house.lin, row=row, why="重报")
    (row,) = entered(house, item, proof=True)
    assert services.submit(by=house.lin, row=row, now=NOW).state == State.SUBMITTED


def test_the_database_refuses_the_same_person_and_any_rewriting(house: World) -> None:
    (row,) = entered(house, entry(house.lead, "contracted", 7))
    row = services.submit(by=house.kong, row=row, now=NOW)
    rows = DeclaredValue.objects.filter(pk=row.pk)
    other = member("lin2", "林静", house.tcm, "institution_admin")
    other.user = house.lin.user
    other.save()
    for who in (house.lin, house.kong, other):
        with pytest.raises(DatabaseError, match=r"declared_two_persons|second person"), transaction.atomic():
            rows.update(state="confirmed", confirmed_by=who, confirmed_at=NOW)
    for change in ({"value": 8}, {"note": "x"}, {"fact": "resident_population"}, {"institution": house.tcm}):
        with pytest.raises(DatabaseError, match="not overwritten"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        rows.delete()
    with pytest.raises(DatabaseError, match="declared_why"), transaction.atomic():
        rows.update(state="returned")


def test_sent_back_with_a_reason_it_is_put_right_and_submitted_again(house: World) -> None:
    (row,) = entered(house, entry(house.lead, "contracted", 7))
    row = services.submit(by=house.lin, row=row, now=NOW)
    with pytest.raises(DeclaredRefused, match="few words"):
        services.send_back(by=house.luo, row=row, why=" ")
    row = services.send_back(by=house.luo, row=row, why="与系统不符")
    row = services.change(
        by=house.lin, row=row, value=Decimal(70), responsible="林静", note="更正", version=3
    )
    row = services.submit(by=house.lin, row=row, now=NOW)
    with pytest.raises(DeclaredRefused, match="before it can be changed"):
        services.change(by=house.lin, row=row, value=Decimal(71), responsible="林静", note="")
    done = services.confirm(by=house.luo, row=row, now=NOW)
    assert (done.value, done.why, done.revision) == (70, "", 1)


def test_a_correction_replaces_nothing_until_it_is_confirmed(house: World) -> None:
    (first,) = confirmed(house, entry(house.lead, "contracted", 7))
    with pytest.raises(DeclaredRefused, match="is the same"):
        entered(house, entry(house.lead, "contracted", 7))
    with pytest.raises(DeclaredRefused, match="why it is corrected"):
        entered(house, entry(house.lead, "contracted", 9, note=""))
    (second,) = entered(house, entry(house.lead, "contracted", 9, note="漏计 2 人"))
    with pytest.raises(DeclaredRefused, match="on its way"):
        entered(house, entry(house.lead, "contracted", 10))
    (fact,) = facts.declared_facts(OCTOBER.first, ["contracted"])
    assert fact.value == 7
    second = services.submit(by=house.lin, row=second, now=NOW)
    second = services.confirm(by=house.luo, row=second, now=NOW)
    first.refresh_from_db()
    assert (second.revision, first.state, first.value) == (2, State.SUPERSEDED, 7)
    (fact,) = facts.declared_facts(OCTOBER.first, ["contracted"])
    assert (fact.value, fact.id) == (9, second.pk)
    assert facts.behind(OCTOBER.first, "contracted") == {"QH01": (second.pk,)}
    assert list(facts.rows([second.pk])) == [second, first]


def test_a_quarter_counts_in_three_months_and_nothing_older_stands_in(house: World) -> None:
    (row,) = confirmed(house, entry(house.lead, "contracts_due", 40, QUARTER))
    found = {
        str(month): [fact.id for fact in facts.declared_facts(month, ["contracts_due"])]
        for month in Month(2026, 8).through(Month(2026, 12))
    }
    assert found == {
        "2026-08": [], "2026-09": [row.pk], "2026-10": [row.pk], "2026-11": [row.pk], "2026-12": [],
    }  # fmt: skip


def test_missing_never_becomes_zero_and_a_posted_month_stays(
    world: World, settings: Any, tmp_path: Path
) -> None:
    """Two institutions declare October's contracts; the Chinese-medicine hospital stays silent."""
    settings.MEDIA_ROOT = tmp_path
    prepare(world)
    with inside(world):
        scheme_with(world, "contract_rate")
        confirmed(world, entry(world.lead, "contracted", 0), entry(world.lead, "resident_population", 1000))
        (contracted, _people) = confirmed(
            world, entry(world.shiqiao, "contracted", 620), entry(world.shiqiao, "resident_population", 1000),
            by="luo", second="meng",
        )  # fmt: skip
    run = post(world, compute(world))
    with inside(world):
        values = {
            row.institution.code: row
            for row in IndicatorValue.objects.filter(
                settlement=run.settlement, indicator="contract_rate"
            ).select_related("institution")
        }
        assert (values["QH01"].value, values["QH01"].reason) == (0, None)
        assert values["QH11"].value == 62
        assert values["QH02"].value is None and values["QH02"].reason["about"] == [
            "contracted",
            "resident_population",
        ]
        token = next(one for one in values["QH11"].tokens if one.get("name") == "contracted")
        assert (token["evidence_kind"], token["evidence_count"]) == ("declared", 1)
        late = confirmed(
            world, entry(world.shiqiao, "contracted", 700, note="更正"), by="luo", second="meng",
            now=NOW + timedelta(days=30),
        )  # fmt: skip
        stored = IndicatorValue.objects.get(pk=values["QH11"].pk)
        assert stored.value == 62
    office = world.client("luo")
    page = office.get(f"/a/qinghe/declared/{late[0].pk}/").content.decode()
    assert "未计入" in page and "700" in page
    page = office.get(f"/a/qinghe/declared/{contracted.pk}/").content.decode()
    assert "计入；该月已入账" in page or "已计入；" in page
    records = "/a/qinghe/months/2026-10/institutions/QH11/records/2026-10/contracted/"
    page = office.get(records).content.decode()
    assert f"/declared/{late[0].pk}/" in page and f"/declared/{contracted.pk}/" in page
    assert "620" in page and "700" in page
    assert (
        "contracted"
        in office.get("/a/qinghe/months/2026-10/institutions/QH11/why/contract_rate/").content.decode()
    )


def test_a_scheme_may_score_what_can_be_delivered_and_nothing_that_divides_unlike_spans() -> None:
    known = schemes.known_indicators()
    assert {"contract_rate", "contract_renewal", "cmi", "core_systems"} <= set(known)
    assert not {"special_service_share", "medical_surplus"} & set(known)
    # What is recorded here stands before what is declared of the same number (test_sources holds that it
    # gives no other).
    rooms = [source for source in collect.SOURCES if source.kind not in BEFORE_DECLARED]
    keys = [key for source in rooms for key in source.keys]
    assert len(keys) == len(set(keys)), "a fact has two sources"


def test_thirty_values_cost_no_more_queries_than_one(house: World) -> None:
    many = [place(f"QH3{number}", f"镇{number}卫生院", "primary", "township") for number in range(30)]

    def cost(places: list[Institution]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            confirmed(house, *(entry(one, "contracted", 5) for one in places), by="luo", second="meng")
            list(facts.declared_facts(OCTOBER.first, ["contracted"]))
        return len(caught)

    assert cost(many[:1]) == cost(many[1:])


def test_the_form_takes_an_empty_field_as_missing_and_keeps_what_was_uploaded(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, url = (
        world.client("lin"),
        "/a/qinghe/declared/enter/?indicator=core_systems&month=2026-10&level=institution",
    )
    with time_machine.travel(NOW, tick=False):
        page = client.get(url).content.decode()
        assert 'name="value_core_system_points"' in page and "2026" in page
        sent = {"responsible": "林静", "note": "", "do": "submit", "value_core_system_points": "",
                "value_core_system_charts": "85%"}  # fmt: skip
        refused = client.post(url, sent | {"files": SimpleUploadedFile("检查表.pdf", PDF)})
        text = refused.content.decode()
        assert refused.status_code == 400 and "85%" in text and "检查表.pdf" in text
        kept = text.split('name="kept" value="')[1].split('"')[0]
        sent |= {"value_core_system_charts": "100", "kept": kept}
        answer = client.post(url, sent)

        assert answer.status_code == 302
        with inside(world):
            row = DeclaredValue.objects.get()
            assert (row.fact, row.value, row.state, row.proofs) == (
                "core_system_charts",
                100,
                State.SUBMITTED,
                1,
            )
            file = row.files.get()
        assert b"".join(client.get(f"/a/qinghe/declared/{row.pk}/files/{file.pk}/")) == PDF
    for stranger in ("tan", "qian"):
        assert world.client(stranger).get(f"/a/qinghe/declared/{row.pk}/").status_code == 404


def test_another_system_delivers_a_number_with_its_unit_and_file(world: World) -> None:
    url = "/api/v1/declared/"
    body: dict[str, Any] = {
        "institution": "QH01", "fact": "core_system_points", "period": "2026-Q3", "value": "88.5",
        "unit": "points", "responsible": "林静",
    }  # fmt: skip

    def send(**change: Any) -> Any:
        return client.post(url, body | change, content_type="application/json")

    with time_machine.travel(NOW, tick=False):
        client = world.client("lin")
        assert "files" in send().json()["fields"]  # declared with evidence
        assert "unit" in send(unit="percent").json()["fields"]
        assert "fact" in send(fact="discharges").json()["fields"]
        assert send(institution="QH02").status_code == 400 and send(value="").status_code == 400
        contracts = {"period": "2026-10", "unit": "persons", "note": "月报"}
        assert send(**contracts, fact="resident_population", value="0").status_code == 201
        assert "value" in send(**contracts, fact="contracted", value="5").json()["fields"]
        file = {"name": "a.pdf", "content_type": "application/pdf", "content": "JVBERi0xLjQ="}
        made = send(files=[file])
        assert made.status_code == 201, made.content
        shown = {name: made.json()[name] for name in ("period", "value", "unit", "state", "files")}
        assert shown == {
            "period": "2026-Q3", "value": "88.50", "unit": "points", "state": "submitted", "files": 1,
        }  # fmt: skip
        assert client.get(f"{url}{made.json()['id']}/").json() == made.json()
        assert send(files=[file]).status_code == 400  # on its way already


def test_below_and_above_the_institution_only_what_was_declared_there_is_known(house: World) -> None:
    """A department's number is its own; a sum of the institutions that delivered is not the alliance's."""
    ward = Department.objects.get(institution=house.lead)
    own = Entry(Place(house.lead, ward), "operated_patients", OCTOBER, Decimal(40), "林静", "手术室月报")
    whole = Entry(Place(None), "contracted", OCTOBER, Decimal(9000), "罗晓岚", "卫健统计")
    confirmed(house, own, entry(house.lead, "operated_patients", 90))
    keys = {OCTOBER.first: frozenset({"operated_patients", "contracted", "resident_population"})}
    found = [(one.pk, one.key, one.value) for one in level_facts.facts_of(keys, "department", [])]
    assert found == [(ward.pk, "operated_patients", 40)]
    assert list(level_facts.facts_of(keys, "alliance", [])) == []
    confirmed(house, whole, by="luo", second="meng")
    assert [(one.key, one.value) for one in level_facts.facts_of(keys, "alliance", [])] == [
        ("contracted", 9000)
    ]
