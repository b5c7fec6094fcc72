"""Pages of responsibility letters: signing on the page, who is missing, workbook, sheets, the check."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import openpyxl
import pytest
import time_machine
from axes.models import AccessAttempt

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from performance.duty.models import LetterVersion, Reminder, Signature, SigningRound
from performance.duty.services import versions
from tests.duty.scene import NOW, in_force, opened, signed
from tests.training.scene import attended, doctor, planned, prepare
from tests.world import PASSWORD, World

A = "/a/qinghe/duty/"


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def ticked(version: LetterVersion, **change: str) -> dict[str, str]:
    said = {f"read_{one['code']}": "on" for one in version.clauses}
    return {**said, "seen": version.digest, "password": PASSWORD, **change}


def test_a_person_reads_ticks_and_signs_on_the_page(qinghe: World) -> None:
    assert qinghe.client("pei").get(f"{A}sign/").status_code == 302  # nothing to sign yet
    version = opened(qinghe).version
    pei = qinghe.client("pei")
    page = pei.get(f"{A}sign/").content.decode()
    assert version.paragraphs[0] in page and version.clauses[0]["text"] in page and version.digest in page
    wrong = pei.post(f"{A}sign/", ticked(version, password="guess"))
    assert wrong.status_code == 400 and AccessAttempt.objects.get().failures_since_start == 1
    short = ticked(version)
    short.pop("read_swapped")
    assert pei.post(f"{A}sign/", short).status_code == 400
    assert not Signature.objects.exists()
    done = pei.post(f"{A}sign/", ticked(version))
    row = Signature.objects.get()
    assert done.status_code == 302 and done["Location"].endswith(f"/duty/letters/{row.pk}/")
    assert Journal.objects.filter(verb="duty.signed", about_id=row.pk).count() == 1
    at = f"{A}letters/{row.pk}/"
    page = pei.get(at).content.decode()
    assert row.digest in page and "裴大夫" in page
    assert row.digest in pei.get(f"{at}print/").content.decode()
    for again in (pei.get(f"{A}sign/"), pei.post(f"{A}sign/", ticked(version))):  # a second window: once
        assert again.status_code == 302 and again["Location"].endswith(f"/duty/letters/{row.pk}/")
    assert "您已签署本责任书" in pei.get(at).content.decode()
    assert Signature.objects.count() == 1
    for name, status in (("wu", 200), ("kong", 200), ("ding", 200), ("zhao", 404), ("lin", 404)):
        assert qinghe.client(name).get(at).status_code == status
    assert f"{A}sign/" not in pei.get(f"{A}mine/").content.decode()


def test_the_canonical_text_has_the_digest_that_was_signed(qinghe: World) -> None:
    version = in_force(qinghe)
    body = qinghe.client("pei").get(f"{A}versions/{version.pk}/text/").content
    assert hashlib.sha256(body).hexdigest() == version.digest


def test_guessing_the_password_locks_the_account(qinghe: World, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    version = opened(qinghe).version
    client = qinghe.client("pei")
    for _n in range(4):
        client.post(f"{A}sign/", ticked(version, password="guess"))
    assert client.post(f"{A}sign/", ticked(version)).status_code != 302
    assert not Signature.objects.exists()


def test_the_office_enters_a_text_another_puts_it_in_force_and_opens_a_round(qinghe: World) -> None:
    luo, meng = qinghe.client("luo"), qinghe.client("meng")
    page = luo.get(f"{A}versions/enter/")
    form = page.context["form"]
    said: dict[str, Any] = {name: form[name].value() or "" for name in form.fields}
    assert said["title"] == versions.shipped().title
    bad = luo.post(f"{A}versions/enter/", said)
    assert bad.status_code == 400 and not LetterVersion.objects.exists()  # nobody decided it yet
    said |= {"decided_by": "管理委员会", "document": "医共体〔2026〕9号"}
    assert luo.post(f"{A}versions/enter/", said).status_code == 302
    row = LetterVersion.objects.get()
    assert [one["code"] for one in row.clauses] == ["fictitious", "swapped", "practice"]
    at = f"{A}versions/{row.pk}/"
    assert qinghe.client("pei").get(at).status_code == 404  # not in force yet
    luo.post(f"{at}act/enforce/")
    assert versions.in_force(row.from_date) is None
    meng.post(f"{at}act/enforce/")
    assert versions.in_force(row.from_date) == row
    assert luo.post(f"{at}act/open/", {"year": "2026", "due_on": "2026-11-01"}).status_code == 400
    assert luo.post(f"{at}act/open/", {"year": "2026", "due_on": "2026-11-30"}).status_code == 302
    assert SigningRound.objects.get().version == row
    assert qinghe.client("pei").get(at).status_code == 200
    assert qinghe.client("kong").post(f"{at}act/open/", {}).status_code == 403


def test_who_is_missing_stands_by_institution_and_department_and_on_paper(qinghe: World) -> None:
    round_ = opened(qinghe)
    signed(qinghe.pei, round_.version)
    page = qinghe.client("luo").get(f"{A}?state=missing")
    rows = {row.name: (row.due, row.signed, row.overdue) for row in page.context["lines"]}
    assert rows == {
        qinghe.lead.short_name: (4, 1, 0), qinghe.tcm.short_name: (1, 0, 0),
        qinghe.shiqiao.short_name: (2, 0, 0),
    }  # fmt: skip
    assert page.context["figs"][0].value == "14.29%"
    assert len(page.context["table"].page.object_list) == 6
    own = qinghe.client("kong").get(A)
    assert {row.name: row.due for row in own.context["lines"]} == {"—": 2, "内科": 2}
    assert "赵敏学" not in own.content.decode()
    ward = qinghe.client("wu").get(A).content.decode()
    assert "裴大夫" in ward and "林静" not in ward
    assert qinghe.client("pei").get(A).status_code == 403
    body = qinghe.client("luo").get(f"{A}workbook/?institution={qinghe.lead.pk}").content
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sorted(str(row[2]) for row in list(sheet.values)[1:]) == sorted(["林静", "吴越", "方医保"])
    paper = qinghe.client("kong").get(f"{A}print/").content.decode()
    assert "方医保" in paper and "裴大夫" not in paper and "赵敏学" not in paper
    foreign = qinghe.client("kong").get(f"{A}workbook/?institution={qinghe.tcm.pk}").content
    sheet = openpyxl.load_workbook(io.BytesIO(foreign)).active
    assert "谭一鸣" not in str(list(sheet.values))


def test_the_office_reminds_and_ends_on_the_page(qinghe: World) -> None:
    opened(qinghe)
    luo = qinghe.client("luo")
    assert luo.post(f"{A}remind/{qinghe.lead.code}/").status_code == 302
    luo.post(f"{A}remind/{qinghe.lead.code}/")
    assert Reminder.objects.count() == 1
    assert qinghe.client("kong").post(f"{A}remind/{qinghe.lead.code}/").status_code == 403
    assert "CQ2026-0001" in luo.get(A).content.decode()
    luo.post(f"{A}end/")
    with act_in(qinghe.qinghe):
        assert SigningRound.objects.get().ended_at is not None
    assert luo.get(A).status_code == 200 and luo.get(f"{A}print/").status_code == 404


def test_warning_education_of_the_year_stands_beside_the_round(qinghe: World) -> None:
    opened(qinghe)
    prepare()
    session = planned(qinghe, title="警示教育：典型案例", course="warning")
    planned(qinghe, title="卒中早期识别")
    attended(qinghe, session, doctor(qinghe.shiqiao))
    page = qinghe.client("luo").get(A)
    assert [(row.title, came) for row, came, _url in page.context["courses"]] == [("警示教育：典型案例", 1)]
    own = qinghe.client("kong").get(A)
    assert [came for _row, came, _url in own.context["courses"]] == [0]  # nobody of the lead hospital
    assert "警示教育：典型案例" in own.content.decode()
    listed = qinghe.client("kong").get("/a/qinghe/training/?course=warning").content.decode()
    assert "警示教育：典型案例" in listed and "卒中早期识别" not in listed
