"""Who opens the sealed box: attacks by one administrator alone, and the honest way by two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.approvals.models import Approval
from alliance.messaging import services as messages
from alliance.models import Institution, Journal, Membership, Outbox, Parameter, User
from alliance.services import inbox, memberships
from alliance.sql import own_sign_in
from alliance.tenancy.scope import act_in
from complaints.models import BoxDeed, BoxKeeper, Report
from complaints.services import box, keepers
from complaints.services.refusals import ComplaintRefused
from performance.demonstration.complaints import _keeper
from performance.demonstration.ground import Ground
from tests.complaints.scene import appoint, paper, passed
from tests.world import PASSWORD, World, member

COUNCIL = (("lishi1", "沈理", None, "council"), ("lishi2", "陶理", None, "council"))
PAGE = "/a/qinghe/complaints/box/keepers/"


@pytest.fixture
def qinghe(qinghe: World) -> World:
    """The cast with a keeper."""
    appoint(qinghe, qinghe.ji)
    return qinghe


@pytest.fixture
def ready(ready: World) -> World:
    """The same, and no alliance open."""
    with act_in(ready.qinghe):
        appoint(ready, ready.ji)
    return ready


def now() -> Any:
    return timezone.now()


def state(who: Membership) -> list[str]:
    found = keepers.standings(timezone.localdate())
    return [one.state for one in found if one.keeper.membership_id == who.pk]


def second_admin(world: World) -> Membership:
    return member("su2", "苏二", None, "alliance_admin")


def refused_by_the_database(statement: str, *values: Any) -> str:
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(told.value)


def made_by(by: Membership, name: str, *roles: str, place: Institution | None = None) -> Membership:
    """A member an administrator makes alone, with a sign-in the administrator knows the password of."""
    row = Membership(institution=place, roles=list(roles))
    memberships.grant(by=by, membership=row, username=name, name=name)
    return row


def test_the_role_alone_opens_nothing(qinghe: World) -> None:
    box.file(institution=qinghe.lead, text="虚假住院", mark="r", now=now())
    puppet = made_by(qinghe.su, "puppet", "discipline")
    with pytest.raises(PermissionDenied):
        box.listed(by=puppet)
    with box._open(f"m:{puppet.pk}"):  # past the application: the policy asks by itself
        assert Report.objects.count() == 0
    for guess in ("open", "", "m:0", "k:", "k:x"):
        with box._open(guess):
            assert Report.objects.count() == 0
    # The administrator proposes the puppet: only another keeper can consent.
    row = keepers.propose(by=qinghe.su, member=puppet, reason="说明理由", until=None, now=now())
    for who in (qinghe.su, puppet, qinghe.luo):
        with pytest.raises(ComplaintRefused, match="keeper of the sealed box"):
            keepers.consent(by=who, keeper=row)
    assert not box.may_open(puppet)
    keepers.consent(by=qinghe.ji, keeper=row)
    assert box.may_open(puppet) and len(box.listed(by=puppet)) == 1
    verbs = set(Journal.objects.filter(about_kind="complaints.boxkeeper").values_list("verb", flat=True))
    assert {"box_keeper.proposed", "box_keeper.consented"} <= verbs


def test_sql_of_the_application_makes_no_keeper(qinghe: World) -> None:
    puppet = made_by(qinghe.su, "puppet", "discipline")
    row = keepers.propose(by=qinghe.su, member=puppet, reason="说明理由", until=None, now=now())
    deed = (
        "insert into complaints_boxdeed (alliance_id, keeper_id, what, cause, by_id, approval_id, at)"
        " values (%s, %s, 'consented', '', %s, %s, now())"
    )
    for by in (qinghe.su.pk, puppet.pk, qinghe.luo.pk):
        assert "another keeper" in refused_by_the_database(deed, qinghe.qinghe.pk, row.pk, by, None)
    theirs = Approval.objects.get()  # that of the first keeper is about another appointment
    signed = (qinghe.qinghe.pk, row.pk, qinghe.su.pk, theirs.pk)
    assert "another keeper" in refused_by_the_database(deed, *signed)
    keepers.end(by=qinghe.ji, keeper=BoxKeeper.objects.get(membership=qinghe.ji))
    assert "no decision" in refused_by_the_database(deed, *signed)
    columns = "alliance_id, membership_id, user_id, reason, proposed_by_id, proposed_at"
    keeper = f"insert into complaints_boxkeeper ({columns})"
    refused_by_the_database(
        f"{keeper} values (%s, %s, %s, 'x', %s, now())",
        qinghe.qinghe.pk, qinghe.ji.pk, qinghe.su.user_id, qinghe.luo.pk,
    )  # fmt: skip
    refused_by_the_database("update complaints_boxkeeper set membership_id = %s", puppet.pk)
    refused_by_the_database("delete from complaints_boxdeed where what = 'suspended'")
    # A membership handed to another person opens nothing.
    with connection.cursor() as cursor:
        cursor.execute(
            "update alliance_membership set user_id = %s where id = %s",
            [User.objects.create_user("thief").pk, qinghe.ji.pk],
        )
    assert not box.may_open(Membership.objects.get(pk=qinghe.ji.pk))


def test_the_first_keeper_needs_a_paper_of_two_whose_keys_the_proposer_does_not_hold(world: World) -> None:
    with act_in(world.qinghe):
        ji = member("ji", "纪明正", None, "discipline")
        row = keepers.propose(by=world.su, member=ji, reason="说明理由", until=None, now=now())
        puppets = [made_by(world.su, f"p{n}", "council") for n in (1, 2)]
        for pair in (puppets, [world.luo, puppets[0]], [world.su, world.luo]):
            with pytest.raises(ComplaintRefused, match="scan"), transaction.atomic():
                paper(*pair, row)
        for lacking in ({"attachment": None}, {"document": " "}):
            with pytest.raises(ComplaintRefused, match="scan"), transaction.atomic():
                paper(world.luo, world.meng, row, **lacking)
        # Resetting real people's sign-ins makes them the administrator's own hands.
        with transaction.atomic():
            memberships.reset_password(by=world.su, membership=world.meng)
            with pytest.raises(ComplaintRefused, match="scan"), transaction.atomic():
                paper(world.luo, world.meng, row)
            transaction.set_rollback(True)
    with act_in(world.qinghe), transaction.atomic():
        assert not box.may_open(ji)
        paper(world.luo, world.meng, row)
        assert not box.may_open(ji) and state(ji) == ["announced"]
        passed(6)
        assert not box.may_open(ji)
        passed(8)
        assert box.may_open(ji) and state(ji) == ["stands"]


def captured(world: World) -> tuple[Membership, BoxKeeper]:
    """Sign-ins one administrator made, and a forged scan: proposer, keeper, who enters and who checks."""
    proposer, puppet = made_by(world.su, "p1", "council"), made_by(world.su, "p2", "discipline")
    enters, checks = (made_by(world.su, name, "performance_office") for name in ("p3", "p4"))
    row = keepers.propose(by=proposer, member=puppet, reason="说明理由", until=None, now=now())
    paper(enters, checks, row)
    return puppet, row


def test_a_captured_box_stays_shut_while_council_and_discipline_are_told_and_may_object(
    world: World, settings: Any
) -> None:
    settings.MESSAGE_CHANNELS = ["mail"]
    with act_in(world.qinghe), transaction.atomic():
        council, other = (member(*one) for one in COUNCIL)
        second = second_admin(world)
        for one in (council, other):
            address = messages.enter(
                by=world.su, member=one, channel="mail", address=f"{one.user.username}@qinghe.example",
                now=now(),
            )  # fmt: skip
            messages.confirm(by=second, row=address, now=now())
        puppet, row = captured(world)
        box.file(institution=world.lead, text="虚假住院", mark="r", now=now())
        assert not box.may_open(puppet)
        with pytest.raises(PermissionDenied):
            box.listed(by=puppet)
        told = Outbox.objects.filter(address__membership__in=[council, other])
        assert len(told) == 2 and all("p2" in one.body["title"] for one in told)
        assert Journal.objects.get(verb="box_keeper.told").detail["messages"] == 2
        # The application cannot hasten it, nor move the day it takes effect.
        deed = (
            "insert into complaints_boxdeed (alliance_id, keeper_id, what, cause, note, by_id, at, opens_at)"
        )
        refused_by_the_database(
            f"{deed} values (%s, %s, 'consented', '', '', %s, now(), now() - interval '9 days')",
            world.qinghe.pk, row.pk, world.luo.pk,
        )  # fmt: skip
        refused_by_the_database("update complaints_boxdeed set opens_at = now()")
        with pytest.raises(PermissionDenied):
            keepers.object_to(by=world.luo, keeper=row, reason="说明理由")
        with pytest.raises(ComplaintRefused, match="few words"):
            keepers.object_to(by=council, keeper=row, reason=" ")
    with override_settings(ROOT_URLCONF=settings.ALLIANCE_URLCONF), act_in(world.qinghe):
        due = [one.due for one in inbox.waiting(by=council, now=now()) if "keepers" in one.url]
        assert len(due) == 1 and due[0] is not None and due[0] > now() + timedelta(days=6)
    with act_in(world.qinghe), transaction.atomic():
        keepers.object_to(by=council, keeper=row, reason="理事会没有作过这个决定")
        assert state(puppet) == ["ended"]
        with pytest.raises(ComplaintRefused, match="already"):
            keepers.object_to(by=other, keeper=row, reason="说明理由")
        passed(30)
        assert not box.may_open(puppet)


def test_an_objection_comes_in_time_and_the_days_are_a_decided_number(world: World) -> None:
    with act_in(world.qinghe), transaction.atomic():
        council = member(*COUNCIL[0])
        puppet, row = captured(world)
        passed(8)
        assert box.may_open(puppet)
        with pytest.raises(ComplaintRefused, match="taken effect"):
            keepers.object_to(by=council, keeper=row, reason="迟了")
        last = Parameter.objects.filter(key="sealed_box.objection").order_by("-from_date")[0]
        Parameter.objects.create(
            key=last.key, value=0, from_date=timezone.localdate(), decided_by="x", source="x"
        )
        keepers.end(by=world.su, keeper=row)
        ji = member("ji", "纪明正", None, "discipline")
        fresh = keepers.propose(by=world.su, member=ji, reason="说明理由", until=None, now=now())
        with pytest.raises(ComplaintRefused, match="one or more"), transaction.atomic():
            paper(world.luo, world.meng, fresh)


def test_the_page_says_from_when_and_takes_an_objection_with_its_reason(ready: World) -> None:
    with act_in(ready.qinghe):
        ready.people["lishi1"] = member(*COUNCIL[0])
        passed(0)
        keepers.end(by=ready.su, keeper=BoxKeeper.objects.get(membership=ready.ji))
        _puppet, row = captured(ready)
    client = ready.client("lishi1")
    body = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "异议期内" in body and "提出异议" in body
    assert ready.client("luo").post(f"{PAGE}{row.pk}/object/", {"reason": "说明理由"}).status_code == 403
    assert client.post(f"{PAGE}{row.pk}/object/", {"reason": ""}).status_code == 400
    assert client.post(f"{PAGE}{row.pk}/object/", {"reason": "没有这个决定"}).status_code == 302
    body = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "没有这个决定" in body and "异议期内" not in body


def test_a_reset_by_somebody_else_shuts_the_box_until_the_right_hands_confirm(qinghe: World) -> None:
    ji, other = qinghe.ji, member("shi", "石衡", None, "discipline")
    row = keepers.propose(by=qinghe.su, member=other, reason="说明理由", until=None, now=now())
    keepers.consent(by=ji, keeper=row)
    phone = TOTPDevice.objects.create(user=ji.user, confirmed=True, name="phone")
    keeper = BoxKeeper.objects.get(membership=ji)
    memberships.reset_password(by=qinghe.su, membership=ji)
    assert state(ji) == ["suspended"] and not box.may_open(ji) and box.may_open(other)
    # The administrator signs in with the new password: no phone of before, no way in.
    with pytest.raises(ComplaintRefused, match="phone"):
        keepers.resume(by=ji, keeper=keeper, device=None)
    late = TOTPDevice.objects.create(user=ji.user, confirmed=True, name="new")
    TOTPDevice.objects.filter(pk=late.pk).update(created_at=now() + timedelta(minutes=1))
    with pytest.raises(ComplaintRefused, match="phone"):
        keepers.resume(by=ji, keeper=keeper, device=TOTPDevice.objects.get(pk=late.pk))
    TOTPDevice.objects.filter(pk=phone.pk).update(created_at=now() - timedelta(days=1))
    keepers.resume(by=ji, keeper=keeper, device=TOTPDevice.objects.get(pk=phone.pk))
    assert box.may_open(ji)
    # Both at once: the owner proves nothing any more; the other keeper confirms.
    memberships.reset_password(by=qinghe.su, membership=ji)
    memberships.reset_second_factor(by=qinghe.su, membership=ji)
    with pytest.raises(ComplaintRefused):
        keepers.resume(by=ji, keeper=keeper, device=TOTPDevice(created_at=now() - timedelta(days=9)))
    with pytest.raises(ComplaintRefused, match="Another keeper"):
        keepers.resume(by=qinghe.su, keeper=keeper, device=None)
    keepers.resume(by=other, keeper=keeper, device=None)
    assert box.may_open(ji)


def test_also_a_password_written_by_sql_shuts_the_box_and_ones_own_change_does_not(ready: World) -> None:
    world = ready
    own_sign_in(world.ji.user_id)
    world.ji.user.set_password(PASSWORD)
    world.ji.user.save()
    with connection.cursor() as cursor:  # the end of that person's transaction
        cursor.execute("select set_config('app.own_sign_in', '', true)")
    fresh = {"new_password1": "another long phrase", "new_password2": "another long phrase"}
    answer = world.client("ji").post("/sign-in/password/", {"old_password": PASSWORD, **fresh})
    assert answer.status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.own_sign_in', '', true)")
    with act_in(world.qinghe), transaction.atomic():
        assert box.may_open(world.ji)
        with connection.cursor() as cursor:
            cursor.execute("update alliance_user set password = 'x' where id = %s", [world.ji.user_id])
        assert not box.may_open(world.ji)


def test_pages_tell_who_opens_the_box_and_the_inbox_of_keepers_says_it(ready: World) -> None:
    with act_in(ready.qinghe):
        shi = member("shi", "石衡", None, "discipline")
        ready.people["shi"] = shi
    admin, ji = ready.client("su"), ready.client("ji")
    assert admin.get("/a/qinghe/complaints/box/").status_code == 403
    answer = admin.post(PAGE, {"member": shi.pk, "reason": "轮岗", "until": ""})
    assert answer.status_code == 302
    with act_in(ready.qinghe):
        row = BoxKeeper.objects.get(membership=shi)
    assert admin.post(f"{PAGE}{row.pk}/consent/").status_code == 409
    assert ready.client("shi").get("/a/qinghe/complaints/box/")["Location"].endswith("/box/keepers/")
    with override_settings(ROOT_URLCONF=settings.ALLIANCE_URLCONF), act_in(ready.qinghe):
        told = [one.what for one in inbox.waiting(by=ready.ji, now=now()) if "keepers" in one.url]
    assert len(told) == 1
    assert ji.post(f"{PAGE}{row.pk}/consent/").status_code == 302
    assert ready.client("shi").get("/a/qinghe/complaints/box/").status_code == 200
    body = ji.get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "石衡" in body and "轮岗" in body
    # The administrator resets: the other keeper is told, and the one concerned.
    with act_in(ready.qinghe):
        memberships.reset_password(by=ready.su, membership=shi)
    with override_settings(ROOT_URLCONF=settings.ALLIANCE_URLCONF), act_in(ready.qinghe):
        told = [(one.state, one.url) for one in inbox.waiting(by=ready.ji, now=now()) if "keepers" in one.url]
        assert "warn" in dict(told)
        own = [one.state for one in inbox.waiting(by=shi, now=now()) if "keepers" in one.url]
        assert own == ["late"]
    assert ji.post(f"{PAGE}{row.pk}/resume/").status_code == 302
    with act_in(ready.qinghe):
        assert BoxDeed.objects.filter(keeper=row, what="suspended", cause="password").exists()
        assert box.may_open(shi)


def test_roles_changed_in_data_maintenance_open_nothing(ready: World) -> None:
    with act_in(ready.qinghe):
        box.file(institution=ready.lead, text="虚假住院", mark="r", now=now())
        luo = ready.luo
    data = {"roles": [*luo.roles, "discipline"], "institution": "", "department": "", "is_active": "on"}
    done = ready.client("su").post(f"/a/qinghe/data/alliance/membership/{luo.pk}/change/", data)
    assert done.status_code == 302
    with act_in(ready.qinghe):
        changed = Membership.objects.get(pk=luo.pk)
        assert "discipline" in changed.roles and not box.may_open(changed)
    answer = ready.client("luo").get("/a/qinghe/complaints/box/")
    assert answer.status_code == 302 and answer["Location"].endswith("/box/keepers/")
    with act_in(ready.jiangzhou):
        assert keepers.standings(timezone.localdate()) == []


def test_the_demonstration_appoints_its_inspector_in_the_same_way(world: World) -> None:
    with act_in(world.qinghe):
        ji = member("ji", "纪明正", None, "discipline")
        people = {"ji": ji, "su": world.su}
        _keeper(Ground(world.qinghe, {}, {}, people, [world.luo, world.meng], world.lin), now())
        assert state(ji) == ["announced"]
        passed(8)
        assert box.may_open(ji)
