"""A stay has up to two documents, front page and settlement list; what is counted and listed is the front
page.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.services import jobs
from grouping import facts, visible
from grouping.models import Case, CaseFile, Document, GroupedCase, MissingCase
from grouping.services import declarations, intake, publishing
from tests.grouping.files import as_csv
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, store, text
from tests.world import World

OCTOBER = Month(2026, 10)


def store_lists(world: World, rows: list[dict[str, str]]) -> CaseFile:
    """Store rows as settlement lists."""
    with inside(world):
        file, _made = intake.receive_file(by=world.lin, name="list.csv", content=[as_csv(rows)], today=TODAY)
        CaseFile.objects.filter(pk=file.pk).update(document=Document.SETTLEMENT_LIST)
    jobs.drain(world.qinghe)
    with inside(world):
        file = publishing.publish_by_id(by=world.lin, file_id=file.pk)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    return file


def test_both_documents_of_a_stay_are_kept_and_grouped_and_the_front_page_is_counted(scene: World) -> None:
    store(scene, pages(scene, 3))
    lists = store_lists(scene, pages(scene, 2, C03C="I63.900", D09="1.00"))
    assert lists.preview["stored"] == 2 and lists.preview["corrected"] == 0
    with inside(scene):
        assert Case.objects.count() == 5 and GroupedCase.objects.count() == 5
        assert Case.objects.front_pages().count() == 3 and Case.objects.settlement_lists().count() == 2
        fact = facts.case_facts(OCTOBER)[0]
        assert fact.discharges == 3 and fact.cost_fen == 3 * 123_456 and fact.pending == 0
        assert facts.cases(OCTOBER).count() == 3 and visible.cases(scene.lin).count() == 3
        assert visible.documents(scene.lin).count() == 5
        declarations.declare(
            by=scene.lin, institution=scene.lead, month=OCTOBER, discharges=3, total_fen=3 * 123_456
        )
        complete = facts.completeness(OCTOBER)[0]
        assert (complete.delivered, complete.delivered_fen) == (3, 3 * 123_456)


def test_the_list_of_cases_shows_a_stay_once(scene: World) -> None:
    store(scene, pages(scene, 2))
    before = text(browser(scene, "lin").get(f"{HOME}/cases/"))
    store_lists(scene, pages(scene, 2, C03C="I63.900"))
    after = text(browser(scene, "lin").get(f"{HOME}/cases/"))
    assert before.count("R00001") == after.count("R00001") > 0


def test_a_file_of_one_kind_neither_corrects_nor_asks_about_the_other(scene: World) -> None:
    store(scene, pages(scene, 3))
    store_lists(scene, pages(scene, 1, C03C="I63.900"))
    with inside(scene):
        assert not MissingCase.objects.exists()
    again = store(scene, pages(scene, 2, D09="99.00"))
    assert (again.preview["changed"], again.preview["corrected"]) == (2, 2)
    with inside(scene):
        assert [row.case.document for row in MissingCase.objects.select_related("case")] == ["front_page"]
        assert Case.objects.settlement_lists().get().revision == 1


@pytest.mark.parametrize("document", ["front_page", "discharge_note"])
def test_the_database_refuses_a_second_front_page_of_a_stay_and_an_unknown_document(
    scene: World, document: str
) -> None:
    store(scene, pages(scene, 1))
    with inside(scene):
        case = Case.objects.get()
        case.pk, case.document = None, document
        with pytest.raises(IntegrityError), transaction.atomic():
            case.save(force_insert=True)
