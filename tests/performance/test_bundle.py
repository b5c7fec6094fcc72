"""The evidence bundle: recomputed offline it is identical; a changed byte or yuan is found and named."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.ledger.models import Account
from alliance.lib.canonical import canonical
from alliance.models import Journal, RosterRow, Staff
from alliance.roles import roles
from alliance.services import journal as deeds
from performance.bundle import BundleRefused
from performance.bundle.archive import MANIFEST
from performance.life.services import stages
from performance.models import HandedOut, PayLine
from performance.payout.services import answering
from performance.roster import services as rosters
from performance.services import exporting, months
from tests.performance import bundle_scene as scene
from tests.performance import payout_scene as payout
from tests.performance.bundle_scene import bundle_of, changed, members, paid_month, rows, verified
from tests.performance.scene import OCTOBER, compute, inside
from tests.world import World

BONUS, AWARD = "pay/bonus-1.jsonl", "pay/award-1.jsonl"


@pytest.fixture
def paid(qinghe: World) -> World:
    paid_month(qinghe)
    return qinghe


HELD: list[bytes] = []


@pytest.fixture
def content(request: Any) -> bytes:
    """The file needs no system any more: it is made once for all who only read it."""
    if not HELD:
        HELD.append(bundle_of(request.getfixturevalue("paid")))
    return HELD[0]


def test_a_paid_month_is_identical_offline(content: bytes, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(content)
    call_command("verify_month", str(file), digest=scene.digest(content), language="en")
    said = capsys.readouterr().out
    assert said.startswith("identical as recomputed: 2026-10 run 1 (posted), 4 lines of persons")
    call_command("verify_month", str(file), digest=scene.digest(content))
    said = capsys.readouterr().out
    assert said.startswith("identical 一致：2026-10 第 1 次核算（已入账），个人条目 4 行")
    assert "未核对：日志封印" in said and "not checked" not in said
    assert set(members(content)) == {
        "inputs.json", "result.json", "rules.json", "roster.jsonl", "lots.jsonl", BONUS, AWARD,
        "ledger/journals.jsonl", "ledger/accounts.jsonl", "journal.jsonl", "opinions.jsonl", MANIFEST,
    }  # fmt: skip
    with pytest.raises(CommandError, match=r"不是这份证据包.*月度页面列有"):
        call_command("verify_month", str(file), digest="0" * 64)
    with pytest.raises(CommandError, match="another bundle"):
        call_command("verify_month", str(file), digest="0" * 64, language="en")


def test_a_difference_is_said_in_the_language_asked_for(content: bytes, tmp_path: Path) -> None:
    """Chinese unless asked otherwise; the path and both values stand in either, and the code is the same."""
    held = members(content)
    held["journal.jsonl"] = held["journal.jsonl"].replace(b'"chain"', b'"chai_"')
    file = tmp_path / "month.zip"
    file.write_bytes(scene.put_together(held))
    for language, said in (
        ("zh-hans", "2026-10 第 1 次核算（已入账）不一致，首个不符之处：\n无法重算：缺少 'chain'"),
        ("en", "2026-10 run 1 (posted) differs, first difference:\ncannot be recomputed: 'chain' is missing"),
    ):
        with pytest.raises(CommandError) as error:
            call_command("verify_month", str(file), language=language)
        assert str(error.value) == said and error.value.returncode == 1
    file.write_bytes(changed(content, BONUS, lambda row: row.update(fen=row["fen"] + 1), 0))
    with pytest.raises(CommandError) as error:
        call_command("verify_month", str(file))
    assert f"{BONUS}:1.fen：文件写的是 50000002，重算为 50000001" in str(error.value)
    with pytest.raises(CommandError, match="不是月度证据包"):
        call_command("verify_month", str(tmp_path / "none.zip"))


def test_it_holds_everything_down_to_the_fen(content: bytes) -> None:
    found = rows(content, BONUS)
    kinds = [row["row"] for row in found]
    assert {"pool", "share", "step", "pot", "line", "journal"} <= set(kinds)
    head = found[0]
    assert head["roster"] and head["fen"] == 50_000_001 and head["source"] == "pay_total"
    for share in (row for row in found if row["row"] == "share"):
        inside_ = sum(
            one["fen"] for one in found if one["row"] == "pot" and one["institution"] == share["institution"]
        )
        assert inside_ == share["fen"]
    ledger = rows(content, "ledger/accounts.jsonl")
    assert sum(row["fen"] for row in ledger) == 0
    rules = json.loads(members(content)["rules.json"])
    assert [one["fed"] for one in rules["funds"]] == [
        [{"day": "2026-10-09", "document": "理事会〔2026〕7号", "fen": 1_000_000}]
    ]
    assert {"fd.team_share_min"} <= {one["key"] for one in rules["parameters"]}
    verbs = {row["verb"] for row in rows(content, "journal.jsonl")}
    assert {"month.posted", "pay.pool_posted", "pay.pot_posted", "ledger.posted"} <= verbs


def test_nobody_is_named(paid: World) -> None:
    content = bundle_of(paid)
    whole = b"\n".join(members(content).values()).decode()
    with inside(paid):
        for one in Staff.objects.all():
            assert one.name not in whole and f'"{one.code}"' not in whole and f"/{one.code}" not in whole
        for account in Account.objects.filter(kind="person"):
            assert account.code not in whole
        for person in paid.people.values():
            assert person.user.username not in [row["who"] for row in rows(content, "journal.jsonl")]
            assert not person.user.name or person.user.name not in whole
    assert "病人" not in whole and '"pk"' not in whole


def test_other_months_have_other_names() -> None:
    from performance.services.exporting.pseudonyms import Pseudonyms

    first, second = Pseudonyms.of("qinghe", OCTOBER), Pseudonyms.of("qinghe", OCTOBER.plus(1))
    assert first.name("P", 7) == Pseudonyms.of("qinghe", OCTOBER).name("P", 7) != second.name("P", 7)
    assert Pseudonyms.of("yunshan", OCTOBER).name("P", 7) != first.name("P", 7)


def test_the_same_month_is_the_same_file_and_its_digest_stands_on_the_page(paid: World) -> None:
    client = paid.client("luo")
    response = client.get("/a/qinghe/months/2026-10/export/")
    first = b"".join(response.streaming_content)
    assert response["Content-Disposition"].endswith('qinghe-2026-10-run-1.zip"')
    assert int(response["Content-Length"]) == len(first) and first == bundle_of(paid)
    with inside(paid):
        entry = Journal.objects.filter(verb="month.exported", membership=paid.luo).get()
        assert entry.detail["digest"] == scene.digest(first)
    assert scene.digest(first) in client.get("/a/qinghe/months/2026-10/").content.decode()


def test_every_bundle_that_left_the_house_stays_with_its_digest_and_why_a_newer_one_exists(
    paid: World,
) -> None:
    client = paid.client("luo")
    first = scene.digest(b"".join(client.get("/a/qinghe/months/2026-10/export/").streaming_content))
    with inside(paid):
        run = months.current(OCTOBER)
        assert run is not None
        stages.publish(by=paid.luo, month=OCTOBER, now=timezone.now())
    body = b"".join(client.get("/a/qinghe/months/2026-10/export/").streaming_content)
    second = scene.digest(body)
    assert second == scene.digest(b"".join(client.get("/a/qinghe/months/2026-10/export/").streaming_content))
    with inside(paid):
        rows = list(HandedOut.objects.order_by("number"))
        assert [one.digest for one in rows] == [first, second, second]
        assert (
            rows[1].size == len(body)
            and rows[1].handed_by == paid.luo
            and [member["name"] for member in rows[1].held["members"]]
            == [name for name in members(body) if name != MANIFEST]
        )
        for change in (lambda: HandedOut.objects.update(digest="0" * 64), HandedOut.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    page = client.get("/a/qinghe/months/2026-10/").content.decode()
    assert first in page and second in page
    auditor = paid.client("ding")
    page = auditor.get(f"/a/qinghe/months/2026-10/bundles/?digest={first.upper()}").content.decode()
    assert "是真实的；之后又有更新的一份" in page and "本月继续办理：已入账 → 公示中" in page
    assert "有变化：" in page and "本月操作日志" in page and "与前一份是同一文件" in page
    page = auditor.get(f"/a/qinghe/months/2026-10/bundles/?digest={second}").content.decode()
    assert "是本月最新的一份" in page
    page = auditor.get("/a/qinghe/months/2026-10/bundles/?digest=" + "0" * 64).content.decode()
    assert "没有交出过摘要与此相同的证据包" in page


def test_a_result_in_an_own_layout_is_no_bundle(paid: World) -> None:
    """Both are journaled as handed out; only the file that proves the month stands among the bundles."""
    with inside(paid):
        run = months.current(OCTOBER)
        deeds.write(by=paid.luo, verb="month.exported", about=run, digest="1" * 64, size=7)
    assert "1" * 64 not in paid.client("luo").get("/a/qinghe/months/2026-10/").content.decode()


def test_no_database_is_asked(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(content)
    root = Path(__file__).parents[2]
    bare = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    elsewhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    for env in ({**bare, "STATE_DIR": str(tmp_path / "state")}, {**os.environ, **elsewhere}):
        run = subprocess.run(
            [sys.executable, "manage.py", "verify_month", str(file)], cwd=root, env=env,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert run.returncode == 0 and "identical" in run.stdout, run.stderr


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_is_found(content: bytes, tmp_path: Path, place: float, flip: int) -> None:
    altered = bytearray(content)
    altered[int(place * len(content))] ^= flip
    try:
        found = verified(bytes(altered), tmp_path).differences
    except BundleRefused as refused:
        found = (str(refused),)
    assert found and ":" in found[0]


def test_every_member_is_named_when_it_is_altered(content: bytes, tmp_path: Path) -> None:
    for name, held in members(content).items():
        if name != MANIFEST:
            at = content.index(name.encode()) + len(name) + (len(held) and 30)
            altered = bytearray(content)
            altered[at] ^= 1
            try:
                found = verified(bytes(altered), tmp_path).differences
            except BundleRefused as refused:
                found = (str(refused),)
            # Of an empty member only its head can be altered: that is the file around the members.
            assert any((name if held else "container") in one for one in found), (name, found)


@pytest.mark.parametrize("mended", [False, True])
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ledger/journals.jsonl", b'"entries"'),
        ("roster.jsonl", b'"unit"'),
        (BONUS, b'"row"'),
        ("journal.jsonl", b'"chain"'),
    ],
)
def test_a_key_that_is_gone_ends_in_a_first_difference_and_a_code(
    content: bytes, tmp_path: Path, name: str, key: bytes, mended: bool
) -> None:
    """What stands behind the altered place cannot be read: that is said, without a word of code."""
    held = members(content)
    assert key in held[name], held[name][:300]
    held[name] = held[name].replace(key, key[:-2] + b'_"')
    file = tmp_path / "month.zip"
    if mended:
        file.write_bytes(scene.put_together(held))
    else:
        with zipfile.ZipFile(file, "w") as out:
            for one, body in held.items():
                out.writestr(one, body)
    with pytest.raises(CommandError, match="first difference") as error:
        call_command("verify_month", str(file), language="en")
    said = str(error.value)
    assert "Error" not in said and error.value.returncode == 1
    lines = said.splitlines()[1:]
    if mended:
        assert "is missing" in said
    else:
        assert lines[0].startswith(f"{name}: the manifest says") and "cannot be recomputed from" in lines[-1]


def test_the_first_and_the_last_byte(content: bytes, tmp_path: Path) -> None:
    for at in (0, 5, len(content) - 1, len(content) - 70):
        altered = bytearray(content)
        altered[at] ^= 1
        with_place: Any
        try:
            with_place = verified(bytes(altered), tmp_path).differences
        except BundleRefused as refused:
            with_place = [str(refused)]
        assert with_place and (
            "container" in with_place[0] or "inputs.json" in with_place[0] or "no bundle" in with_place[0]
        )


def _first(
    content: bytes, name: str, row: str, more: Callable[[dict[str, Any]], bool] = lambda one: True
) -> int:
    found = rows(content, name)
    return next(at for at, one in enumerate(found) if one.get("row", row) == row and more(one))


def _yuan(key: str) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        row[key] += 100

    return change


def _entry(row: dict[str, Any]) -> None:
    row["entries"][0]["fen"] += 100
    row["entries"][1]["fen"] -= 100


@pytest.mark.parametrize(
    ("name", "row", "change", "said"),
    [
        (BONUS, "pool", _yuan("fen"), f"{BONUS}:1.fen"),
        (BONUS, "share", _yuan("fen"), ".fen"),
        (BONUS, "pot", _yuan("fen"), ".fen"),
        (BONUS, "line", _yuan("fen"), ".fen"),
        (BONUS, "journal", _entry, "entries["),
        (AWARD, "share", _yuan("fen"), ".fen"),
        (AWARD, "pot", _yuan("above_fen"), ".above_fen"),
        ("ledger/journals.jsonl", "journal", _entry, "debit_fen"),
        ("ledger/accounts.jsonl", "", _yuan("fen"), "ledger/accounts.jsonl:1.fen"),
    ],
)
def test_a_yuan_is_found_though_every_digest_was_mended(
    content: bytes, tmp_path: Path, name: str, row: str, change: Any, said: str
) -> None:
    line = _first(content, name, row) if row else 0
    found = verified(changed(content, name, change, line), tmp_path).differences
    assert found and name in found[0] and any(said in one for one in found), found


def _set(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        assert row[key] != value
        row[key] = value

    return change


LEDGER, ACCOUNTS = "ledger/journals.jsonl", "ledger/accounts.jsonl"


@pytest.mark.parametrize(
    ("name", "row", "change", "said"),
    [
        (LEDGER, "journal", _set("period", "2030-01"), ".period: 2030-01 is neither"),
        (LEDGER, "journal", _set("posted_at", "2020-01-01T00:00:00+00:00"), ".posted_at: the file says"),
        (LEDGER, "journal", _set("posted_by", "M-0000000000000000"), "names no ledger.posted"),
        (BONUS, "journal", _set("period", "2030-01"), ".period: 2030-01 is neither"),
        (BONUS, "journal", _set("posted_at", "2020-01-01T00:00:00+00:00"), ".posted_at: the file says"),
        (BONUS, "journal", _set("confirmed_by", "M-0000000000000000"), ".confirmed_by: the journal names no"),
        (AWARD, "journal", _set("confirmed_by", "M-0000000000000000"), ".confirmed_by: the journal names no"),
        (BONUS, "pool", _set("kind", "award"), f"{BONUS}:1.kind"),
        (BONUS, "pool", _set("number", 7), f"{BONUS}:1.kind, number"),
        (BONUS, "step", _set("row", "stray"), ".row: stray is no row"),
        (LEDGER, "journal", _set("row", "stray"), ".row: stray is no row"),
        (BONUS, "pot", _set("plan", 4), ".plan: the journal names no pay.plan_written"),
        (BONUS, "pot", _set("agreed_on", "2999-01-01"), "agreed on 2999-01-01"),
        (BONUS, "pot", _set("agreed_on", None), ".agreed_on: the file says False"),
        (ACCOUNTS, "", _set("kind", "person"), f"{ACCOUNTS}:1.kind: the file says"),
    ],
)
def test_a_head_is_found_though_every_digest_was_mended(
    content: bytes, tmp_path: Path, name: str, row: str, change: Any, said: str
) -> None:
    """Who posted and confirmed, when, into which month, of which kind: not the amounts alone."""
    line = _first(content, name, row, lambda one: one.get("plan", 1) != 0) if row else 0
    found = verified(changed(content, name, change, line), tmp_path).differences
    assert any(said in one for one in found), found


def test_no_two_journals_have_the_same_digest(content: bytes, tmp_path: Path) -> None:
    for name in (LEDGER, BONUS):
        held = members(content)
        found = rows(content, name)
        for row in found:
            if row["row"] == "journal":
                row["body_digest"] = "0" * 64
        held[name] = b"".join(canonical(row) + b"\n" for row in found)
        said = verified(scene.put_together(held), tmp_path).differences
        assert any(".body_digest: the same as of" in one for one in said), said


def test_money_is_fed_in_the_month_of_the_bundle(content: bytes, tmp_path: Path) -> None:
    def other(held: Any) -> None:
        held["funds"][0]["fed"][0]["day"] = "2027-10-09"

    said = verified(changed(content, "rules.json", other), tmp_path).differences
    assert said and said[0].startswith("rules.json.funds[0].fed[0].day")


def test_what_no_row_of_the_file_proves_is_named(content: bytes, tmp_path: Path, capsys: Any) -> None:
    found = verified(content, tmp_path)
    assert found.differences == ()
    for named in ("confirmed_by", "body_digest", "posted_at", "agreed_on", "number of a pool", "parameters"):
        assert any(named in one for one in found.unchecked), named
    call_command("verify_month", str(tmp_path / "month.zip"))
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("未核对")]
    assert len(said) == len(found.unchecked) + 1 and not any("checked" in line for line in said)


def test_lines_that_still_add_up_are_found(content: bytes, tmp_path: Path) -> None:
    """A yuan from one colleague to another: sums, digests and books are all mended, the points are not."""
    held = members(content)
    found = rows(content, BONUS)
    first, second = [row for row in found if row["row"] == "line"][:2]
    first["fen"], second["fen"] = first["fen"] + 100, second["fen"] - 100
    moved = {f"person:{first['person']}": 100, f"person:{second['person']}": -100}
    for journal in (row for row in found if row["row"] == "journal"):
        for entry in journal["entries"]:
            entry["fen"] += moved.get(entry["account"], 0)
    accounts = rows(content, "ledger/accounts.jsonl")
    for account in accounts:
        account["fen"] += moved.get(account["account"], 0)
    held[BONUS] = b"".join(canonical(row) + b"\n" for row in found)
    held["ledger/accounts.jsonl"] = b"".join(canonical(row) + b"\n" for row in accounts)
    said = verified(scene.put_together(held), tmp_path).differences
    assert len(said) == 2 and all(BONUS in one and ".fen" in one for one in said)


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("inputs.json", ("pool", "fen"), 50_000_002, "result.json"),
        ("inputs.json", ("facts", 0, "value"), 13, "result.json"),
        ("result.json", ("lines", 0, "fen"), 1, "result.json.lines[0].fen"),
        ("rules.json", ("pay_rules", 0, "body", "administration"), "1.1", "rules.json"),
        ("rules.json", ("funds", 0, "fed", 0, "fen"), 1_000_100, "rules.json.funds[0].fed"),
        ("rules.json", ("totals", 0, "approved_fen"), 100, "exceed its approved pay total"),
    ],
)
def test_changed_inputs_no_longer_give_the_result(
    content: bytes, tmp_path: Path, name: str, path: tuple[Any, ...], value: object, said: str
) -> None:
    def change(held: Any) -> None:
        place = held
        for step in path[:-1]:
            place = place[step]
        assert place[path[-1]] != value
        place[path[-1]] = value

    found = verified(changed(content, name, change), tmp_path).differences
    assert found and said in " ".join(found), found


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("state", "draft", "manifest.json.state: the manifest says draft, the journal says posted"),
        ("state", "computed", "manifest.json.state"),
        ("code_version", "made up", "manifest.json.code_version"),
        ("stage", "final", "manifest.json.stage"),
        ("books", "closed", "manifest.json.books"),
        ("run", 2, "manifest.json.state"),
    ],
)
def test_the_manifest_says_what_the_journal_and_the_books_say(
    content: bytes, tmp_path: Path, key: str, value: object, said: str
) -> None:
    """Digests and seal are made anew: what the manifest claims of the month is still found."""
    held = members(content)
    head = json.loads(held[MANIFEST])
    assert head[key] != value
    held[MANIFEST] = canonical({**head, key: value})
    found = verified(scene.put_together(held), tmp_path).differences
    assert found and said in " ".join(found), found


def test_what_is_not_checked_is_said(content: bytes, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(content)
    call_command("verify_month", str(file), language="en")
    said = capsys.readouterr().out
    assert "not checked: whether it is the file the house handed out" in said
    assert "not checked: seals of the journal" in said and "not checked: code_version" not in said
    call_command("verify_month", str(file), digest=scene.digest(content), language="en")
    assert "handed out" not in capsys.readouterr().out
    held = members(content)
    head = json.loads(held[MANIFEST])
    del head["stage"]
    held[MANIFEST] = canonical(head)
    assert (
        "stage: the manifest names no step of the month"
        in verified(scene.put_together(held), tmp_path).unchecked
    )


def test_a_month_goes_through_its_steps_and_stays_identical(paid: World, tmp_path: Path) -> None:
    with inside(paid):
        stages.publish(by=paid.luo, month=OCTOBER, now=payout.PUBLISHED)
    content = bundle_of(paid)
    assert json.loads(members(content)[MANIFEST])["stage"] == "published"
    assert verified(content, tmp_path).differences == ()


def test_a_row_of_the_journal_cannot_be_changed_or_left_out(content: bytes, tmp_path: Path) -> None:
    held = members(content)
    lines = held["journal.jsonl"].splitlines(keepends=True)
    for left in (lines[1:], lines[:-1], lines[:1] + lines[2:]):
        held["journal.jsonl"] = b"".join(left)
        found = verified(scene.put_together(held), tmp_path).differences
        assert found and ("journal.jsonl" in found[0] or "manifest.json.journal" in found[0])

    def other(row: dict[str, Any]) -> None:
        row["who"] = "M-0000000000000000"

    said = verified(changed(content, "journal.jsonl", other, 0), tmp_path).differences
    assert said and "journal.jsonl:1.chain" in said[0]


@pytest.fixture
def paid_out(paid: World) -> World:
    """The lots have left, the bank has answered: one payment came back."""
    with inside(paid):
        stages.publish(by=paid.luo, month=OCTOBER, now=payout.PUBLISHED)
        payout.stand(paid, PayLine.objects.filter(fen__gt=0).select_related("staff"))
        for lot in payout.exported(paid):
            payout.answered(paid, lot, payout.answer(lot, {2: "退票"}))
            answering.settle(by=paid.cai, lot=lot, now=payout.PAYDAY)
    return paid


def test_what_was_paid_out_is_there_without_accounts(paid_out: World, tmp_path: Path) -> None:
    content = bundle_of(paid_out)
    assert verified(content, tmp_path).differences == ()
    found = rows(content, "lots.jsonl")
    assert [row["state"] for row in found if row["row"] == "payment"] == ["paid", "returned", "paid", "paid"]
    whole = b"\n".join(members(content).values()).decode()
    with inside(paid_out):
        for staff in Staff.objects.all():
            assert payout.number(staff) not in whole and staff.name not in whole

    def more(row: dict[str, Any]) -> None:
        row["fen"] += 100
        row["parts"][0]["fen"] += 100

    place = _first(content, "lots.jsonl", "payment")
    said = verified(changed(content, "lots.jsonl", more, place), tmp_path).differences
    assert any("of a line of" in one for one in said) and any("pay.lots of paid:" in one for one in said)
    held, lots = members(content), rows(content, "lots.jsonl")
    place = next(at for at, row in enumerate(lots) if row.get("state") == "returned")
    held["lots.jsonl"] = b"".join(canonical(row) + b"\n" for row in lots if row is not lots[place])
    said = verified(scene.put_together(held), tmp_path).differences
    assert any("lots.jsonl" in one and ".payments" in one for one in said), said
    change = _set("state", "made")
    said = verified(changed(content, "lots.jsonl", change, place), tmp_path).differences
    assert any(".parts[0].ended" in one for one in said), said


def test_a_roster_corrected_later_leaves_every_pool_proved(paid: World, tmp_path: Path) -> None:
    """The frozen roster changes by two people alone; each pool is divided again by its own."""
    with inside(paid):
        row = RosterRow.objects.filter(staff__kind="nurse").order_by("pk")[0]
        with pytest.raises(DatabaseError, match="the roster is frozen"), transaction.atomic():
            RosterRow.objects.filter(pk=row.pk).update(days=9, leave_days=9)
        line = {**rosters.values(rosters.said(row)), "days": Decimal(9), "leave_days": Decimal(9)}
        change = rosters.enter(
            by=paid.luo, month=OCTOBER, staff=row.staff, institution=row.institution,
            department=row.department, line=line, reason="漏记病假", now=timezone.now(),
        )  # fmt: skip
        rosters.confirm(by=paid.cai, row=change, now=timezone.now())
        row.refresh_from_db()
        assert row.days == 9
    found = verified(bundle_of(paid), tmp_path)
    assert found.differences == () and found.unproved == ()


def test_people_registered_otherwise_later_are_said_and_the_fen_still_proved(
    paid: World, tmp_path: Path
) -> None:
    with inside(paid):
        Staff.objects.filter(kind="nurse").update(kind="technician")
    found = verified(bundle_of(paid), tmp_path)
    assert found.differences == () and found.unproved == (AWARD, BONUS)


def test_a_month_without_pay_is_identical_too(qinghe: World, tmp_path: Path) -> None:
    compute(qinghe)
    found = verified(bundle_of(qinghe), tmp_path)
    assert found.differences == () and (found.state, found.lines) == ("computed", 0)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b'{"kind": "xietong.month"}', b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_bundle_is_refused(body: bytes, tmp_path: Path) -> None:
    with pytest.raises(BundleRefused):
        verified(body, tmp_path)
    file = tmp_path / "x"
    file.write_bytes(body)
    with pytest.raises(CommandError, match="no bundle"):
        call_command("verify_month", str(file), language="en")


def test_export_is_a_right_of_its_own(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        run = months.current(OCTOBER)
        assert run is not None
        for name in ("su", "lin", "kong"):
            with pytest.raises(PermissionDenied):
                exporting.export(by=qinghe.people[name], run=run, out=io.BytesIO(), now=timezone.now())


def test_an_auditor_takes_the_bundle_and_nothing_else_is_handed_out_to_them(
    paid: World, tmp_path: Path
) -> None:
    """Who trusts nothing recomputes it; the file names nobody, and the journal says who took it."""
    auditor = paid.client("ding")
    assert not paid.ding.can("export.run") and roles()["auditor"].second_factor
    assert "/months/2026-10/export/" in auditor.get("/a/qinghe/months/2026-10/").content.decode()
    answer = auditor.get("/a/qinghe/months/2026-10/export/")
    body = b"".join(answer.streaming_content)
    assert answer.status_code == 200 and verified(body, tmp_path).differences == ()
    with inside(paid):
        entry = Journal.objects.get(verb="month.exported", membership=paid.ding)
        assert entry.detail["digest"] == scene.digest(body)
        names = [one.name for one in Staff.objects.all()]
    held = b"".join(members(body).values()).decode()
    assert names and not any(name in held for name in names)
    assert auditor.get("/a/qinghe/data/alliance/staff/export/").status_code in (403, 404)


def test_memory_does_not_grow_with_the_rows(paid: World, tmp_path: Path) -> None:
    """A hundred times the entries of a month are written and read row by row."""
    from performance.bundle import Writer
    from performance.bundle.archive import Archive

    def row(number: int) -> dict[str, object]:
        return {"row": "post", "person": f"P-{number:016x}", "fen": number, "text": "x" * 200}

    peaks = []
    for count in (2_000, 40_000):
        file = tmp_path / f"{count}.zip"
        tracemalloc.start()
        with file.open("wb") as out:
            writer = Writer(out, {"alliance": "qinghe", "month": "2026-10"})
            writer.lines("roster.jsonl", (row(number) for number in range(count)))
            writer.close()
        held = Archive(file)
        assert list(held.altered()) == [] and sum(1 for _one in held.lines("roster.jsonl")) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000, peaks
