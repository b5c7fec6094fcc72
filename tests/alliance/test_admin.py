"""Data maintenance: scoped lists, choices and forms; memberships; nothing in Django's log (walls.md 1)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.models import (
    Department,
    Institution,
    Journal,
    Membership,
    RosterRow,
    Staff,
    User,
    WorkCalendarDay,
)
from alliance.services import people
from alliance.tenancy.scope import act_in
from alliance.web.admin_site import site
from tests.referrals.scene import number_of
from tests.world import World

DATA = "/a/qinghe/data/alliance"


def journaled(world: World, verb: str) -> list[dict]:
    with act_in(world.qinghe):
        return list(Journal.objects.filter(verb=verb).values_list("detail", flat=True))


def test_every_model_of_the_admin_is_scoped() -> None:
    from alliance.admin.base import AllianceAdmin

    assert site._registry and all(isinstance(one, AllianceAdmin) for one in site._registry.values())


def test_a_lazy_list_and_a_form_with_a_choice_render_inside_the_alliance(world: World) -> None:
    """With a transaction around the view alone, templates would find empty lists."""
    client = world.client("su")
    page = client.get(f"{DATA}/department/").content.decode()
    assert "清河县人民医院" in page and "江州" not in page
    form = client.get(f"{DATA}/department/add/").content.decode()
    assert form.count("<option") > 4 and "石桥镇中心卫生院" in form and "江州" not in form
    assert client.get("/a/qinghe/data/").status_code == 200


def test_an_institutions_member_sees_and_chooses_its_own_place_only(world: World) -> None:
    client = world.client("lin")
    page = client.get(f"{DATA}/department/").content.decode()
    assert "清河县人民医院" in page and "清河县中医医院" not in page
    form = client.get(f"{DATA}/department/add/").content.decode()
    assert "清河县人民医院" in form and "清河县中医医院" not in form
    with act_in(world.qinghe):
        theirs = Department.objects.get(institution=world.tcm)
    for word in ("change", "delete", "history"):
        assert client.get(f"{DATA}/department/{theirs.pk}/{word}/").status_code in (403, 404)
    data = {"institution": world.tcm.pk, "code": "77", "name": "x", "kind": "clinical"}
    assert "institution" in client.post(f"{DATA}/department/add/", data).context["adminform"].form.errors
    assert client.get(f"{DATA}/institution/add/").status_code == 403
    assert (
        client.get(f"{DATA}/membership/").status_code == 403
        and client.get(f"{DATA}/person/").status_code == 403
    )


def test_n3_a_choice_of_the_other_alliance_is_refused_and_nothing_is_stored(world: World) -> None:
    data = {"institution": world.city_lead.pk, "code": "77", "name": "x", "kind": "clinical"}
    answer = world.client("su").post(f"{DATA}/department/add/", data)
    assert answer.status_code == 200 and "institution" in answer.context["adminform"].form.errors
    for alliance in (world.qinghe, world.jiangzhou):
        with act_in(alliance):
            assert not Department.objects.filter(code="77").exists()


@pytest.mark.parametrize(
    "query",
    ["institution__alliance__code=jiangzhou", "alliance=2", "institution__departments__staff__name=x", "e=1"],
)
def test_n5_lists_do_not_filter_through_relations(world: World, query: str) -> None:
    answer = world.client("su").get(f"{DATA}/department/?{query}")
    assert answer.status_code in (200, 302, 400) and "江州" not in answer.content.decode()


def test_changes_are_journaled_with_their_fields_and_not_in_djangos_log(world: World) -> None:
    client = world.client("su")
    data = {
        "institution": world.lead.pk,
        "code": "77",
        "name": "血液科",
        "kind": "clinical",
        "is_active": "on",
    }
    assert client.post(f"{DATA}/department/add/", data).status_code == 302
    with act_in(world.qinghe):
        made = Department.objects.get(code="77")
    assert client.post(f"{DATA}/department/{made.pk}/change/", data | {"name": "血液内科"}).status_code == 302
    assert journaled(world, "department.added") == [{}] and journaled(world, "department.changed") == [
        {"fields": ["name"]}
    ]
    history = client.get(f"{DATA}/department/{made.pk}/history/")
    assert history.headers["Location"] == f"/a/qinghe/journal/?about=alliance.department&number={made.pk}"
    assert "department.changed" in client.get(history.headers["Location"]).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('django_admin_log', 'select')")
        assert cursor.fetchone() == (False,)


def test_a_code_that_is_taken_is_said_in_the_form(world: World) -> None:
    data = {"institution": world.lead.pk, "code": "03", "name": "x", "kind": "clinical"}
    answer = world.client("su").post(f"{DATA}/department/add/", data)
    assert answer.status_code == 200 and answer.context["adminform"].form.non_field_errors()


def test_shares_above_the_whole_are_refused_in_the_form(world: World) -> None:
    with act_in(world.qinghe):
        staff = Staff.objects.create(institution=world.lead, code="D1", name="白露", kind="doctor")
        common = {"post_coefficient": "1.2", "days": "20", "leave_days": "0", "employment": "contract"}
        RosterRow.objects.create(
            month=date(2026, 10, 1), staff=staff, institution=world.lead, share="0.7", **common
        )
    data = {
        "month": "2026-10-01",
        "staff": staff.pk,
        "institution": world.shiqiao.pk,
        "share": "0.4",
        **common,
    }
    client = world.client("su")
    answer = client.post(f"{DATA}/rosterrow/add/", data)
    assert "share" in answer.context["adminform"].form.errors
    assert client.post(f"{DATA}/rosterrow/add/", data | {"share": "0.3"}).status_code == 302


def test_patients_are_masked_and_each_look_is_journaled(world: World) -> None:
    with act_in(world.qinghe):
        number = number_of(7)
        person = people.find_or_create(by=world.lin, name="龚建良", id_number=number, phone="13800001234")
    client = world.client("luo")
    for address in ("", f"{person.pk}/change/"):
        page = client.get(f"{DATA}/person/{address}").content.decode()
        assert "龚**" in page and "138****1234" in page
        assert "龚建良" not in page and number not in page and "13800001234" not in page
    assert client.post(f"{DATA}/person/{person.pk}/change/", {"name": "x"}).status_code == 403
    assert journaled(world, "patient.read") == [{}] and journaled(world, "patient.listed") == [
        {"list": "persons"}
    ]
    assert world.client("su").get(f"{DATA}/person/").status_code == 403


def test_only_rows_nothing_hangs_on_are_deleted(world: World) -> None:
    with act_in(world.qinghe):
        day, place = WorkCalendarDay.objects.all()[0], Department.objects.all()[0]
    client = world.client("su")
    assert client.post(f"{DATA}/department/{place.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{DATA}/workcalendarday/{day.pk}/delete/", {"post": "yes"}).status_code == 302
    assert len(journaled(world, "workcalendarday.deleted")) == 1
    assert world.client("lin").post(f"{DATA}/workcalendarday/add/", {}).status_code == 403


# Memberships -----------------------------------------------------------------------
NEW = {"username": "fang", "name": "方远", "roles": ["clinician"], "is_active": "on"}


def test_a_new_person_gets_a_first_password_that_is_shown_once_and_works(world: World) -> None:
    from django.test import Client

    answer = world.client("su").post(f"{DATA}/membership/add/", NEW | {"institution": world.lead.pk})
    password = answer.context["password"]
    assert password in answer.content.decode() and len(password) == 20
    signed = Client().post("/sign-in/", {"username": "fang", "password": password, "next": "/a/qinghe/"})
    assert signed.status_code == 302
    assert journaled(world, "membership.granted") == [
        {"content": {"roles": ["clinician"], "institution": "QH01", "active": True}, "new_sign_in": True}
    ]


def test_somebody_who_is_known_elsewhere_keeps_the_sign_in(world: World) -> None:
    answer = world.client("su").post(
        f"{DATA}/membership/add/", NEW | {"username": "qian", "institution": world.lead.pk}
    )
    assert answer.status_code == 302 and User.objects.get(username="qian").name == "钱望舒"
    with act_in(world.qinghe):
        member = Membership.objects.get(user__username="qian")
    client = world.client("su")
    for what in ("password", "second-factor"):
        assert client.post(f"{DATA}/membership/{member.pk}/{what}/").status_code == 409
    page = client.get(f"{DATA}/membership/").content.decode()
    assert "钱望舒" in page and "乔安平" not in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": ["clinician"]}, "institution"),
        ({"roles": ["finance"], "institution": "lead"}, "roles"),
        ({"roles": []}, "roles"),
        ({"roles": ["wizard"], "institution": "lead"}, "roles"),
        ({"username": "lin", "institution": "lead"}, "username"),
        ({"username": "", "institution": "lead"}, "username"),
        ({"institution": "city_lead"}, "institution"),
        ({"institution": "lead", "department": "tcm"}, "department"),
    ],
)
def test_what_does_not_fit_is_refused(world: World, change: dict, field: str) -> None:
    data = NEW | change
    for name in ("institution",):
        if name in data:
            data[name] = getattr(world, data[name]).pk
    if "department" in data:
        with act_in(world.qinghe):
            data["department"] = Department.objects.get(institution=getattr(world, data["department"])).pk
    answer = world.client("su").post(f"{DATA}/membership/add/", data)
    assert answer.status_code == 200 and field in answer.context["adminform"].form.errors
    with act_in(world.qinghe):
        assert Membership.objects.count() == 11


def test_nobody_changes_their_own_membership_or_resets_their_own_sign_in(world: World) -> None:
    client = world.client("su")
    data = {"roles": ["alliance_admin", "finance"], "is_active": "on"}
    assert client.post(f"{DATA}/membership/{world.su.pk}/change/", data).status_code == 403
    assert client.post(f"{DATA}/membership/{world.su.pk}/password/").status_code == 409
    changed = client.post(f"{DATA}/membership/{world.luo.pk}/change/", {"roles": ["council"]})
    assert changed.status_code == 302
    assert journaled(world, "membership.changed") == [
        {
            "before": {"roles": ["performance_office"], "institution": "", "active": True},
            "after": {"roles": ["council"], "institution": "", "active": False},
        }
    ]
    assert world.client("luo").get("/a/qinghe/").status_code == 404


def test_a_lost_phone_and_a_forgotten_password_are_helped_and_journaled(world: World) -> None:
    old = world.client("lin")
    TOTPDevice.objects.create(user=world.lin.user, confirmed=True)
    client = world.client("su")
    assert client.post(f"{DATA}/membership/{world.lin.pk}/second-factor/").status_code == 302
    assert not TOTPDevice.objects.filter(user=world.lin.user).exists()
    assert old.get("/a/qinghe/").status_code == 200
    answer = client.post(f"{DATA}/membership/{world.lin.pk}/password/")
    assert User.objects.get(username="lin").check_password(answer.context["password"])
    assert old.get("/a/qinghe/").status_code == 302
    assert len(journaled(world, "password.reset")) == len(journaled(world, "second_factor.reset")) == 1


def test_one_person_holds_one_of_the_three_administrator_roles() -> None:
    """One column, one value: system, security and audit cannot come together."""
    field = User._meta.get_field("admin_role")
    assert [value for value, _label in field.choices] == ["", "system", "security", "audit"]
    assert not field.many_to_many and field.max_length == 10


def test_the_place_of_a_person_is_told_to_the_page(world: World) -> None:
    """Behind its wall an institution cannot be joined from outside; it must not come out empty."""
    from alliance.tenancy.middleware import memberships

    [member] = memberships(world.lin.user, places=True)
    assert member.institution == world.lead and isinstance(member.institution, Institution)


def test_the_history_of_a_row_is_offered_to_who_may_read_the_journal_only(world: World) -> None:
    with act_in(world.qinghe):
        member = Membership.objects.get(pk=world.su.pk)
        place = Department.objects.filter(institution=world.lead).first()
    path = f"{DATA}/department/{place.pk}/change/"
    assert "/history/" in world.client("su").get(path).content.decode()
    with act_in(world.qinghe):
        member.roles = ["data_steward"]
        member.save()
    client = world.client("su")
    page = client.get(path)
    assert page.status_code == 200 and "/history/" not in page.content.decode()
    assert client.get(f"{DATA}/department/{place.pk}/history/").status_code == 403


@pytest.mark.parametrize(
    "asked",
    ["department/?kind=%00", "institution/?kind__exact=%00", "institution/?kind__exact=a&kind__exact=%00"],
)
def test_a_condition_with_a_nul_is_refused_and_the_search_for_one_finds_nothing(
    world: World, asked: str
) -> None:
    client = world.client("su")
    assert client.get(f"{DATA}/{asked}").status_code == 400
    assert client.get(f"{DATA}/department/?q=%00").status_code == 200
