"""Messages to the outside: off by themselves, addresses of two people, told once, sent at most once."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.urls import NoReverseMatch, reverse

from alliance.messaging import outbox, senders, services
from alliance.messaging.outbox import MessageRefused
from alliance.models import Journal, MessageAddress, MessageTold, Outbox
from alliance.services import inbox
from alliance.services.inbox import Todo
from alliance.tasks import send_messages
from alliance.tenancy.scope import act_in
from tests.messaging.servers import Taken, mail_server, robot
from tests.world import World, make_world

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 9:00 in Beijing
LATE = Todo("late", "患者王小明的转诊", "为什么", "/a/qinghe/referrals/7/", NOW - timedelta(hours=3))
SOON = Todo("warn", "3 份病例文件", "", "/a/qinghe/case-files/?view=open", None, 3)


@pytest.fixture
def inboxes(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Todo]]:
    """What waits is what the test says, for everybody."""
    waits: dict[str, list[Todo]] = {"referrals": [LATE], "grouping": [SOON]}
    monkeypatch.setattr(inbox, "_todos", {name: lambda by, now, name=name: waits[name] for name in waits})
    return waits


@pytest.fixture
def post(settings: Any) -> Iterator[Taken]:
    """A mail server that is really there, and the channel switched on."""
    with mail_server() as taken:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.port
        settings.MESSAGE_CHANNELS, settings.SITE_URL = ["mail"], "https://yilianti.example"
        yield taken


@pytest.fixture
def town(own_database: str) -> World:
    """The cast in a database of the test's own: senders work between transactions."""
    return make_world()


def address(
    world: World, channel: str = "mail", text: str = "luo@example.org", secret: str = ""
) -> MessageAddress:
    """An address of Luo's, entered by one and confirmed by another."""
    with act_in(world.qinghe), transaction.atomic():
        row = services.enter(
            by=world.su, member=world.luo, channel=channel, address=text, now=NOW, secret=secret
        )
        return services.confirm(by=world.meng, row=row, now=NOW)


def chosen(world: World, digest: time | None = time(8, 30), at_once: bool = False) -> MessageAddress:
    row = address(world)
    with act_in(world.qinghe), transaction.atomic():
        services.choose(by=world.luo, row=row, digest_at=digest, at_once=at_once)
    return row


def work(world: World, now: datetime = NOW) -> int:
    with act_in(world.qinghe):
        with transaction.atomic():
            services.write_due(now)
        return outbox.send_due(now)


def states(world: World) -> list[str]:
    with act_in(world.qinghe), transaction.atomic():
        return list(Outbox.objects.order_by("pk").values_list("state", flat=True))


def read(text: str) -> tuple[str, str]:
    """Subject and body of a letter."""
    from email.header import decode_header, make_header

    letter = message_from_bytes(text.encode())
    return str(make_header(decode_header(letter["Subject"]))), base64_or_plain(letter)


def base64_or_plain(letter: Any) -> str:
    body = letter.get_payload()
    if letter["Content-Transfer-Encoding"] == "base64":
        return base64.b64decode(body).decode()
    return letter.get_payload(decode=True).decode()


def test_a_digest_comes_once_a_day_and_says_counts_kinds_and_a_link(
    town: World, post: Taken, inboxes: Any
) -> None:
    chosen(town)
    assert work(town, NOW - timedelta(hours=1)) == 0
    assert work(town) == 1 and work(town) == 0 and work(town, NOW + timedelta(hours=5)) == 0
    subject, body = read(post.texts[0])
    assert subject == "清河县医共体：待办 4 件，其中逾期 1 件"
    assert "双向转诊：1" in body and "https://yilianti.example/a/qinghe/inbox/" in body
    assert "王小明" not in post.texts[0] and "王小明" not in body and "referrals/7" not in body
    assert work(town, NOW + timedelta(days=1)) == 1 and len(post.texts) == 2
    assert states(town) == ["sent", "sent"]


def test_a_worker_that_answers_no_request_names_the_pages_of_the_alliance(
    town: World, post: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def provider(by: Any, now: datetime) -> list[Todo]:
        seen.append(reverse("disputes"))
        return [Todo("info", "x", "", seen[-1])]

    monkeypatch.setattr(inbox, "_todos", {"disputes": provider})
    chosen(town, digest=time(0, 0))
    send_messages()
    assert seen == ["/a/qinghe/disputes/"] and len(post.texts) == 1
    with pytest.raises(NoReverseMatch):
        reverse("disputes")


def test_nothing_is_sent_by_itself_neither_without_a_choice_nor_with_the_channel_off(
    town: World, post: Taken, inboxes: Any, settings: Any
) -> None:
    row = address(town)
    assert work(town) == 0
    with act_in(town.qinghe), transaction.atomic():
        services.choose(by=town.luo, row=row, digest_at=time(8, 30), at_once=True)
    settings.MESSAGE_CHANNELS = []
    send_messages()
    assert states(town) == [] and post.texts == []
    settings.MESSAGE_CHANNELS = ["mail"]
    with act_in(town.qinghe), transaction.atomic():
        services.end(by=town.luo, row=row, now=NOW)
    assert work(town) == 0


def test_what_is_late_is_told_at_once_and_each_thing_once(town: World, post: Taken, inboxes: Any) -> None:
    chosen(town, digest=None, at_once=True)
    assert work(town) == 1 and work(town) == 0
    inboxes["referrals"] = [
        LATE, Todo("late", "另一件", "", "/a/qinghe/referrals/8/", NOW), Todo("info", "x", "", "/y/")
    ]  # fmt: skip
    assert work(town) == 1
    assert read(post.texts[1])[0].endswith("待办 1 件，其中逾期 1 件")
    with act_in(town.qinghe), transaction.atomic():
        assert MessageTold.objects.count() == 2


def test_two_workers_at_once_write_and_send_one(town: World, post: Taken, inboxes: Any) -> None:
    chosen(town, at_once=True)
    sent: list[int] = []

    def worker() -> None:
        sent.append(work(town))
        connections.close_all()

    threads = [threading.Thread(target=worker) for _n in range(4)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert sum(sent) == len(post.texts) == 2 and states(town) == ["sent", "sent"]


def test_a_worker_killed_between_sending_and_writing_it_down_sends_nothing_twice(
    town: World, post: Taken, inboxes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(town)

    class Killed(BaseException):
        pass

    def die(*args: object, **more: object) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_end", die)
        with pytest.raises(Killed):
            work(town)
    assert len(post.texts) == 1 and states(town) == ["sending"]
    assert work(town, NOW + timedelta(minutes=5)) == 0 and states(town) == ["sending"]
    assert work(town, NOW + timedelta(minutes=11)) == 0
    assert len(post.texts) == 1 and states(town) == ["uncertain"]
    with act_in(town.qinghe), transaction.atomic():
        row = Outbox.objects.get()
        with pytest.raises(PermissionDenied):
            outbox.again(by=town.lin, row=row, now=NOW)
    page = town.client("su", HTTP_ACCEPT_LANGUAGE="en").get("/a/qinghe/messages/outbox/").content.decode()
    assert "uncertain" in page and "the worker ended while it was sending" in page
    assert town.client("su").post(f"/a/qinghe/messages/outbox/{row.pk}/again/").status_code == 302
    later = datetime.now(UTC) + timedelta(minutes=1)
    with act_in(town.qinghe):
        assert outbox.send_due(later) == 1
    assert len(post.texts) == 2 and states(town) == ["sent"]


def test_what_is_refused_is_tried_again_ever_later_and_then_fails_visibly(
    town: World, post: Taken, inboxes: Any
) -> None:
    chosen(town)
    post.manner = "refuse"
    now = NOW
    for attempt in range(1, 6):
        assert work(town, now) == 0
        assert states(town) == ["failed" if attempt == 5 else "waiting"]
        now += timedelta(minutes=2**attempt)
        assert work(town, now - timedelta(seconds=1)) == 0
    assert post.texts == []
    page = town.client("meng", HTTP_ACCEPT_LANGUAGE="en").get("/a/qinghe/messages/outbox/").content.decode()
    assert "SMTPRecipientsRefused" in page and "luo@example.org" not in page


def test_a_server_that_hangs_up_after_the_text_leaves_it_uncertain(
    town: World, post: Taken, inboxes: Any
) -> None:
    chosen(town)
    post.manner = "hang up"
    assert work(town) == 0 and states(town) == ["uncertain"] and len(post.texts) == 1
    assert work(town, NOW + timedelta(hours=2)) == 0 and len(post.texts) == 1


@pytest.mark.parametrize("channel", ["wecom", "dingtalk"])
def test_a_robot_is_posted_to_by_https_at_an_allowed_host(
    town: World, inboxes: Any, settings: Any, tmp_path: Path, channel: str
) -> None:
    with robot(tmp_path) as taken:
        host = f"localhost:{taken.port}"
        settings.MESSAGE_CHANNELS, settings.WEBHOOK_HOSTS = [channel], [host]
        settings.WEBHOOK_CA_FILE = taken.ca
        row = address(town, channel, f"https://{host}/cgi-bin/webhook/send?key=abc")
        with act_in(town.qinghe), transaction.atomic():
            services.choose(by=town.luo, row=row, digest_at=time(8), at_once=False)
        assert work(town) == 1 and states(town) == ["sent"]
        said = json.loads(taken.texts[0])
        assert said["msgtype"] == "text" and "待办 4 件" in said["text"]["content"]
        for manner, state in (("refuse", "waiting"), ("moved", "waiting"), ("error", "uncertain")):
            taken.manner = manner
            day = NOW + timedelta(days=len(states(town)))
            assert work(town, day) == 0 and states(town)[-1] == state
            with act_in(town.qinghe), transaction.atomic():
                Outbox.objects.filter(state="waiting").update(try_at=NOW + timedelta(days=99))
        settings.WEBHOOK_CA_FILE = ""
        assert work(town, NOW + timedelta(days=9)) == 0 and states(town)[-1] == "waiting"
        settings.WEBHOOK_HOSTS = ["qyapi.weixin.qq.com"]
        with pytest.raises(senders.NotTaken):
            senders.wecom(f"https://{host}/", senders.Letter("t", "x", "k"))


SIGNED = "SEC0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(("secret", "state"), [(SIGNED, "sent"), (SIGNED[::-1], "waiting"), ("", "waiting")])
def test_a_robot_that_wants_signatures_gets_them(
    town: World, inboxes: Any, settings: Any, tmp_path: Path, secret: str, state: str
) -> None:
    with robot(tmp_path) as taken:
        taken.secret = SIGNED
        host = f"localhost:{taken.port}"
        settings.MESSAGE_CHANNELS, settings.WEBHOOK_HOSTS = ["dingtalk"], [host]
        settings.WEBHOOK_CA_FILE = taken.ca
        row = address(town, "dingtalk", f"https://{host}/robot/send?access_token=abc", secret=secret)
        with act_in(town.qinghe), transaction.atomic():
            services.choose(by=town.luo, row=row, digest_at=time(8), at_once=False)
        work(town)
        assert states(town) == [state] and len(taken.texts) == 1
        with act_in(town.qinghe), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select * from alliance_messageaddress")
            assert SIGNED not in str(cursor.fetchall())  # sealed at rest
            told = str(list(Journal.objects.values_list("detail", flat=True)))
            assert SIGNED not in told
        page = town.client("meng").get("/a/qinghe/messages/addresses/").content.decode()
        assert SIGNED not in page


def test_only_a_dingtalk_robot_has_a_secret(town: World, settings: Any) -> None:
    settings.MESSAGE_CHANNELS, settings.WEBHOOK_HOSTS = ["dingtalk", "wecom", "mail"], ["robot.example"]
    to = {"dingtalk": "https://robot.example/x", "wecom": "https://robot.example/x", "mail": "a@example.org"}
    wrong = [("wecom", SIGNED), ("mail", SIGNED), ("dingtalk", "short"), ("dingtalk", "a b" * 9)]
    with act_in(town.qinghe), transaction.atomic():
        for channel, secret in wrong:
            with pytest.raises(MessageRefused, match="signing secret"):
                services.enter(
                    by=town.su, member=town.luo, channel=channel, address=to[channel], now=NOW, secret=secret
                )


@pytest.mark.parametrize(
    "text",
    [
        "http://qyapi.weixin.qq.com/x", "https://evil.example/x", "https://qyapi.weixin.qq.com@evil.example/",
        "https://u:p@qyapi.weixin.qq.com/", "https://qyapi.weixin.qq.com:8443/", "file:///etc/passwd",
        "https://127.0.0.1/", "//qyapi.weixin.qq.com/", "https://[::1", "",
    ],
)  # fmt: skip
def test_no_other_address_is_taken(world: World, settings: Any, text: str) -> None:
    settings.MESSAGE_CHANNELS = ["wecom"]
    assert not senders.allowed(text)
    with act_in(world.qinghe), transaction.atomic(), pytest.raises(MessageRefused):
        services.enter(by=world.su, member=world.luo, channel="wecom", address=text, now=NOW)


def test_one_enters_another_confirms_and_only_the_owner_chooses(world: World, settings: Any) -> None:
    settings.MESSAGE_CHANNELS = ["mail"]
    home = "/a/qinghe/messages"
    body = {"member": world.luo.pk, "channel": "mail", "address": "luo@example.org"}
    assert world.client("lin").post(f"{home}/addresses/", body).status_code == 403
    assert world.client("su").post(f"{home}/addresses/", body).status_code == 302
    again = world.client("su", HTTP_ACCEPT_LANGUAGE="en").post(f"{home}/addresses/", body)
    assert again.status_code == 400 and "End it first" in again.content.decode()
    wrong = world.client("su", HTTP_ACCEPT_LANGUAGE="en").post(
        f"{home}/addresses/", {**body, "member": world.meng.pk, "address": "nobody"}
    )
    assert wrong.status_code == 400 and 'value="nobody"' in wrong.content.decode()
    with act_in(world.qinghe), transaction.atomic():
        row = MessageAddress.objects.get()
        with pytest.raises(MessageRefused):
            services.choose(by=world.luo, row=row, digest_at=time(8), at_once=False)
        with pytest.raises(DatabaseError), transaction.atomic():
            MessageAddress.objects.update(confirmed_by=world.su, confirmed_at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            MessageAddress.objects.update(shown="other")
    world.client("su").post(f"{home}/addresses/{row.pk}/confirm/")
    early = world.client("luo").post(f"{home}/{row.pk}/choose/", {"digest_at": "08:30"})
    assert early.status_code == 400
    assert world.client("meng").post(f"{home}/addresses/{row.pk}/confirm/").status_code == 302
    assert world.client("lin").post(f"{home}/{row.pk}/choose/", {"digest_at": "08:30"}).status_code == 404
    assert world.client("luo").post(f"{home}/{row.pk}/choose/", {"digest_at": "08:30"}).status_code == 302
    page = world.client("luo").get(f"{home}/").content.decode()
    assert 'value="08:30"' in page and "lu***@example.org" in page and "luo@example.org" not in page
    with act_in(world.qinghe), transaction.atomic():
        verbs = set(Journal.objects.values_list("verb", flat=True))
    assert {"message.address_entered", "message.address_confirmed", "message.chosen"} <= verbs


def test_the_database_keeps_the_steps_of_a_message(world: World, settings: Any, inboxes: Any) -> None:
    settings.MESSAGE_CHANNELS = ["mail"]
    row = address(world)
    with act_in(world.qinghe), transaction.atomic():
        services.choose(by=world.luo, row=row, digest_at=time(0, 1), at_once=False)
        assert services.write_due(NOW) == 1
        for change in ({"state": "sent", "sent_at": NOW}, {"state": "uncertain"}, {"sent_at": NOW}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Outbox.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            MessageTold.objects.create(address=row, thing=MessageTold.objects.get().thing, at=NOW)
