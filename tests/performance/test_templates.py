"""Ready templates hold the mission's numbers, and a draft begun from one goes all the way to a vote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from alliance.approvals import services as approvals
from performance.engine.dictionary import shipped_dictionary
from performance.engine.limits import tagged
from performance.engine.scheme import check
from performance.engine.templates import Template, shipped_templates
from performance.levels import services as levels
from performance.models import Level
from performance.services import drafts, limits, schemes, trials
from performance.services.refusals import DraftRefused
from tests.performance.scene import OCTOBER, compute, inside
from tests.shared import shared
from tests.world import World

NOW, TODAY = datetime(2026, 11, 12, 2, tzinfo=UTC), date(2026, 11, 12)
TEMPLATES = shipped_templates()
# Requirement, template, column, what weighs (a dimension, or indicators: "dimension/indicator+..."), and
# the points of 100 stated. Typed from the mission, not from the files.
NUMBERS = (
    ("S0-20", "family_doctor_three", "team", "process", 30),
    ("S0-20", "family_doctor_three", "team", "outcome", 40),
    ("S0-20", "family_doctor_three", "team", "drg", 30),
    ("S0-70", "family_doctor_shanghai", "team", "outcome/priority_admissions", 20),
    ("S0-70", "family_doctor_shanghai", "team", "drg/managed_cost_fall", 15),
    ("S2-36", "alliance_three", "alliance", "care", 40),
    ("S2-36", "alliance_three", "alliance", "health", 35),
    ("S2-36", "alliance_three", "alliance", "operation", 25),
    (
        "S2-37",
        "alliance_three",
        "alliance",
        "care/operation_complications+antibiotic_use+patient_satisfaction",
        40,
    ),
    ("S3-63", "member_five", "lead", "collaboration", 40),
    ("S3-63", "member_five", "lead", "collaboration/down_referral_share", 15),
    ("S3-63", "member_five", "lead", "collaboration/teaching_satisfaction", 10),
    ("A6", "member_five", "lead", "collaboration/expert_visits+remote_count+joint_research+mechanism", 15),
    ("S3-64", "member_five", "county_member", "collaboration", 30),
    ("S3-64", "member_five", "county_member", "collaboration/referred_taken", 15),
    ("S3-64", "member_five", "county_member", "collaboration/joint_projects", 10),
    ("A6", "member_five", "county_member", "collaboration/accepted_in_time", 5),
    ("S3-65", "member_five", "primary", "collaboration", 50),
    ("S3-65", "member_five", "primary", "collaboration/first_contact", 20),
    ("S3-65", "member_five", "primary", "collaboration/hypertension_norm+diabetes_norm", 20),
    ("A6", "member_five", "primary", "collaboration/joint_management+up_arrivals+training_time", 10),
)
# Requirement, template, indicator, field of its form, the number there, and as the requirement states it.
# Times are minutes and months here: 40 hours a year are 200 minutes a month, 6 hours 360 minutes.
TARGETS = (
    ("S1-17", "alliance_three", "antibiotic_use", "target", "30", "30"),
    ("S3-58", "alliance_three", "two_way_referral", "low", "15", "15"),
    ("S3-58", "alliance_three", "two_way_referral", "high", "25", "25"),
    ("S1-53", "department_four", "drg_surplus", "high", "8", "8"),
    ("S2-06", "member_five", "device_utilisation", "target", "50", "50"),
    ("S3-32", "member_five", "recognition_rate", "target", "80", "80"),
    ("S3-61", "member_five", "joint_management", "target", "70", "70"),
    ("S3-61", "member_five", "hypertension_norm", "target", "75", "75"),
    ("S3-52", "person_posts", "training_time", "target", str(40 * 60 // 12), "40"),
    ("S2-30", "department_four", "remote_wait", "target", str(6 * 60), "6"),
    ("S2-30", "department_four", "remote_wait", "zero_at", str(3 * 24 * 60), "3"),
    ("S2-30", "department_four", "concordance", "target", "92", "92"),
    ("S0-73", "family_doctor_three", "hypertension_control", "target", "75", "75"),
    ("S0-73", "family_doctor_three", "managed_cost_fall", "target", "18", "18"),
    ("S3-66", "member_five", "promotion_rate", "target", "28", "28"),
)
# Requirement, template, the indicators it names: all of them stand in it.
HOLDS = (
    ("S3-15", "member_five", "core_systems plan_conformity adverse_reactions operation_complications"),
    ("S3-16", "member_five", "mean_stay bed_occupancy recognition_rate cost_change service_income_share"),
    ("S3-17", "member_five", "patient_satisfaction complaint_rate first_contact contract_renewal"),
    ("S3-18", "member_five", "up_arrivals down_referral_share remote_count training_time joint_research"),
    ("S3-19", "member_five", "new_techniques promotion_rate papers joint_papers residency_completion"),
    ("S1-35", "department_four", "cost_change bed_turnover"),
    ("S0-03", "department_four", "drg_surplus"),
    ("S1-36", "department_four", "readmission_30 acquired_complications pathway_entry"),
    ("S1-37", "department_four", "level4_share minimal_share rational_drug_use patient_satisfaction "
     "complaint_rate patient_policy"),
    ("S2-45", "department_four", "down_referrals teaching_hours"),
    ("S2-37", "alliance_three", "operation_complications antibiotic_use patient_satisfaction"),
    ("S2-38", "alliance_three", "hypertension_control diabetes_control health_literacy healthy_life"),
    ("S2-39", "alliance_three", "cost_change income_per_bed primary_visit_share"),
    ("S3-39", "person_posts", "expert_visits teaching_hours"),
    ("S0-21", "family_doctor_three", "priority_contract"), ("S0-22", "family_doctor_three", "ehr_rate"),
    ("S0-23", "family_doctor_three", "ehr_update"), ("S0-24", "family_doctor_three", "follow_up_norm"),
    ("S0-25", "family_doctor_three", "health_prescription"),
    ("S0-26", "family_doctor_three", "health_knowledge"),
    ("S0-27", "family_doctor_three", "up_referral_rate"),
    ("S0-28", "family_doctor_three", "consultation_in_time"),
    ("S0-29", "family_doctor_three", "rehab_guidance"),
    ("S0-30", "family_doctor_three", "hypertension_control diabetes_control"),
    ("S0-31", "family_doctor_three", "hypertension_norm diabetes_norm"),
    ("S0-32", "family_doctor_three", "priority_admissions"),
    ("S0-33", "family_doctor_three", "readmission_30"),
    ("S0-34", "family_doctor_three", "complication_incidence"),
    ("S0-35", "family_doctor_three", "contract_satisfaction gain_score"),
    ("S0-36", "family_doctor_three", "managed_cost_fall"), ("S0-37", "family_doctor_three", "cost_change"),
    ("S0-38", "family_doctor_three", "stay_change"), ("S0-39", "family_doctor_three", "settlement_pass"),
    ("S0-40", "family_doctor_three", "lowrisk_mortality"),
)  # fmt: skip
# Dimensions the requirements name, and how many indicators each of them.
NAMED = (
    ("S3-14", "member_five", 5), ("S0-20", "family_doctor_three", 3), ("S2-36", "alliance_three", 3),
)  # fmt: skip


def weight(found: Template, column: str, what: str) -> Decimal:
    dimension, _slash, indicators = what.partition("/")
    only = set(indicators.split("+")) if indicators else None
    items = next(one.items for one in found.scheme.columns if one.code == column)
    counted = [one for one in items if one.dimension == dimension and (only is None or one.indicator in only)]
    assert only is None or {one.indicator for one in counted} == only
    return sum((one.weight for one in counted), Decimal(0))


def stated(source: str) -> set[str]:
    """The numbers in the row of a requirement, as the mission writes them."""
    text = shared("mission/requirements.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {source} \|.*$", text, re.MULTILINE)
    return set(re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])", row.partition("|")[2].partition("|")[2]))


@pytest.mark.parametrize(("source", "code", "column", "what", "points"), NUMBERS)
def test_weights_are_those_of_the_requirement(
    source: str, code: str, column: str, what: str, points: int
) -> None:
    found = TEMPLATES[code]
    assert weight(found, column, what) == points
    assert source in found.sources
    assert str(points) in stated(source)


@pytest.mark.parametrize(("source", "code", "indicator", "field", "number", "said"), TARGETS)
def test_targets_are_those_of_the_requirement(
    source: str, code: str, indicator: str, field: str, number: str, said: str
) -> None:
    items = [one for column in TEMPLATES[code].scheme.columns for one in column.items]
    numbers = {getattr(one.form, field) for one in items if one.indicator == indicator}
    assert numbers == {Decimal(number)}
    assert said in stated(source)


def test_every_indicator_that_a_requirement_names_stands_in_its_template() -> None:
    entries = shipped_dictionary()
    for source, code, names in HOLDS:
        there = {one.indicator for column in TEMPLATES[code].scheme.columns for one in column.items}
        assert set(names.split()) - there == set(), source
        assert all(source in entries[name].origins for name in names.split()), source
    for column in TEMPLATES["member_five"].scheme.columns:  # S3-16: cost growth is held against the region
        forms = [one.form for one in column.items if one.indicator == "cost_change"]
        assert all(form.kind == "mean" and form.mode == "pp" for form in forms)


def test_templates_are_balanced_and_say_what_counts_as_quantity() -> None:
    """S0-09, S0-11: no shipped scheme pays for doing more than for what comes of it."""
    known = shipped_dictionary()
    for found in TEMPLATES.values():
        for column in found.scheme.columns:
            process, outcome, quantity, value = (
                tagged(column, side) for side in ("process", "outcome", "quantity", "value")
            )
            assert process <= outcome or found.level == Level.PERSON, (found.code, column.code)
            assert quantity <= value, (found.code, column.code)
            for item in column.items:
                indicator = known[item.indicator].indicator
                counted = indicator.form == "amount" and indicator.unit in ("count", "minutes")
                assert not counted or "quantity" in item.tags, (found.code, item.indicator)


def test_dimensions_are_those_named() -> None:
    for _source, code, count in NAMED:
        assert len(TEMPLATES[code].scheme.dimensions) == count
    ward = next(one for one in TEMPLATES["department_four"].scheme.columns if one.code == "clinical")
    for dimension in ("efficiency", "quality", "technology", "experience"):  # S1-34: four with three each
        assert sum(one.dimension == dimension for one in ward.items) == 3


def test_every_template_can_be_used_and_keeps_every_limit(qinghe: World) -> None:
    with inside(qinghe):
        for found in TEMPLATES.values():
            assert check(found.scheme, schemes.known_indicators(found.level)) == ()
            draft = drafts.begin(
                by=qinghe.luo, template=found, label="9", from_date=date(2027, 1, 1), now=NOW
            )
            assert (draft.level, drafts.problems_of(draft)) == (found.level, ())
            # S2-44, S1-27: collaboration below 20 and no quality at all are refused, with the number found.
            if found.level == Level.PERSON:
                nurse = next(one for one in found.scheme.columns if one.code == "nurse")
                items = tuple(replace(one, tags=()) for one in nurse.items)
                columns = (replace(nurse, items=items, blocks=()),)
                less = replace(draft.scheme(), columns=columns, floors=())
                draft = drafts.change(by=qinghe.luo, draft=draft, scheme=less, now=NOW, version=None)
                problems = [(one.code, one.column, one.found, one.required) for one in limits.misses(draft)]
                assert problems == [
                    ("no_quality", "", "0", "1"), ("individual_collaboration_min", "nurse", "0", "20"),
                ]  # fmt: skip


def test_a_template_becomes_a_scheme_by_a_vote(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        draft = drafts.begin(
            by=qinghe.luo, template=TEMPLATES["person_posts"], label="2026-1", from_date=date(2026, 10, 1),
            now=NOW,
        )  # fmt: skip
        with pytest.raises(DraftRefused) as refused:
            drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
        assert refused.value.reason == "untried"
        trial = trials.report(by=qinghe.luo, draft=draft, now=NOW)
        (month,) = trials.level_trials(trial)
        assert month.month == OCTOBER and {row.column for row in month.columns} >= {"nurse"}
        approval = drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=TODAY)
    told = qinghe.client("cai").get(f"/a/qinghe/approvals/{approval.pk}/").content.decode()
    assert "护士：0 个平均" in told
    with inside(qinghe):
        approvals.decide(by=qinghe.cai, approval=approval, verdict="yes")
    with inside(qinghe):
        version = schemes.in_force(OCTOBER, Level.PERSON)
        assert version is not None and version.judges() == TEMPLATES["person_posts"].evaluators
        # The money of the month is still shared by the scheme of institutions.
        assert schemes.in_force(OCTOBER) != version
        assert levels.scheme_of(OCTOBER, Level.DEPARTMENT) is None
    page = qinghe.client("luo").get(f"/a/qinghe/performance-schemes/trials/{trial.pk}/")
    assert page.status_code == 200


def test_the_gallery_shows_each_and_begins_a_draft(qinghe: World) -> None:
    office, reader = qinghe.client("luo"), qinghe.client("wu")
    at = "/a/qinghe/performance-schemes/templates/"
    for client in (office, reader):
        page = client.get(at).content.decode()
        assert all(found.scheme.name_zh in page for found in TEMPLATES.values())
    assert reader.get(f"{at}member_five/").status_code == 200
    assert office.get(f"{at}nothing/").status_code == 404
    assert reader.post(f"{at}member_five/draft/", {"label": "7", "month": "2027-01"}).status_code == 403
    faulty = office.post(f"{at}member_five/draft/", {"label": "7", "month": "2027-13"})
    assert faulty.status_code == 400 and 'value="7"' in faulty.content.decode()
    made = office.post(f"{at}member_five/draft/", {"label": "7", "month": "2027-01"})
    assert made.status_code == 302
    form = f"{made['Location']}items/lead/mechanism/"
    typed = {
        "weight": "5", "dimension": "collaboration", "kind": "lights", "green_at": "80", "amber_at": "90",
        "green": "100", "amber": "50", "red": "0",
    }  # fmt: skip
    refused = office.post(form, typed)
    assert refused.status_code == 400 and 'value="90"' in refused.content.decode()
    assert office.post(form, {**typed, "amber_at": "60"}).status_code == 302
    assert office.post(form, {**typed, "kind": "expert", "full": "10"}).status_code == 302
    page = office.get(made["Location"]).content.decode()
    assert "成员单位五维协同方案" in page
