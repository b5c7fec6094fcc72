"""Surveys from the questionnaire to the result: sampling, one answer a ticket, limits, small groups."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from alliance.models import Journal, PlatformJournal
from complaints.surveys import services, sql
from complaints.surveys.engine.questions import from_plain
from complaints.surveys.models import Answer, Campaign, Comment, Edition, Remark, Result, Ticket
from complaints.surveys.services import LinkRefused, SurveyRefused
from tests.surveys.scene import (
    LATER,
    NOW,
    OCTOBER,
    adopt,
    answered,
    discharged,
    edition,
    filled,
    inside,
    link_of,
    opened,
)
from tests.world import World


def refused(statement: str, *values: object) -> str:
    """The database's word against a raw statement."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(error.value)


# Questionnaires --------------------------------------------------------------------
def test_an_edition_is_written_once_released_once_and_the_next_one_takes_its_place(qinghe: World) -> None:
    first = edition()
    words = services.Words(first.title_zh, first.title_en, first.intro_zh, first.intro_en)
    line = {"by": qinghe.luo, "code": "inpatient", "kind": "inpatient", "now": NOW}
    with pytest.raises(SurveyRefused, match="Nothing differs"):
        services.write(words=words, questions=first.questions, **line)
    second = services.write(words=words, questions=first.questions[:-1], **line)
    assert (second.number, second.released_at) == (2, None)
    assert "denied" in refused("update surveys_edition set title_zh = 'x' where id = %s", second.pk)
    assert "denied" in refused("delete from surveys_edition where id = %s", second.pk)
    services.release(by=qinghe.luo, edition=second, now=NOW)
    with pytest.raises(SurveyRefused, match="released already"):
        services.release(by=qinghe.luo, edition=second, now=NOW)
    assert "written once" in refused("update surveys_edition set released_at = now() where id = %s", first.pk)
    with pytest.raises(PermissionDenied):
        services.write(words=words, questions=first.questions[:-2], **{**line, "by": qinghe.kong})


def test_only_a_released_edition_is_asked_even_by_the_database(qinghe: World) -> None:
    row = edition("teaching")
    words = services.Words("带教", "Teaching")
    draft = services.write(
        by=qinghe.luo, code="teaching", kind="teaching", words=words, questions=row.questions[:-1], now=NOW
    )
    with pytest.raises(SurveyRefused, match="Release it first"):
        opened(qinghe, "teaching", [qinghe.lead], edition=draft)
    made = opened(qinghe, "teaching", [qinghe.lead])
    with pytest.raises(IntegrityError, match="released edition"), transaction.atomic():
        Campaign.objects.create(
            edition=draft, month=made.month, months=1, opens_on=made.opens_on, closes_on=made.closes_on,
            limits={}, seed="x", drawn_from="x", opened_by=qinghe.luo, opened_at=NOW,
        )  # fmt: skip
    assert Edition.objects.filter(released_at=None).count() == 1


def test_taking_over_the_ready_questionnaires_twice_adds_nothing(qinghe: World) -> None:
    assert services.adopt_ready(by=qinghe.luo, now=NOW) == []


# Sampling --------------------------------------------------------------------------
@pytest.fixture
def hospitals(ready: World) -> World:
    """October's discharges: 70 and 12 at the county hospital, 8 at the Chinese-medicine hospital."""
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 70, "04": 12})
    discharged(ready, ready.tcm, ready.tan, {"03": 8})
    return ready


def test_the_sample_is_drawn_by_department_from_discharges_each_person_once(hospitals: World) -> None:
    with inside(hospitals):
        made = opened(hospitals, "inpatient", [hospitals.lead, hospitals.tcm])
        strata = {
            (one.institution.code, one.department_code): (one.population, one.drawn)
            for one in made.strata.select_related("institution")
        }
        assert strata == {("QH01", "03"): (70, 14), ("QH01", "04"): (12, 10), ("QH02", "03"): (8, 8)}
        tickets = list(made.tickets.all())
        assert len({one.person_id for one in tickets}) == len(tickets) == 32
        again = opened(hospitals, "inpatient", [hospitals.lead, hospitals.tcm])
        assert again.drawn_from == made.drawn_from
        assert [one.person_id for one in again.tickets.all()] == [one.person_id for one in tickets]
        other = opened(hospitals, "inpatient", [hospitals.lead, hospitals.tcm], seed="another")
        assert {one.person_id for one in other.tickets.all()} != {one.person_id for one in tickets}
        with pytest.raises(IntegrityError, match="survey_ticket_person"), transaction.atomic():
            Ticket.objects.create(
                campaign=made, stratum=tickets[0].stratum, number=999, person_id=tickets[0].person_id,
                token_hash="0" * 64,
            )  # fmt: skip


def test_the_dead_are_not_asked_and_a_month_that_runs_is_not_drawn_from(ready: World) -> None:
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 3}, B34C="5")
    with inside(ready):
        with pytest.raises(SurveyRefused, match="nobody to ask"):
            opened(ready, "inpatient", [ready.lead])
        with pytest.raises(SurveyRefused, match="not ended"):
            opened(ready, "inpatient", [ready.lead], month=OCTOBER.next())


def test_opening_costs_the_same_queries_for_any_number_of_persons(
    hospitals: World, django_assert_num_queries: Any
) -> None:
    with inside(hospitals):
        with django_assert_num_queries(10):
            opened(hospitals, "inpatient", [hospitals.tcm])
        with django_assert_num_queries(10):
            opened(hospitals, "inpatient", [hospitals.lead, hospitals.tcm])


# Answering -------------------------------------------------------------------------
def test_a_link_takes_one_answer_and_only_its_hash_is_stored(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=3)
    one = made.tickets.first()
    link = link_of(made, one)
    assert link not in str(Ticket.objects.values()) and len(one.token_hash) == 64
    services.answer_by_link(typed=link.upper(), given=filled(made.edition), now=NOW)
    with pytest.raises(LinkRefused) as error:
        services.answer_by_link(typed=link, given=filled(made.edition), now=NOW)
    assert error.value.reason == "spent"
    assert [ticket.spent for ticket in made.tickets.order_by("number")] == [True, False, False]
    assert "spent once" in refused("update surveys_ticket set spent = false where id = %s", one.pk)
    assert "spent once" in refused("delete from surveys_ticket where id = %s", one.pk)
    for typed in ("", "x", "0" * 16, f"{link}0"):
        with pytest.raises(LinkRefused, match="nowhere"):
            services.find_link(typed, now=NOW)


def test_an_answer_lacking_a_required_question_spends_nothing(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=1)
    given = filled(made.edition)
    for wrong in ("", "6", "0", "x"):
        with pytest.raises(LinkRefused, match="missing"):
            services.answer_by_link(
                typed=link_of(made, made.tickets.get()), given=given | {"wait_see": wrong}, now=NOW
            )
    assert not made.tickets.get().spent


def test_answers_are_taken_from_the_first_to_the_end_of_the_last_day(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=3)
    link = link_of(made, made.tickets.first())
    for when, reason in ((NOW - timedelta(days=1), "early"), (LATER, "ended")):
        with pytest.raises(LinkRefused) as error:
            services.answer_by_link(typed=link, given=filled(made.edition), now=when)
        assert error.value.reason == reason
    # 23:59 of the last day in Shanghai
    services.answer_by_link(typed=link, given=filled(made.edition), now=LATER - timedelta(minutes=31))


def test_nobody_reads_an_answer_not_even_by_sql_and_no_time_or_name_stands_beside_it(qinghe: World) -> None:
    made = opened(qinghe, "staff", [qinghe.lead])
    services.answer_by_member(
        by=qinghe.lin, campaign=made, given=filled(made.edition, words="排班太满"), now=NOW
    )
    assert list(Answer.objects.all()) == [] and list(Remark.objects.all()) == []
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from surveys_answer")
        assert cursor.fetchone() == (0,)
    with sql.counting(made.pk):
        assert [len(sql.answers(made.pk)), len(sql.texts(made.pk))] == [1, 1]
    columns = {field.name for model in (Answer, Remark) for field in model._meta.fields}
    assert columns == {"id", "alliance", "campaign", "stratum", "body", "flag", "question", "text"}
    assert {field.name for field in Ticket._meta.fields} & {"at", "spent_at", "answer"} == set()
    assert "denied" in refused("delete from surveys_answer")
    assert "denied" in refused("update surveys_answer set body = '{}'")
    assert not Journal.objects.filter(verb__startswith="survey.answer").exists()


def test_a_member_of_staff_answers_once_and_only_if_invited(qinghe: World) -> None:
    made = opened(qinghe, "staff", [qinghe.lead])
    services.answer_by_member(by=qinghe.wu, campaign=made, given=filled(made.edition), now=NOW)
    with pytest.raises(LinkRefused) as again:
        services.answer_by_member(by=qinghe.wu, campaign=made, given=filled(made.edition), now=NOW)
    with pytest.raises(LinkRefused) as stranger:
        services.answer_by_member(by=qinghe.tan, campaign=made, given=filled(made.edition), now=NOW)
    assert (again.value.reason, stranger.value.reason) == ("spent", "unknown")


# Counting --------------------------------------------------------------------------
def test_counting_waits_for_the_last_day_and_nothing_is_taken_afterwards(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=40)
    answered(made, made.tickets.all()[:31])
    with pytest.raises(SurveyRefused, match="Count it from the next day"):
        services.close(by=qinghe.luo, campaign=made, now=NOW)
    assert not Result.objects.exists()
    closed = services.close(by=qinghe.luo, campaign=made, now=LATER)
    assert (closed.state, closed.tickets.filter(sealed=True).count()) == ("closed", 40)
    with pytest.raises(SurveyRefused, match="counted or given up"):
        services.close(by=qinghe.luo, campaign=made, now=LATER)
    body = "insert into surveys_answer (alliance_id, campaign_id, stratum_id, body) values (%s, %s, %s, '{}')"
    stratum = made.strata.get().pk
    assert "takes nothing" in refused(body, qinghe.qinghe.pk, made.pk, stratum)
    left = made.tickets.filter(spent=False).first()
    assert "survey link" in refused("update surveys_ticket set spent = true where id = %s", left.pk)
    assert "keeps what it began" in refused("update surveys_campaign set seed = 'x' where id = %s", made.pk)
    assert "denied" in refused("update surveys_result set value = 1")


def test_the_night_counts_what_is_over_and_leaves_what_runs(qinghe: World) -> None:
    over = opened(qinghe, "outpatient", [qinghe.lead], handed=40)
    runs = opened(qinghe, "outpatient", [qinghe.tcm], handed=40, closes_on=LATER.date() + timedelta(days=3))
    answered(over, over.tickets.all()[:30])
    assert services.count_over(now=LATER - timedelta(minutes=31)) == 0, "its last day ends with 24:00"
    assert services.count_over(now=LATER) == 1 and services.count_over(now=LATER) == 0
    states = dict(Campaign.objects.values_list("pk", "state"))
    assert (states[over.pk], states[runs.pk]) == ("closed", "running")
    assert Journal.objects.get(verb="survey.counted").membership is None


def test_many_answers_at_once_spend_their_tickets_and_no_ticket_twice(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=40)
    given = {number: filled(made.edition) for number in range(1, 21)}
    assert services.answer_many(campaign=made, given=given, now=NOW) == 20
    assert services.answer_many(campaign=made, given=given, now=NOW) == 0
    with sql.counting(made.pk):
        assert len(sql.answers(made.pk)) == made.tickets.filter(spent=True).count() == 20


def test_below_the_minimum_nothing_is_written_down_at_it_everything(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead, qinghe.tcm], handed=40)
    answered(made, made.tickets.filter(stratum__institution=qinghe.lead)[:29], words="等太久")
    answered(made, made.tickets.filter(stratum__institution=qinghe.tcm)[:30], words="电话 138 0013 8000")
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    few, enough = (Result.objects.filter(campaign=made, institution=at) for at in (qinghe.lead, qinghe.tcm))
    assert {(row.value, row.why, row.answers) for row in few} == {(None, "few", 29)}
    total = enough.get(measure="total")
    assert (total.value, total.answers, total.asked, total.low, total.high) == (
        Decimal("80.0000"), 30, 40, Decimal("80.0000"), Decimal("80.0000"),
    )  # fmt: skip
    assert {row.measure for row in enough} >= {"environment", "communication", "waiting", "continuity"}
    assert enough.get(measure="first=yes").value == 100
    # 29 texts may be read together: comments need five, not a sample; numbers of phones are blacked out.
    assert set(Comment.objects.values_list("text", flat=True)) == {"等太久", "电话 ***"}


def test_the_database_keeps_no_result_of_fewer_than_its_least_nor_of_fewer_than_five(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=5)
    row = {"campaign": made, "institution": qinghe.lead, "measure": "total", "asked": 5, "population": 5}
    for answers, least in ((4, 5), (4, 4), (29, 30)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.create(**row, answers=answers, least=least, value=80)


def test_four_texts_of_an_institution_are_never_shown(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead, qinghe.tcm], handed=40)
    answered(made, made.tickets.filter(stratum__institution=qinghe.lead)[:4], words="四")
    answered(made, made.tickets.filter(stratum__institution=qinghe.tcm)[:5], words="五")
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    assert Counter(Comment.objects.values_list("text", flat=True)) == {"五": 5}


def test_a_department_that_is_too_small_takes_a_second_one_with_it(ready: World) -> None:
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 20, "04": 12, "05": 11})
    with inside(ready):
        made = opened(ready, "inpatient", [ready.lead])
        by_unit = {one.department_code: one for one in made.strata.all()}
        answered(made, made.tickets.filter(stratum=by_unit["03"]), level=5)
        answered(made, made.tickets.filter(stratum=by_unit["04"]), level=4)
        answered(made, made.tickets.filter(stratum=by_unit["05"])[:9], level=2)
        limits = made.limits
        assert (limits["sample_min"], limits["department_min"]) == (30, 10)
        services.close(by=ready.luo, campaign=made, now=LATER)
        whole = Result.objects.get(campaign=made, department_code="", measure="total")
        assert (whole.answers, whole.why) == (29, "few")


def test_departments_results_add_up_to_the_institution_and_protect_the_small_one(ready: World) -> None:
    adopt(ready)
    discharged(ready, ready.lead, ready.lin, {"03": 80, "04": 12, "05": 11})
    with inside(ready):
        made = opened(ready, "inpatient", [ready.lead])
        by_unit = {one.department_code: one for one in made.strata.all()}
        answered(made, made.tickets.filter(stratum=by_unit["03"]), level=5)
        answered(made, made.tickets.filter(stratum=by_unit["04"]), level=4)
        answered(made, made.tickets.filter(stratum=by_unit["05"])[:9], level=2)
        services.close(by=ready.luo, campaign=made, now=LATER)
        rows = {row.department_code: row for row in Result.objects.filter(campaign=made, measure="total")}
        assert [(code, rows[code].value is None, rows[code].why) for code in ("03", "04", "05")] == [
            ("03", False, ""), ("04", True, "hidden"), ("05", True, "few"),
        ]  # fmt: skip
        parts = rows[""].detail["parts"]
        assert [part["code"] for part in parts] == ["03", None]
        assert sum(Decimal(part["weight"]) for part in parts) == 1
        mean = sum(Decimal(part["weight"]) * Decimal(part["mean"]) for part in parts)
        assert abs(mean - rows[""].value) < Decimal("0.01")
        # 80 × 100 + 12 × 80 + 11 × 40 over 103 persons
        assert rows[""].value == Decimal("91.2621")


def test_findings_of_staff_are_read_by_level_and_never_of_one_house(qinghe: World) -> None:
    made = opened(qinghe, "staff", [qinghe.lead, qinghe.tcm, qinghe.shiqiao])
    for name in ("lin", "wu", "kong", "tan"):
        services.answer_by_member(
            by=qinghe.people[name], campaign=made, given=filled(made.edition, option=2), now=NOW
        )
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    found = Result.objects.filter(campaign=made, measure="uncovered=not")
    assert {(row.institution_id, row.level, row.value, row.why) for row in found} == {
        (None, "secondary", None, "few"), (None, "primary", None, "few"),
    }  # fmt: skip


def test_a_quiz_counts_right_answers_and_who_passed(qinghe: World) -> None:
    made = opened(qinghe, "health_quiz", [qinghe.shiqiao], handed=60)
    right = {one.code: one.right for one in made.edition.questions}
    wrong = {one.code: next(iter(one.codes - {one.right})) for one in made.edition.questions}
    for number, ticket in enumerate(made.tickets.all()[:40]):
        given = right if number % 4 else wrong
        services.answer_by_link(typed=link_of(made, ticket), given=given, now=NOW)
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    rows = {row.measure: row for row in Result.objects.filter(campaign=made)}
    assert (rows["total"].value, rows["total"].detail["right"], rows["total"].detail["questions"]) == (
        Decimal(75), 150, 200,
    )  # fmt: skip
    assert (rows["passed"].value, rows["passed"].detail) == (Decimal(75), {"passed": 30})
    assert rows["salt=a"].value == Decimal(75)


def test_a_survey_given_up_is_never_counted(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=9)
    with pytest.raises(SurveyRefused, match="Say why"):
        services.cancel(by=qinghe.luo, campaign=made, why=" ", now=NOW)
    services.cancel(by=qinghe.luo, campaign=made, why="链接印错", now=NOW)
    with pytest.raises(LinkRefused, match="ended"):
        services.find_link(link_of(made, made.tickets.first()), now=NOW)
    with pytest.raises(SurveyRefused, match="given up"):
        services.close(by=qinghe.luo, campaign=made, now=LATER)


def test_who_prints_sees_no_person_and_who_hands_over_sees_no_code(qinghe: World) -> None:
    adopt(qinghe)
    discharged(qinghe, qinghe.lead, qinghe.lin, {"0301": 12})
    made = opened(qinghe, "inpatient", [qinghe.lead])
    for who in (qinghe.kong, qinghe.lin, qinghe.su):
        with pytest.raises(PermissionDenied):
            services.print_slips(by=who, campaign=made, institution=qinghe.lead, now=NOW)
    run, slips = services.print_slips(by=qinghe.luo, campaign=made, institution=qinghe.lead, now=NOW)
    assert run.slips == len(slips) > 0 and not hasattr(slips[0], "record")
    count, lines = services.list_to_hand(by=qinghe.kong, campaign=made, institution=qinghe.lead)
    assert count == len(slips) and {one.number for one in lines} <= {one.number for one in slips}
    assert all(one.record for one in lines) and not hasattr(lines[0], "text")
    for who in (qinghe.luo, qinghe.lin):
        with pytest.raises(PermissionDenied):
            services.list_to_hand(by=who, campaign=made, institution=qinghe.lead)
    with pytest.raises(SurveyRefused, match="on paper"):
        services.print_slips(by=qinghe.luo, campaign=made, institution=qinghe.lead, now=NOW)


def test_a_void_run_kills_its_codes_and_a_used_one_stays_used(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=3)
    run, slips = services.print_slips(by=qinghe.luo, campaign=made, institution=qinghe.lead, now=NOW)
    services.answer_by_link(typed=slips[0].text, given=filled(made.edition), now=NOW)
    with pytest.raises(SurveyRefused, match="Say why"):
        services.void_run(by=qinghe.luo, run=run, why=" ", now=NOW)
    with pytest.raises(PermissionDenied):
        services.void_run(by=qinghe.kong, run=run, why="x", now=NOW)
    assert services.void_run(by=qinghe.luo, run=run, why="寄送途中丢失", now=NOW) == 2
    for dead in slips[1:]:
        with pytest.raises(LinkRefused, match="nowhere"):
            services.find_link(dead.text, now=NOW)
    with pytest.raises(SurveyRefused, match="void already"):
        services.void_run(by=qinghe.luo, run=run, why="x", now=NOW)
    again, fresh = services.print_slips(by=qinghe.luo, campaign=made, institution=qinghe.lead, now=NOW)
    assert (again.number, [one.number for one in fresh]) == (2, [2, 3])
    services.answer_by_link(typed=fresh[0].text, given=filled(made.edition), now=NOW)


def test_the_database_prints_a_code_once(qinghe: World) -> None:
    made = opened(qinghe, "outpatient", [qinghe.lead, qinghe.tcm], handed=2)
    run, _slips = services.print_slips(by=qinghe.luo, campaign=made, institution=qinghe.lead, now=NOW)
    mine = made.tickets.filter(run=run)
    elsewhere = made.tickets.filter(stratum__institution=qinghe.tcm)
    for rows, change in (
        (mine, {"run": None}), (mine, {"token_hash": "f" * 64}), (mine, {"turn": 1}),
        (elsewhere, {"run": run}), (elsewhere, {"token_hash": "e" * 64}),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filter(pk=rows.first().pk).update(**change)


def test_answers_from_one_address_or_from_staff_are_flagged_left_out_and_told(qinghe: World) -> None:
    cache.clear()
    made = opened(qinghe, "outpatient", [qinghe.lead], handed=45)
    PlatformJournal.objects.create(user=qinghe.kong.user, verb="sign_in.done", address="10.0.0.7")
    tickets = list(made.tickets.order_by("number"))
    for n, one in enumerate(tickets):
        address = "10.0.0.7" if n < 2 else "10.9.9.9" if n < 10 else f"10.1.{n}.1"
        services.answer_by_link(
            typed=link_of(made, one), given=filled(made.edition, 1 if n < 10 else 4), now=NOW, address=address
        )
    services.close(by=qinghe.luo, campaign=made, now=LATER)
    told = {one.flag: (one.answers, one.excluded) for one in made.exclusions.all()}
    assert told == {"staff": (2, True), "many": (5, True)}  # three from one address within minutes count
    total = Result.objects.get(campaign=made, measure="total")
    assert total.answers == 38
    for table in ("answer", "ticket"):
        with connection.cursor() as cursor:
            cursor.execute(f"select * from surveys_{table}")
            assert "10.9.9.9" not in str(cursor.fetchall())


def test_questions_survive_the_way_to_the_table_and_back() -> None:
    from complaints.surveys.engine.questions import to_plain
    from complaints.surveys.ready import shipped

    for one in shipped().values():
        assert from_plain(to_plain(one.questions)) == one.questions
