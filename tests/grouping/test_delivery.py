"""One delivery from upload to stored cases: findings, the file of bad rows, corrections, missing cases."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from alliance.lib.period import Month
from alliance.models import Journal
from alliance.services import jobs
from grouping import facts
from grouping.metrics import rollup
from grouping.models import BadRow, Case, CaseFile, Document, MissingCase, StagedCase, WorkItem
from grouping.readmission import facts as readmission
from grouping.services import intake, publishing
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import HOME, TODAY, browser, check, inside, pages, queries, store, text, upload
from tests.world import World

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


def url(file: CaseFile, deed: str = "") -> str:
    return f"{HOME}/case-files/{file.pk}/{deed}"


def faulty(world: World) -> list[dict[str, str]]:
    """Ten rows, four of them bad."""
    rows = pages(world, 10)
    rows[1]["C03C"] = "J18.9"
    rows[2]["B12"] = "2026-02-30 09:00:00"
    rows[3]["B15"] = "2026-10-01 09:00:00"
    rows[4]["C03C"] = "=cmd|' /C calc'!A0"
    return rows


def bad_file(client: Client, file: CaseFile) -> list[list[str]]:
    """The downloaded bad rows as cells."""
    response: Any = client.get(url(file, "bad-rows/"))
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf") and "attachment" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_from_upload_to_stored_cases_by_the_pages_alone(scene: World) -> None:
    client = browser(scene, "lin")
    there = upload(client, as_csv(faulty(scene)))["Location"]
    waiting = text(client.get(there))
    assert "Checking line by line" in waiting and f'hx-get="{there}progress/"' in waiting
    assert "queued" in text(client.get(f"{there}progress/"))
    jobs.drain(scene.qinghe)
    ended = client.get(f"{there}progress/", HTTP_HX_REQUEST="true")
    assert ended["HX-Redirect"] == there
    found = text(client.get(there))
    assert "4 of 10 rows need correcting" in found and "Store the 6 good rows only" in found
    refused = text(client.post(f"{there}publish/", follow=True))
    assert "4 of 10 rows have errors" in refused and "4 of 10 rows need correcting" in refused
    stored = text(client.post(f"{there}publish/", {"take_good": "1"}, follow=True))
    assert "6 cases stored" in stored
    with inside(scene):
        assert Case.objects.count() == 6 and StagedCase.objects.count() == 0


def test_bad_rows_say_where_what_and_the_remedy_in_the_pages_language(scene: World) -> None:
    file = check(scene, faulty(scene))
    english = text(browser(scene, "lin").get(url(file)))
    assert "Line 3: principal diagnosis J18.9 lacks a level; choose J18.900" in english
    assert "unknown diagnosis code" in english and "discharge before admission" in english
    chinese = text(scene.client("lin").get(url(file)))
    assert "第 3 行主要诊断 J18.9 少一级，选 J18.900" in chinese


def test_one_cause_at_a_time(scene: World) -> None:
    file = check(scene, faulty(scene))
    client = browser(scene, "lin")
    page = text(client.get(url(file) + "?cause=bad_datetime", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list"))
    assert "Line 4:" in page and "Line 3:" not in page and "<html" not in page
    assert "Line 3:" in text(client.get(url(file) + "?cause=nonsense"))


def test_n18_n21_the_bad_row_file_keeps_position_and_text_and_runs_nothing(scene: World) -> None:
    file = check(scene, faulty(scene))
    rows = bad_file(browser(scene, "lin"), file)
    head, lines = rows[0], {row[0]: row for row in rows[1:]}
    assert head[:6] == ["line", "column", "field", "cause", "value", "what to do"]
    assert set(lines) == {"3", "4", "5", "6"}
    assert lines["4"][1:5] == ["B12", "time of admission", "date or time", "2026-02-30 09:00:00"]
    assert "there is no such day" in lines["4"][5] and lines["5"][1] == "B12"
    assert "later than discharge" in lines["5"][5]
    code = head.index("C03C")
    assert lines["3"][code] == "J18.9" and lines["6"][code] == "'=cmd|' /C calc'!A0"
    assert lines["6"][4].startswith("'=cmd") and "A11" not in head and "A20" not in head
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_n21_a_formula_in_a_stored_field_stays_text_on_the_page(scene: World) -> None:
    rows = pages(scene, 1)
    rows[0]["C04N"] = "＝1+1<script>"
    store(scene, rows)
    with inside(scene):
        case = Case.objects.get()
        assert case.recorded["diagnoses"][0][1] == "＝1+1<script>" and "C04N" not in case.raw
    page = text(browser(scene, "lin").get(f"{HOME}/cases/{case.pk}/"))
    assert "1+1<script>" not in page


def test_the_export_of_bad_rows_needs_the_right_to_deliver_and_is_journaled(scene: World) -> None:
    file = check(scene, faulty(scene))
    assert browser(scene, "ding").get(url(file, "bad-rows/")).status_code == 403
    bad_file(browser(scene, "lin"), file)
    with inside(scene):
        kept = Journal.objects.filter(verb="case_file.bad_rows_exported").get()
        assert (kept.about_id, kept.membership_id) == (file.pk, scene.lin.pk)


def test_a_coder_delivers_but_does_not_store(scene: World) -> None:
    file = check(scene, pages(scene, 2))
    with inside(scene):
        scene.han.roles, scene.han.institution = ["coder"], scene.lead
        scene.han.save()
    client = browser(scene, "han")
    page = text(client.get(url(file)))
    assert "All 2 rows can be stored" in page and "/publish/" not in page
    for deed in ("publish/", "discard/", "missing/"):
        assert client.post(url(file, deed)).status_code == 403
    with inside(scene):
        assert Case.objects.count() == 0


def test_a_discarded_delivery_stores_nothing_and_may_come_again(scene: World) -> None:
    client, content = browser(scene, "lin"), as_csv(pages(scene, 2))
    first = upload(client, content)["Location"]
    jobs.drain(scene.qinghe)
    assert "Put aside" in text(client.post(f"{first}discard/", follow=True))
    assert "not ready to be stored" in text(client.post(f"{first}publish/", follow=True))
    assert upload(client, content)["Location"] != first
    with inside(scene):
        assert Case.objects.count() == StagedCase.objects.filter(file__state="discarded").count() == 0


def test_corrections_show_what_stood_and_what_stands_and_the_group(scene: World) -> None:
    store(scene, pages(scene, 3))
    rows = pages(scene, 3)
    rows[0] |= {"D01": "2234.56", "D23": "2000.00"}
    rows[1] |= {"C06x01C": "J96.000", "C07x01N": "急性呼吸衰竭", "C08x01C": "1"}
    page = text(browser(scene, "lin").get(url(check(scene, rows))))
    assert "0 new, 2 corrected, 0 missing now" in page
    assert "ES25 → ES21" in page and "J96.000 急性呼吸衰竭" in page
    assert page.index("ES25 → ES21") < page.index("2,234.56")
    assert "1,000.00" in page and "2,000.00" in page


def test_corrections_cost_the_same_for_one_and_for_thirty(scene: World) -> None:
    store(scene, pages(scene, 40))
    few, many = (pages(scene, 40) for _ in range(2))
    for rows, number in ((few, 1), (many, 30)):
        for row in rows[:number]:
            row |= {"D01": "2234.56", "D23": "2000.00"}
    client, first, second = browser(scene, "lin"), check(scene, few), check(scene, many)
    queries(client, f"case-files/{first.pk}/")
    assert queries(client, f"case-files/{first.pk}/") == queries(client, f"case-files/{second.pk}/")


def test_the_preview_is_counted_anew_when_another_delivery_was_stored_meanwhile(scene: World) -> None:
    waiting = check(scene, pages(scene, 3))
    client = browser(scene, "lin")
    assert "All 3 rows can be stored" in text(client.get(url(waiting)))
    store(scene, pages(scene, 4, D01="2234.56", D23="2000.00"))
    assert "0 new, 3 corrected" in text(client.get(url(waiting)))


def test_n45_missing_cases_are_answered_one_by_one_with_a_reason(scene: World) -> None:
    store(scene, pages(scene, 5))
    file = check(scene, pages(scene, 2))
    client = browser(scene, "lin")
    assert "3 cases are missing from this file" in text(client.get(url(file)))
    with inside(scene):
        first, second, third = MissingCase.objects.order_by("case__record_no").values_list("pk", flat=True)
    nothing = text(client.post(url(file, "missing/"), {"cases": [first], "answer": "voided"}, follow=True))
    assert "write a reason" in nothing and "3 cases are missing" in nothing
    body = {"cases": [first, second], "answer": "kept", "reason": "漏导"}
    assert "2 questions are answered" in text(client.post(url(file, "missing/"), body, follow=True))
    body = {"cases": [third], "answer": "voided", "reason": "重复登记"}
    assert "confirmed by another person" in text(client.get(url(file)))
    alone = text(client.post(url(file, "missing/"), body, follow=True))
    assert "another person voids them" in alone
    with inside(scene):
        assert not Case.objects.exclude(voided_at=None).exists()
        way, stays = (Case.objects.get(record_no=number).pk for number in ("R00004", "R00000"))
    page = text(client.get(f"{HOME}/cases/{way}/"))
    assert "A later file of the month lacks this case" in page and f"{file.pk}/#missing" in page
    assert "Deliver the corrected file" in text(client.get(f"{HOME}/cases/{stays}/"))
    browser(scene, "luo").post(url(file, "missing/"), body)
    page = text(client.get(f"{HOME}/cases/{way}/"))
    assert "counts in no figure" in page and "by 罗晓岚: 重复登记" in page
    with inside(scene):
        void = Case.objects.exclude(voided_at=None).get()
        assert void.record_no == "R00004" and Case.objects.count() == 5
        assert sorted(MissingCase.objects.values_list("answer", flat=True)) == ["kept", "kept", "voided"]
        assert Journal.objects.filter(verb="case.missing_answered").count() == 3


def test_a_case_said_to_stay_is_not_asked_about_again_until_it_changes(scene: World) -> None:
    store(scene, pages(scene, 4))
    file = store(scene, pages(scene, 2))
    client = browser(scene, "lin")
    with inside(scene):
        asked = list(MissingCase.objects.order_by("case__record_no").values_list("pk", flat=True))
    client.post(url(file, "missing/"), {"cases": [asked[0]], "answer": "kept", "reason": "漏导"})
    again = check(scene, pages(scene, 2, D01="2234.56", D23="2000.00"))
    page = text(client.get(url(again)))
    assert "One case is missing from this file" in page  # the one nobody has answered for
    kept = page.split('id="remembered"')[1].split("</section>")[0]
    assert "R00002/1" in kept and "漏导" in kept and "by 林" in kept and "R00003/1" not in kept
    with inside(scene):
        assert sorted(MissingCase.objects.filter(file=again).values_list("answer", flat=True)) == [
            "kept",
            "open",
        ]
    store(scene, pages(scene, 4, D01="3234.56", D23="3000.00"))
    later = check(scene, pages(scene, 2, D01="4234.56", D23="4000.00"))
    page = text(client.get(url(later)))
    assert "2 cases are missing from this file" in page and 'id="remembered"' not in page


def test_a_question_of_another_delivery_cannot_be_answered_through_this_one(scene: World) -> None:
    store(scene, pages(scene, 3))
    asked, other = check(scene, pages(scene, 2)), check(scene, pages(scene, 4))
    with inside(scene):
        question = MissingCase.objects.get(file=asked)
    body = {"cases": [question.pk], "answer": "voided", "reason": "重复登记"}
    browser(scene, "lin").post(url(other, "missing/"), body)
    with inside(scene):
        assert Case.objects.filter(voided_at=None).count() == 3


def test_a_refused_file_says_why_and_what_to_do_in_both_languages(scene: World) -> None:
    with inside(scene):
        file, _made = intake.receive_file(
            by=scene.lin, name="x.csv", content=[b"A01,A48\n1,2\n"], today=TODAY
        )
    jobs.drain(scene.qinghe)
    english, chinese = text(browser(scene, "lin").get(url(file))), text(scene.client("lin").get(url(file)))
    assert "These columns are missing: A12C, A13" in english and "add them to the export" in english
    assert "缺少列：A12C、A13" in chinese


def test_the_page_says_how_complete_the_month_will_be(scene: World) -> None:
    client = browser(scene, "lin")
    body = {
        "institution": scene.lead.pk,
        "month": "2026-10",
        "discharges": "4",
        "total": "1",
        "unfinished": "0",
    }
    client.post(f"{HOME}/case-files/declare/", body)
    file = check(scene, pages(scene, 3))
    assert "then only 75.0% of 4 declared, below 98%" in text(client.get(url(file)))
    more = check(scene, pages(scene, 5))
    page = text(client.get(url(more)))
    assert "125.0% of 4 declared: more delivered than declared, check the declaration or the file" in page
    assert "the limit is 98%" not in page
    with inside(scene):  # lists are no discharges
        CaseFile.objects.filter(pk=more.pk).update(document=Document.SETTLEMENT_LIST)
    page = text(client.get(url(more)))
    assert "of 4 declared" not in page and "nothing declared" not in page and "good rows" in page
    with inside(scene):
        CaseFile.objects.filter(pk=more.pk).update(document=Document.FRONT_PAGE)
        publishing.publish(by=scene.lin, file=CaseFile.objects.get(pk=more.pk))
    listed = text(client.get(f"{HOME}/case-files/?month=2026-10"))
    assert "125.0%" in listed and "more than declared" in listed


def test_reading_the_findings_is_journaled(scene: World) -> None:
    file = check(scene, faulty(scene))
    browser(scene, "lin").get(url(file))
    with inside(scene):
        assert Journal.objects.filter(verb="patient.listed", about_id=file.pk, membership=scene.lin).exists()


def test_the_page_costs_the_same_for_four_bad_rows_and_for_forty(scene: World) -> None:
    client = browser(scene, "lin")
    rows = pages(scene, 50)
    for row in rows[5:45]:
        row["C03C"] = "J18.9"
    few, many = check(scene, faulty(scene)), check(scene, rows)
    with inside(scene):
        assert BadRow.objects.filter(file=many).count() == 40
    queries(client, f"case-files/{few.pk}/")
    assert queries(client, f"case-files/{few.pk}/") == queries(client, f"case-files/{many.pk}/")


@pytest.mark.parametrize("day", ["2026-02-30 08:00:00", "24/13/01", "46000.5"])
def test_n18_a_day_that_is_none_is_a_row_error_with_its_place(scene: World, day: str) -> None:
    rows = pages(scene, 3)
    rows[2]["B15"] = day
    check(scene, rows)
    with inside(scene):
        bad = BadRow.objects.get()
        assert (bad.line, bad.column, bad.code) == (4, "B15", "bad_datetime")
        assert Case.objects.filter(month=date(2026, 10, 1)).count() == 0


def test_a_voided_case_leaves_figures_readmission_and_queues_and_stays_readable(scene: World) -> None:
    """Reported by mistake: the corrected file lacks it, a second person voids it, everything follows."""
    who = {"A11": "同一人", "C03C": "J18.900"}
    september = {"B12": "2026-09-01 09:00:00", "B15": "2026-09-05 10:00:00"}
    store(scene, [front_page(scene.lead.organisation, "A", **who, **september)])
    rows = [
        front_page(scene.lead.organisation, "B", **who, B12="2026-09-20 09:00:00", B15="2026-10-01 10:00:00",
                   B20="11"),
        *pages(scene, 2),
    ]  # fmt: skip
    store(scene, rows)
    with inside(scene):
        case = Case.objects.get(record_no="B")
        item = WorkItem.objects.create(
            institution=scene.lead, month=case.month, case=case, cause="ungrouped", subject="B/1",
            document="front_page",
        )  # fmt: skip
        assert readmitted() == 1 and facts.case_facts(OCTOBER)[0].discharges == 3
    store(scene, rows[1:])
    with inside(scene):
        asked = MissingCase.objects.get(case=case)
        with pytest.raises(publishing.VoidRefused), transaction.atomic():
            publishing.answer_missing(by=scene.lin, missing=asked, void=True, reason="误报", now=NOW)
        publishing.answer_missing(by=scene.kong, missing=asked, void=True, reason="误报", now=NOW)
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert readmitted() == 0 and facts.case_facts(OCTOBER)[0].discharges == 2
        item.refresh_from_db()
        assert item.state == "closed"
        assert rollup.state(OCTOBER).stale
    page = text(browser(scene, "luo").get(f"{HOME}/cases/?view=void&month=2026-10"))
    assert "B/1" in page


def readmitted() -> int:
    september = Month(2026, 9)
    found = readmission.rates([september], readmission.windows(september), "alliance")
    return found[0, ""]["all"].readmitted
