"""Disputes: filed from a case or a scheme, answered in fifteen working days, settled by a later version."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from alliance.models import Journal
from grouping.disputes import panel, services
from grouping.disputes.services import DisputeRefused
from grouping.models import Dispute, Scheme
from grouping.services import schemes
from tests.grouping.scene import HOME, browser, inside, store, text
from tests.grouping.test_cases import one, some
from tests.world import World, member

NOW = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)
LIST = f"{HOME}/disputes/"


def filed(world: World, **more: object) -> Dispute:
    with inside(world):
        return services.file_dispute(
            by=world.lin, about="rule", scheme=Scheme.objects.get(), code="ES2", text="主诊表缺一个编码",
            now=NOW, **more,  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_dispute_is_filed_from_a_case_with_evidence_and_a_limit(scene: World) -> None:
    store(scene, some(scene))
    case = one(scene)
    client = browser(scene, "lin")
    assert f"disputes/new/?case={case.pk}&amp;code=ES21" in text(client.get(f"{HOME}/cases/{case.pk}/"))
    form = text(client.get(f"{LIST}new/?case={case.pk}&code=ES21"))
    assert 'value="ES21"' in form and "R00001/1" in form
    body = {"about": "weight", "code": "es21", "text": "权重低于本院成本", "evidence": scan()}
    response = client.post(f"{LIST}new/?case={case.pk}", body)
    assert response.status_code == 302
    with inside(scene):
        made = Dispute.objects.get()
        assert (made.code, made.case, made.institution, made.rule) == ("ES21", case, scene.lead, "WD15")
        assert Journal.objects.get(verb="dispute.filed").detail["code"] == "ES21"
    page = text(client.get(response["Location"]))
    assert "权重低于本院成本" in page and "evidence.pdf" in page
    got = client.get(f"{LIST}{made.pk}/evidence/")
    assert b"".join(got.streaming_content).startswith(b"%PDF-")


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("evidence.pdf", b"%PDF-1.4 x", "application/pdf")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "NOPE"}, "no MDC, ADRG, DRG or list"),
        ({"text": ""}, "This field is required"),
        ({"evidence": SimpleUploadedFile("x.pdf", b"MZ program")}, "no PDF, PNG or JPEG"),
    ],
)
def test_what_was_typed_stays_beside_the_error(scene: World, change: dict[str, object], said: str) -> None:
    body = {"about": "rule", "code": "ES2", "text": "主诊表缺一个编码", **change}
    response = browser(scene, "lin").post(f"{LIST}new/", body)
    assert response.status_code == 400 and said in text(response) and str(body["code"]) in text(response)
    with inside(scene):
        assert not Dispute.objects.exists()


def test_it_is_due_after_fifteen_working_days(scene: World) -> None:
    # Thursday 11-05: fifteen working days end on Thursday 11-26.
    assert filed(scene).due_at.isoformat() == "2026-11-27T00:00:00+08:00"


def test_studied_answered_and_settled_by_a_version_that_began_later(scene: World) -> None:
    row = filed(scene)
    with inside(scene):
        services.study(by=scene.luo, dispute=row, now=NOW)
        row.refresh_from_db()
        with pytest.raises(DisputeRefused):
            services.reply(by=scene.luo, dispute=row, answer=" ", now=NOW)
        later = schemes.adopt_shipped(by=scene.su, code="xietong_demo", from_date=date(2027, 1, 1))
        for kind in ("clinical", "insurance", "statistics"):
            expert = member(kind, kind, None, "technical_team")
            panel.ask(by=scene.luo, dispute=row, member=expert, kind=kind, now=NOW)
            panel.give(by=expert, dispute=row, verdict="change", text="应当补上", now=NOW)
        services.reply(by=scene.luo, dispute=row, answer="下一版补上", now=NOW)
        row.refresh_from_db()
        with pytest.raises(DisputeRefused):
            services.settle(by=scene.meng, dispute=row, version=row.scheme, now=NOW)
        services.settle(by=scene.meng, dispute=row, version=later, now=NOW)
        row.refresh_from_db()
        assert (row.state, row.settled_in) == ("settled", later)
    page = text(browser(scene, "lin").get(f"{LIST}{row.pk}/"))
    assert "settled by a version" in page and "下一版补上" in page
    # The version that settled it says so, the one before does not; who asked is on neither.
    old, new = (text(browser(scene, "luo").get(f"{HOME}/schemes/{pk}/")) for pk in (row.scheme_id, later.pk))
    assert "Disputes this version settled" in new and "下一版补上" in new and "林静" not in new
    assert "Disputes this version settled" not in old


def test_who_files_may_not_answer_and_others_do_not_see_it(scene: World) -> None:
    row = filed(scene)
    with inside(scene), pytest.raises(PermissionDenied):
        services.study(by=scene.lin, dispute=row, now=NOW)
    assert browser(scene, "lin").post(f"{LIST}{row.pk}/study/").status_code == 403
    assert browser(scene, "tan").get(f"{LIST}{row.pk}/").status_code == 404
    assert "ES2" not in text(browser(scene, "tan").get(f"{LIST}?view=all"))
    assert "ES2" in text(browser(scene, "luo").get(LIST))
    assert browser(scene, "luo").post(f"{LIST}{row.pk}/study/").status_code == 302
    empty = browser(scene, "luo").post(f"{LIST}{row.pk}/reply/", {"answer": ""})
    assert empty.status_code == 400


@pytest.mark.parametrize("change", [{"state": "settled"}, {"state": "answered"}, {"settled_in": 1}])
def test_the_database_keeps_the_order_of_steps(scene: World, change: dict[str, object]) -> None:
    filed(scene)
    with inside(scene), pytest.raises(DatabaseError), transaction.atomic():
        Dispute.objects.update(**change)
