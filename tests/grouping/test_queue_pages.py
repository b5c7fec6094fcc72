"""Pages of the work queues: by cause, one action for many, who sees what, what was typed is kept."""

from __future__ import annotations

from typing import Any

from alliance.models import Journal
from grouping.models import WorkItem
from grouping.queues import services
from tests.grouping.files import front_page
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.grouping.test_queues import NOW, bad, coder, ids_now, items, undone
from tests.world import World

QUEUE = f"{HOME}/work-queue/"


def seen(world: World, name: str, query: str = "") -> str:
    return text(browser(world, name).get(f"{QUEUE}{query}"))


def act(world: World, name: str, step: str, **posted: Any) -> Any:
    return browser(world, name).post(f"{QUEUE}act/{step}/", posted)


def test_the_list_shows_causes_with_counts_sentences_and_the_way_to_each_record(scene: World) -> None:
    coder(scene)
    store(scene, bad(scene))
    page = seen(scene, "he")
    assert "R00000/1" in page and "no principal diagnosis" in page and "By cause" in page
    assert "Set the source to the clinical edition" in page and "Line 3" in page and "Q99.999" in page
    assert "R00001/1" in seen(scene, "he", "?cause=unknown_code")
    assert "R00000/1" not in seen(scene, "he", "?cause=unknown_code")
    assert "R00000/1" in seen(scene, "he", "?month=2026-10&record=R00000")
    assert "R00000/1" not in seen(scene, "he", "?month=nonsense")
    assert "Nothing waits here" in seen(scene, "he", "?view=asked")
    with inside(scene):
        kept = Journal.objects.filter(verb="patient.listed", detail__list="work-queue").first()
        assert kept is not None


def test_an_institution_sees_its_own_and_the_office_all_without_a_button(scene: World) -> None:
    store(scene, bad(scene))
    wrong = front_page(scene.tcm.organisation, "T1", C03C="Q99.999")
    store(scene, [wrong, front_page(scene.tcm.organisation, "T2")], by=scene.tan)
    assert "T1/1" in seen(scene, "tan") and "R0000" not in seen(scene, "tan")
    office = seen(scene, "luo", "?view=live")
    assert "T1/1" in office and "R00000/1" in office and 'id="bulk"' not in office
    with inside(scene):
        pk = WorkItem.objects.get(subject="T1/1").pk
    assert browser(scene, "lin").get(f"{QUEUE}{pk}/").status_code == 404
    assert browser(scene, "han").post(f"{QUEUE}act/wait/", {"item": pk}).status_code == 400
    assert ("T1/1", "unknown_code", "open") in items(scene)


def test_one_action_for_many_and_for_all_that_match(scene: World) -> None:
    coder(scene)
    store(scene, bad(scene))
    with inside(scene):
        wanted = ids_now()
    response = act(scene, "he", "wait", item=wanted[:2], query="view=todo")
    assert response.status_code == 302 and response["Location"].endswith("/work-queue/?view=todo")
    assert len(items(scene, state="waiting")) == 2
    asked = act(scene, "he", "ask", all="1", query="view=todo&cause=clinical_code", text="主诊是什么？")
    assert asked.status_code == 302
    assert items(scene, state="asked") == [("R00003/1", "clinical_code", "asked")]


def test_what_was_typed_stays_when_it_is_refused(scene: World) -> None:
    coder(scene)
    store(scene, bad(scene))
    nothing = act(scene, "he", "ask", text="主诊是什么？", query="view=todo")
    assert (
        nothing.status_code == 400
        and "主诊是什么？" in text(nothing)
        and "Tick at least one" in text(nothing)
    )
    with inside(scene):
        wanted = ids_now()
    short = act(scene, "he", "accept", item=wanted, text="")
    assert short.status_code == 400 and ",".join(map(str, wanted)) in text(short)
    act(scene, "he", "accept", items=",".join(map(str, wanted)), text="不属错误")
    gone = act(scene, "he", "ask", item=wanted, text="主诊是什么？")
    assert gone.status_code == 400 and "somebody else was faster" in text(gone)


def test_the_doctor_sees_what_is_asked_and_answers(scene: World) -> None:
    store(scene, bad(scene))
    coder(scene)
    # Wu heads a department there: answers, and works no queue.
    assert "R0000" not in seen(scene, "wu", "?view=live")
    with inside(scene):
        services.ask(by=coder(scene), items=ids_now()[:1], text="主诊是什么？", now=NOW)
        pk = ids_now()[0]
    page = seen(scene, "wu")
    assert "R00000/1" in page and "R00001/1" not in page
    one = text(browser(scene, "wu").get(f"{QUEUE}{pk}/"))
    assert "主诊是什么？" in one and 'id="act-answer"' in one and 'id="act-wait"' not in one
    assert "1 question about a record" in text(browser(scene, "wu").get(f"{HOME}/"))
    assert act(scene, "wu", "answer", items=str(pk), text="肺炎").status_code == 302
    assert "肺炎" in text(browser(scene, "he").get(f"{QUEUE}{pk}/"))
    assert act(scene, "wu", "wait", items=str(pk)).status_code == 403


def test_the_inbox_counts_what_a_coder_has_to_clear(scene: World) -> None:
    store(scene, bad(scene))
    coder(scene)
    assert "5 records to clear" in text(browser(scene, "he").get(f"{HOME}/"))
    assert "records to clear" not in text(browser(scene, "kong").get(f"{HOME}/"))


def test_after_the_insurer_s_last_day_a_record_is_marked_internal(scene: World) -> None:
    coder(scene)
    store(scene, bad(scene))
    with inside(scene):
        WorkItem.objects.update(internal_from=NOW)
    page = seen(scene, "he", "?view=internal")
    assert "internal only" in page and "R00000/1" in page
    with inside(scene):
        pk = ids_now()[0]
    assert "takes no more changes" in text(browser(scene, "he").get(f"{QUEUE}{pk}/"))


def test_the_list_costs_the_same_for_five_and_for_sixty_records(scene: World) -> None:
    client = browser(scene, "lin")
    store(scene, bad(scene))
    queries(client, "work-queue/?view=live")
    few = queries(client, "work-queue/?view=live")
    rows = pages(scene, 70)
    for row in rows[10:]:
        row["C03C"] = "Q99.999"
    store(scene, rows)
    assert queries(client, "work-queue/?view=live") == few


def test_no_page_of_the_queue_offers_a_code_or_changes_a_record(scene: World) -> None:
    coder(scene)
    store(scene, undone(scene))
    with inside(scene):
        for pk in ids_now():
            page = text(browser(scene, "he").get(f"{QUEUE}{pk}/"))
            assert "weight" not in page.split("<main", 1)[1].split("</main", 1)[0]
            assert "C03C" not in page and 'name="diagnoses"' not in page


def test_the_panel_by_cause_follows_the_tab_that_is_shown(scene: World) -> None:
    coder(scene)
    store(scene, bad(scene))
    with inside(scene):
        services.ask(by=scene.people["he"], items=ids_now()[:1], text="主诊是什么？", now=NOW)
    for view, wanted in (("todo", 4), ("live", 5), ("asked", 1), ("waiting", 0), ("all", 5)):
        response = browser(scene, "he").get(f"{QUEUE}?view={view}")
        assert sum(row["total"] for row in response.context["causes"]) == wanted, view
        assert all(f"view={view}&" in row["url"] for row in response.context["causes"])


def test_a_delivery_of_the_office_is_no_link_on_the_item_of_an_institution(scene: World) -> None:
    with inside(scene):
        scene.su.roles = [*scene.su.roles, "data_steward"]
        scene.su.save()
    coder(scene)
    file = store(scene, bad(scene), by=scene.su)
    with inside(scene):
        item = WorkItem.objects.filter(file=file.pk, institution=scene.lead).first()
    path = f"/case-files/{file.pk}/"
    client = browser(scene, "he")
    assert client.get(f"{HOME}{path}").status_code == 404
    page = client.get(f"{QUEUE}{item.pk}/")
    assert page.status_code == 200 and path not in page.content.decode()
    assert f"line {item.line}" in text(page)
