"""What enters a month from every room: each number is the count, or the sum, of the records it lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from alliance.joint import services as joint
from alliance.lib.period import Month
from alliance.models import Institution, Staff
from alliance.postings import services as postings
from alliance.tenancy.scope import act_in
from alliance.training import services as training
from complaints.services import box, merging
from performance import collect
from performance.collect.complaints import COMPLAINT
from performance.collect.declared import DECLARED
from performance.collect.duty import DUTY
from performance.collect.insurance import OFFSITE
from performance.collect.opinions import OPINION
from performance.collect.people import POLICY
from performance.collect.surveys import SURVEY
from performance.consequences.services import assessing, templates
from performance.engine.fact import Fact
from performance.engine.factbook import shipped_facts
from performance.engine.spans import Span
from performance.show.frame import LISTED
from performance.tables.records import RECORDS
from referrals.services import visits
from tests.complaints import scene as complaining
from tests.consultations import scene as consulting
from tests.duty import scene as promising_each
from tests.equipment import scene as equipping
from tests.equipment.test_clearing import used
from tests.joint import scene as together
from tests.performance import declared_scene as declaring
from tests.performance import insurance_scene as insuring
from tests.performance import letters_scene as promising
from tests.postings import scene as posting
from tests.recognition import scene as recognising
from tests.referrals import scene as referring
from tests.training import scene as teaching
from tests.world import World

NOVEMBER = Month(2026, 11)
# What is recorded here counts before what is declared of the same number.
BEFORE_DECLARED = (SURVEY, COMPLAINT, OFFSITE, POLICY, DUTY)


def play(world: World) -> None:
    """A little of everything in November 2026."""
    together.prepare(world)
    used(world, equipping.scanner(world), world.shiqiao, minutes=45)
    question = consulting.asked(world)
    consulting.answered(world, question, now=consulting.after(minutes=30))
    recognising.register(world)
    recognising.result(world)
    recognising.order(world)
    agreed = posting.agreed(world)
    posting.confirmed(world, agreed)
    postings.evaluate(
        by=world.zhao, posting=agreed, month=NOVEMBER, attendance=5, service=4, teaching=3, words="",
        now=posting.NOW,
    )  # fmt: skip
    session = teaching.planned(world)
    teaching.attended(world, session, teaching.doctor(world.shiqiao))
    training.close(by=world.kong, session=session, now=teaching.NOW)
    together.enrolled(world, together.opened(world), date(2026, 9, 15))
    case = together.entered(
        world, together.registered(world), teaching.doctor(world.shiqiao, "D109"), record_no="A1"
    )
    joint.confirm_case(by=world.kong, case=case)
    together.held(world)
    together.study(world)
    later = datetime(2026, 12, 3, 2, tzinfo=UTC)
    visits.deliver(by=world.luo, institution=world.shiqiao, month=NOVEMBER, visits=300, now=later)
    number = declaring.entry(world.shiqiao, "contracted", 620, Span(NOVEMBER))
    declaring.confirmed(world, number, by="luo", second="meng", now=later)
    promise(world)
    promising_each.signed_once(world)
    complain(world)
    desk(world)


def complain(world: World) -> None:
    """One complaint answered in time, and a duplicate of it; one more in the sealed box."""
    first = complaining.answered(world, complaining.at("2026-11-11 09:00"))
    second = complaining.assigned(world, complaining.at("2026-11-11 10:00"))
    merging.merge(
        by=world.luo, complaint=second, number=first.number, reason="同一件事",
        now=complaining.at("2026-11-11 11:00"),
    )  # fmt: skip
    box.file(institution=world.lead, text="x", mark="r", now=complaining.at("2026-11-11 12:00"))


def desk(world: World) -> None:
    """A filing answered in time, an abnormal case answered, a day of patients, a focus group."""
    insuring.desk(world)
    insuring.answered(world)
    insuring.abnormal(world, insuring.case(world))
    insuring.day(world)
    insuring.group(world)
    policy = teaching.planned(world, tier="all", starts_at=datetime(2025, 11, 12, 6, tzinfo=UTC),
                              ends_at=datetime(2025, 11, 12, 8, tzinfo=UTC))  # fmt: skip
    nurse = Staff.objects.create(institution=world.shiqiao, code="P1", name="陆平", kind="nurse")
    teaching.attended(world, policy, nurse, 60)
    training.close(by=world.kong, session=policy, now=datetime(2025, 11, 13, tzinfo=UTC))


def promise(world: World) -> None:
    """The newest judged letter of a township: that of the year before."""
    world.people["head"] = promising.head_of_shiqiao(world)
    templates.install(by=world.luo, year=2025, now=promising.JANUARY)
    promising.in_force(world)
    promising.deliver(world, 30)
    assessing.look(now=promising.AFTER)


def facts_of(source: collect.Source) -> list[Fact]:
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    return list(collect.facts_of({NOVEMBER: source.keys}, places))


def test_every_number_lists_the_records_it_counts(world: World) -> None:
    with act_in(world.qinghe):
        play(world)
        for source in collect.SOURCES:
            if source.records is None or source.rows is None:
                continue
            facts = facts_of(source)
            if source.kind == DECLARED:  # what is recorded here comes first, as of the keys it may give
                facts = [fact for fact in facts if fact.evidence_kind not in BEFORE_DECLARED]
            # What was not declared is missing; of the own records each number is known.
            assert {fact.key for fact in facts} == (
                {"contracted"} if source.kind == DECLARED else source.keys
            )
            for fact in facts:
                ids = source.records(NOVEMBER, fact.key).get(fact.institution, ())
                assert fact.evidence_kind == source.kind
                assert fact.evidence_count == len(ids) == source.rows(ids).count()
            if source.kind != "referral":
                assert any(fact.evidence_count for fact in facts), source.kind


def test_numbers_worked_by_hand(world: World) -> None:
    with act_in(world.qinghe):
        play(world)
        found = {
            (fact.institution, fact.key): fact.value
            for source in collect.SOURCES
            for fact in facts_of(source)
        }
    county, township = world.lead.code, world.shiqiao.code
    assert found[township, "consultations_asked"] == 1
    assert found[county, "consultation_wait_minutes"] == 30 and found[county, "answers_given"] == 1
    assert found[county, "results_made"] == 1 and found[township, "results_recognisable"] == 1
    assert found[county, "equipment_lent_minutes"] == found[township, "equipment_elsewhere_minutes"] == 45
    assert found[county, "posting_visits"] == found[township, "posting_visits_hosted"] == 1
    assert found[county, "posting_teaching_points"] == 3 and found[township, "posting_teaching_points"] == 0
    assert found[township, "training_onsite_minutes"] == 180
    assert found[township, "primary_doctors"] == 3 and found[township, "primary_doctors_with_hours"] == 0


def test_every_kind_of_record_has_a_list() -> None:
    # An institution's own data, what raters think of it and what surveys found open as statements: a rating
    # and an answer are nobody's to list.
    assert {source.kind for source in collect.SOURCES} - {"institution", "opinion", "survey"} == set(LISTED)
    listed = {source.kind for source in collect.SOURCES if source.rows is not None}
    assert listed == set(RECORDS)


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_every_kind_of_record_shows_its_rows(world: World, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.membership = world.luo  # type: ignore[attr-defined]
    with act_in(world.qinghe):
        play(world)
        referred = referring.logged(world).pk
        for source in collect.SOURCES:
            if source.records is None or source.rows is None:
                continue
            keys = sorted(source.keys)
            ids = {pk for key in keys for found in source.records(NOVEMBER, key).values() for pk in found}
            rows = source.rows([referred] if source.kind == "referral" else ids)
            table = RECORDS[source.kind](rows, request=request)
            shown = [[str(cell) for _column, cell in line.items()] for line in table.rows]
            assert len(shown) == rows.count() > 0, source.kind
            for head, *cells in shown:
                told = [cell for cell in cells if cell not in ("", "—")]
                assert head != "—" and told and "None" not in "".join([head, *told]), (source.kind, cells)


def test_no_key_comes_from_two_rooms() -> None:
    rooms = [source for source in collect.SOURCES if source.kind not in BEFORE_DECLARED]
    keys = [key for source in rooms for key in source.keys]
    assert len(keys) == len(set(keys))


def test_what_is_recorded_gives_only_what_would_be_declared_and_comes_before_it() -> None:
    kinds = [source.kind for source in collect.SOURCES]
    given = [key for kind in BEFORE_DECLARED for key in collect.source_of(kind).keys]
    assert set(given) <= collect.source_of(DECLARED).keys and len(given) == len(set(given))
    assert max(kinds.index(kind) for kind in BEFORE_DECLARED) < kinds.index(DECLARED)


def test_more_records_ask_no_more_queries(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            for source in collect.SOURCES:
                facts_of(source)
        return len(caught)

    with act_in(world.qinghe):
        play(world)
        before = asked()
        more = posting.agreed(world, first_day=posting.MONDAY + timedelta(days=1), weekdays=(2, 4))
        for offset in (1, 3, 8):
            posting.confirmed(world, more, posting.MONDAY + timedelta(days=offset))
        for serial in (2, 3, 4):
            consulting.asked(world, serial=serial)
        assert asked() == before


def test_every_automatic_fact_is_collected_and_every_collected_one_is_in_the_book() -> None:
    book = shipped_facts()
    outside = (DECLARED, OPINION, *BEFORE_DECLARED)
    records = [source for source in collect.SOURCES if source.kind not in outside]
    keys = {key for source in records for key in source.keys}
    assert keys == {key for key, fact in book.items() if fact.origin == "automatic"}
