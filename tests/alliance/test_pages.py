"""Pages of the ground: jobs, journal, downloads, API keys, parameters decided by two."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from alliance.approvals.models import Approval
from alliance.lib.secrets import hashed
from alliance.models import ApiToken, Attachment, Institution, Job, Journal, Membership, Parameter
from alliance.services import api_keys, files, jobs, journal_check, parameters
from alliance.tenancy.scope import act_in
from tests.world import World


@pytest.fixture
def folder(tmp_path: Path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def a_job(world: World, by: Membership, **columns: object) -> Job:
    with act_in(world.qinghe):
        return Job.objects.create(kind="journal.verify", dedupe=by.user.username, created_by=by, **columns)


def journaled(world: World, verb: str) -> int:
    with act_in(world.qinghe):
        return Journal.objects.filter(verb=verb).count()


# Jobs ----------------------------------------------------------------------------
def test_every_kind_of_job_has_a_name_in_chinese() -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        names = [jobs.words_of(kind) for kind in jobs._handlers if not kind.startswith("test.")]
    assert len(names) > 5 and not [name for name in names if name.isascii()]


def test_the_list_shows_state_progress_and_what_went_wrong(world: World) -> None:
    a_job(world, world.su, state="failed", error="第 3 行缺少主要诊断", chunks_done=2, chunks_total=5)
    page = world.client("su").get("/a/qinghe/jobs/").content.decode()
    assert "第 3 行缺少主要诊断" in page and "40%" in page
    assert "第 3 行" not in world.client("su").get("/a/qinghe/jobs/?view=live").content.decode()


def test_a_job_says_in_words_what_it_is_for_and_came_to(world: World) -> None:
    """Keys of machines (file 5, run 3, {"outcomes": ...}) stay inside."""
    with act_in(world.qinghe):
        made = Job.objects.create(
            kind="journal.verify", dedupe="run 7", arguments={"run": 7, "month": "2026-10"}, state="done",
            created_by=world.su, result={"cases": 1234, "outcomes": {"grouped": 3}, "run": "computed"},
        )  # fmt: skip
    client = world.client("su")
    for page in (f"/a/qinghe/jobs/{made.pk}/", "/a/qinghe/jobs/"):
        html = client.get(page).content.decode()
        assert "2026年10月 · 运行 7 号" in html and "run 7" not in html
    assert "1,234" in client.get(f"/a/qinghe/jobs/{made.pk}/").content.decode()
    assert "outcomes" not in client.get(f"/a/qinghe/jobs/{made.pk}/").content.decode()


def test_a_running_job_asks_again_each_second_and_without_javascript_the_page_does(world: World) -> None:
    running, done = a_job(world, world.su, state="running"), a_job(world, world.lin, state="done")
    client = world.client("su")
    page = client.get(f"/a/qinghe/jobs/{running.pk}/").content.decode()
    assert f'hx-get="/a/qinghe/jobs/{running.pk}/progress/"' in page and 'http-equiv="refresh"' in page
    assert "every 1s" in client.get(f"/a/qinghe/jobs/{running.pk}/progress/").content.decode()
    ended = client.get(f"/a/qinghe/jobs/{done.pk}/").content.decode()
    assert "every 1s" not in ended and 'http-equiv="refresh"' not in ended


def test_a_failed_job_runs_again_and_a_finished_one_does_not(world: World) -> None:
    failed, done = a_job(world, world.su, state="dead"), a_job(world, world.lin, state="done")
    client = world.client("su")
    assert client.get(f"/a/qinghe/jobs/{failed.pk}/rerun/").status_code == 405
    for job in (failed, done):
        assert client.post(f"/a/qinghe/jobs/{job.pk}/rerun/").status_code == 302
    with act_in(world.qinghe):
        assert dict(Job.objects.values_list("pk", "state")) == {failed.pk: "queued", done.pk: "done"}
    assert journaled(world, "job.rerun") == 1


def test_an_institution_sees_the_jobs_its_own_people_started(world: World) -> None:
    mine, theirs = a_job(world, world.lin), a_job(world, world.tan)
    client = world.client("lin")
    assert client.get(f"/a/qinghe/jobs/{mine.pk}/").status_code == 200
    for address in ("", "progress/"):
        assert client.get(f"/a/qinghe/jobs/{theirs.pk}/{address}").status_code == 404
    assert client.post(f"/a/qinghe/jobs/{theirs.pk}/rerun/").status_code == 404
    assert f"/jobs/{theirs.pk}/" not in client.get("/a/qinghe/jobs/").content.decode()


# Journal -------------------------------------------------------------------------
def test_the_journal_can_be_filtered_and_its_chain_checked(world: World) -> None:
    with act_in(world.qinghe):
        from alliance.services import journal

        journal.write(by=world.lin, verb="patient.read", about=world.lead)
        journal.write(by=world.su, verb="something.else", result="denied")
    client = world.client("ding")
    page = client.get("/a/qinghe/journal/?verb=patient&user=lin").content.decode()
    assert "patient.read" in page and "something.else" not in page
    assert "patient.read" not in client.get("/a/qinghe/journal/?last=2020-01-01").content.decode()
    assert client.get("/a/qinghe/journal/?number=99999999999999999999&first=never").status_code == 200
    assert client.post("/a/qinghe/journal/verify/").headers["Location"].startswith("/a/qinghe/jobs/")
    with act_in(world.qinghe):
        assert Job.objects.get().kind == journal_check.KIND
    assert world.client("lin").get("/a/qinghe/journal/").status_code == 403


# Files ---------------------------------------------------------------------------
def a_file(world: World, by: Membership, purpose: str = "case_file") -> Attachment:
    with act_in(by.alliance):
        return files.store(
            by=by,
            name="十月 病案.csv",
            content=[b"a,b\n"],
            purpose=purpose,
            content_type="text/csv",
            limit=99,
        )


def test_n7_a_file_is_fetched_by_its_owner_and_by_nobody_else(world: World, folder: Path) -> None:
    row = a_file(world, world.lin)
    answer = world.client("lin").get(f"/a/qinghe/files/{row.pk}/")
    assert b"".join(answer.streaming_content) == b"a,b\n"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%8D%81")
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    for other in ("wu", "zhao", "su", "ding", "luo"):
        assert world.client(other).get(f"/a/qinghe/files/{row.pk}/").status_code == 404
    assert world.client("qian").get(f"/a/jiangzhou/files/{row.pk}/").status_code == 404
    assert world.client("qian").get(f"/a/qinghe/files/{row.pk}/").status_code == 404
    assert journaled(world, "file.fetched") == 1 and journaled(world, "request.denied") == 5


def test_a_download_asks_for_the_right_again_and_a_deleted_file_is_gone(world: World, folder: Path) -> None:
    row = a_file(world, world.lin)
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.lin.pk).update(roles=["department_head"])
    assert world.client("lin").get(f"/a/qinghe/files/{row.pk}/").status_code == 403
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.lin.pk).update(roles=["data_steward"])
        Attachment.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    assert world.client("lin").get(f"/a/qinghe/files/{row.pk}/").status_code == 404


# API keys ------------------------------------------------------------------------
def ask(text: str) -> int:
    return Client().get("/api/v1/schema/", headers={"Authorization": f"Bearer {text}"}).status_code


def test_a_key_is_shown_once_works_and_ends_when_revoked(world: World) -> None:
    client = world.client("su")
    page = client.post("/a/qinghe/api-keys/", {"name": "财务系统", "days": 30})
    text = page.context["text"]
    assert text in page.content.decode() and text.startswith("qinghe.") and ask(text) == 200
    assert text.split(".")[1] not in client.get("/a/qinghe/api-keys/").content.decode()
    with act_in(world.qinghe):
        row = ApiToken.objects.get()
        assert row.sha256 == hashed(text.split(".")[1]) and row.last_used_at is not None
    assert world.client("luo").post(f"/a/qinghe/api-keys/{row.pk}/revoke/").status_code == 404
    assert ask(text) == 200
    assert client.post(f"/a/qinghe/api-keys/{row.pk}/revoke/").status_code == 302
    assert ask(text) == 401
    assert [journaled(world, verb) for verb in ("api_key.issued", "api_key.revoked")] == [1, 1]


def test_keys_end_with_their_time_their_person_and_their_role(world: World) -> None:
    with act_in(world.qinghe):
        _row, text = api_keys.issue(by=world.su, name="x", expires_at=timezone.now() + timedelta(days=1))
        _row, old = api_keys.issue(by=world.su, name="x", expires_at=timezone.now() - timedelta(seconds=1))
    elsewhere = f"jiangzhou.{text.split('.')[1]}"
    assert [ask(key) for key in (text, old, elsewhere, "qinghe.short")] == [200, 401, 401, 401]
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.su.pk).update(is_active=False)
    assert ask(text) == 401
    assert world.client("su").post("/a/qinghe/api-keys/", {"name": "x", "days": 999}).status_code == 404
    assert world.client("lin").get("/a/qinghe/api-keys/").status_code == 403
    assert world.client("luo").post("/a/qinghe/api-keys/", {"name": "x", "days": 999}).status_code == 400


# Parameters ----------------------------------------------------------------------
KEY = "gb.primary_floor"


def test_the_list_shows_what_holds_today_and_costs_the_same_at_any_size(
    world: World, django_assert_max_num_queries
) -> None:
    with act_in(world.qinghe):
        tomorrow = timezone.localdate() + timedelta(days=1)
        parameters.decide(by=world.su, key=KEY, value="57", from_date=tomorrow, decided_by="理事会")
        first = date(2026, 1, 1)
        parameters.decide(by=world.su, key=KEY, value="61", from_date=first, level="township", decided_by="x")
    client = world.client("su")
    with django_assert_max_num_queries(12):
        page = client.get("/a/qinghe/parameters/?view=gb&q=primary_floor").content.decode()
    assert ">50<" in page and ">57<" not in page
    other = client.get("/a/qinghe/parameters/?view=fd").content.decode()
    assert KEY not in other and "fd.score.weights" in other
    history = client.get(f"/a/qinghe/parameters/{KEY}/").content.decode()
    assert "57" in history and "61" in history
    for wrong in ("gb.nothing", "x", "gb.primary_floor'"):
        assert client.get(f"/a/qinghe/parameters/{wrong}/").status_code == 404


def test_every_parameter_has_a_page_and_a_form_that_takes_its_own_value(world: World) -> None:
    """The form, sent back as it came, is refused only because nothing would change."""
    client = world.client("su")
    from alliance.web.parameter_pages import DecideForm

    with act_in(world.qinghe):
        known = parameters.registered().items()
        entries = [(entry, Parameter.objects.get(key=key).value) for key, entry in known]
        for entry, value in entries:
            form = DecideForm(entry, value)
            data = {name: form[name].value() for name in form.fields}
            data |= {"from_date": "2030-01-01", "decided_by": "x"}
            bound = DecideForm(entry, value, data)
            assert bound.is_valid(), (entry.key, bound.errors)
            from alliance.lib.register import parse_value, to_json

            assert to_json(parse_value(entry.shape, bound.raw(), key=entry.key)) == value, entry.key
    for key in ("fd.score.weights", "upload.encodings", "referral.accept.deadline"):
        if key in parameters.registered():
            assert client.get(f"/a/qinghe/parameters/{key}/decide/").status_code == 200
            assert client.get(f"/a/qinghe/parameters/{key}/").status_code == 200


def propose(client: Client, **changes: object):
    data = {
        "value": "55",
        "from_date": "2027-01-01",
        "decided_by": "理事会〔2026〕12号",
        "level": "",
        **changes,
    }
    return client.post(f"/a/qinghe/parameters/{KEY}/decide/", data)


def test_a_new_value_holds_once_a_second_person_has_agreed(world: World) -> None:
    answer = propose(world.client("su"))
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/a/qinghe/approvals/")
    with act_in(world.qinghe):
        approval = Approval.objects.get()
        assert parameters.in_force(KEY, on=date(2027, 1, 1)) == 50
    waits = world.client("ding").get(f"/a/qinghe/parameters/{KEY}/").content.decode()
    assert f"/a/qinghe/approvals/{approval.pk}/" in waits
    data = {"verdict": "yes", "step": 1, "note": ""}
    world.client("su").post(f"/a/qinghe/approvals/{approval.pk}/decide/", data)
    with act_in(world.qinghe):
        assert parameters.in_force(KEY, on=date(2027, 1, 1)) == 50
    shown = world.client("luo").get(f"/a/qinghe/approvals/{approval.pk}/").content.decode()
    assert "55" in shown and "理事会〔2026〕12号" in shown
    assert world.client("luo").post(f"/a/qinghe/approvals/{approval.pk}/decide/", data).status_code == 302
    with act_in(world.qinghe):
        assert parameters.in_force(KEY, on=date(2026, 12, 31)) == 50
        assert parameters.in_force(KEY, on=date(2027, 1, 1)) == 55
        assert Parameter.objects.get(key=KEY, from_date="2027-01-01").decided_by == "理事会〔2026〕12号"


@pytest.mark.parametrize(
    "changes",
    [{"value": "much"}, {"value": ""}, {"from_date": "2026-02-30"}, {"decided_by": ""}, {"level": "moon"},
     {"value": "50"}, {"from_date": "2000-01-01"}, {"value": "1e999999"}, {"value": "NaN"}],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_proposed(world: World, changes: dict) -> None:
    answer = propose(world.client("su"), **changes)
    assert answer.status_code == 400 and answer.context["form"].errors
    with act_in(world.qinghe):
        assert Approval.objects.count() == 0


def test_who_may_not_change_parameters_cannot_propose(world: World) -> None:
    assert propose(world.client("ding")).status_code == 403
    assert world.client("lin").get("/a/qinghe/parameters/").status_code == 403


def test_pages_of_an_alliance_are_kept_by_no_cache(world: World) -> None:
    for address in ("/a/qinghe/", "/a/qinghe/jobs/", "/a/qinghe/nothing/"):
        assert "no-store" in world.client("lin").get(address).headers["Cache-Control"]
    assert isinstance(world.lead, Institution)


def test_every_unit_and_every_number_of_a_table_has_its_chinese() -> None:
    from django.utils import translation

    from alliance.web import parameter_values

    with translation.override("zh-hans"):
        entries = list(parameters.registered().values())
        words = {parameter_values.unit(entry) for entry in entries if entry.unit != "%"}
        words |= {parameter_values.word(name) for entry in entries for name in entry.shape.fields} - {"DRG"}
    assert not [word for word in words if word.isascii()]


def test_numbers_of_a_range_and_of_a_table_stand_in_the_registers_order() -> None:
    from django.utils import translation

    from alliance.web import parameter_values

    registered = parameters.registered()
    ranged = registered["fd.pay.ranges.drg"].shape
    assert parameter_values.text(ranged, {"max": Decimal(40), "min": Decimal(30)}) == "30–40"
    table = registered["fd.pay.composition"].shape
    stored = {"drg": Decimal(15), "base": Decimal(35), "outcome": Decimal(25), "process": Decimal(25)}
    with translation.override("zh-hans"):
        assert parameter_values.text(table, stored) == "基础 35; 过程 25; 结果 25; DRG贡献 15"
