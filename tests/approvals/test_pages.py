"""The pages of approvals: what waits for me first, verdicts, documents of bodies with their minutes."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.approvals import services
from alliance.approvals.models import Approval, OutsideDecision
from alliance.tenancy.scope import act_in
from tests.approvals.matter import chain, propose, told, two_people  # noqa: F401 (fixture)
from tests.world import World

pytestmark = pytest.mark.usefixtures("told")
HOME = "/a/qinghe/approvals/"


@pytest.fixture
def approval(world: World) -> Approval:
    with act_in(world.qinghe):
        return propose(world, world.luo, two_people())


@pytest.fixture
def party(world: World) -> Approval:
    with act_in(world.qinghe):
        return propose(world, world.luo, chain({"name": "党委会", "outside": True}))


def state(world: World, approval: Approval) -> str:
    with act_in(world.qinghe):
        return str(Approval.objects.get(pk=approval.pk).state)


def test_what_waits_for_me_is_the_first_view_and_in_the_inbox(world: World, approval: Approval) -> None:
    page = world.client("meng").get(HOME)
    assert [row.record for row in page.context["table"].rows] == [approval]
    assert page.context["tabs"][0].current and page.context["tabs"][0].count == 1
    mine = world.client("luo").get(HOME)
    assert mine.context["tabs"][1].current and mine.context["tabs"][0].count == 0
    link = f'href="{HOME}{approval.pk}/"'
    assert link in world.client("meng").get("/a/qinghe/").content.decode()
    assert link not in world.client("luo").get("/a/qinghe/").content.decode()


def test_the_page_offers_what_the_member_may_do(world: World, approval: Approval) -> None:
    url = f"{HOME}{approval.pk}/"
    assert [action.id for action in world.client("meng").get(url).context["actions"]] == [
        "act-yes", "act-no", "act-recused",
    ]  # fmt: skip
    own = world.client("luo").get(url)
    assert [action.url for action in own.context["actions"]] == [f"{url}withdraw/"]
    assert "这是您提请的，须由另一人同意或不同意" in own.content.decode() and "孟繁星" in own.content.decode()
    assert "这是您提请的" not in world.client("meng").get(url).content.decode()
    assert world.client("ding").get(url).context["actions"] == []


def test_a_verdict_by_form(world: World, approval: Approval) -> None:
    client, url = world.client("meng"), f"{HOME}{approval.pk}/decide/"
    bare = client.post(url, {"verdict": "no", "step": 1})
    assert bare.status_code == 400 and "act-no" in bare.content.decode()
    assert client.post(url, {"verdict": "maybe", "step": 1}).status_code == 400
    assert client.post(url, {"verdict": "no", "step": 2, "note": "x"}).status_code == 409
    assert client.post(url, {"verdict": "no", "step": 1, "note": "金额不对"}).status_code == 302
    page = client.get(f"{HOME}{approval.pk}/").content.decode()
    assert state(world, approval) == "declined" and "金额不对" in page
    assert client.post(url, {"verdict": "yes", "step": 1}).status_code == 409


def test_withdrawing_is_for_the_proposer(world: World, approval: Approval) -> None:
    url = f"{HOME}{approval.pk}/withdraw/"
    assert world.client("meng").post(url).status_code == 409
    assert world.client("luo").post(url, {"note": "重算"}).status_code == 302
    assert state(world, approval) == "withdrawn"


def test_strangers_get_404_and_people_without_the_right_403(world: World, approval: Approval) -> None:
    assert world.client("qiao").get(f"{HOME}{approval.pk}/").status_code == 404
    assert world.client("qiao").get(f"/a/jiangzhou/approvals/{approval.pk}/").status_code == 404
    assert world.client("lin").get(f"{HOME}{approval.pk}/").status_code == 403
    assert world.client("ding").post(f"{HOME}{approval.pk}/decide/", {"verdict": "yes"}).status_code == 403


def test_a_head_sees_what_asks_for_them_or_is_their_own_and_nothing_else(world: World) -> None:
    head = {"name": "院长", "roles": ["institution_head"], "rule": "one", "place": "own"}
    with act_in(world.qinghe):
        for member in (world.wu, world.tan):
            member.roles = ["institution_head"]
            member.save()
        own = propose(world, world.luo, chain(head), institution=world.tcm)
    assert world.client("tan").get(f"{HOME}{own.pk}/").status_code == 200
    assert world.client("wu").get(f"{HOME}{own.pk}/").status_code == 404
    assert list(world.client("wu").get(HOME, {"view": "all"}).context["table"].rows) == []


def test_minutes_are_entered_and_checked_by_a_colleague(world: World, party: Approval) -> None:
    luo, meng, url = world.client("luo"), world.client("meng"), f"{HOME}{party.pk}/outside/"
    assert luo.get(url).status_code == 200
    data = {"step": 1, "body": "党委会", "verdict": "yes", "decided_on": "2026-11-18", "document": "31号"}
    scan = SimpleUploadedFile("minutes.pdf", b"%PDF-1.7 minutes of the meeting")
    assert luo.post(url, {**data, "minutes": scan}).status_code == 302
    with act_in(world.qinghe):
        paper = OutsideDecision.objects.get()
    check = f"{url}{paper.pk}/"
    read = meng.get(f"{check}minutes/")
    assert b"".join(read.streaming_content) == b"%PDF-1.7 minutes of the meeting"  # type: ignore[attr-defined]
    assert read["Content-Type"] == "application/pdf" and read["Content-Disposition"] == "attachment"
    assert luo.post(check, {"correct": "yes"}).status_code == 409
    assert meng.post(check, {"correct": "no"}).status_code == 400
    assert meng.post(check, {"correct": "yes"}).status_code == 302
    assert state(world, party) == "approved"
    page = meng.get(f"{HOME}{party.pk}/").content.decode()
    assert "31号" in page and f"{check}minutes/" in page


@pytest.mark.parametrize("change", [{"verdict": "recused"}, {"decided_on": "2026-02-30"}, {"document": ""}])
def test_a_wrong_document_form_is_kept_and_explained(
    world: World, party: Approval, change: dict[str, str]
) -> None:
    data = {
        "step": 1,
        "body": "党委会",
        "verdict": "yes",
        "decided_on": "2026-11-18",
        "document": "31号",
        **change,
    }
    response = world.client("luo").post(f"{HOME}{party.pk}/outside/", data)
    assert response.status_code == 400 and list(response.context["form"].errors) == list(change)


def test_a_file_that_is_no_scan_is_refused_whatever_its_name(world: World, party: Approval) -> None:
    data = {"step": 1, "body": "党委会", "verdict": "yes", "decided_on": "2026-11-18", "document": "31号"}
    program = SimpleUploadedFile(
        "minutes.pdf", b"MZ\x90\x00 this is a program", content_type="application/pdf"
    )
    response = world.client("luo").post(f"{HOME}{party.pk}/outside/", {**data, "minutes": program})
    assert response.status_code == 400 and "minutes" in response.context["form"].errors


def test_minutes_that_are_not_there_are_404(world: World, party: Approval) -> None:
    with act_in(world.qinghe):
        paper = services.enter_outside(
            by=world.luo, approval=party, verdict="yes", decided_on=date(2026, 11, 18), document="31号"
        )
    url = f"{HOME}{party.pk}/outside/{paper.pk}/minutes/"
    assert world.client("meng").get(url).status_code == 404
    assert world.client("meng").get(f"{HOME}{party.pk}/outside/999/minutes/").status_code == 404
