"""Sign-in: lock-out, second factor, sessions that end, passwords, where one lands after (walls.md section
5).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from alliance.models import PlatformJournal, User
from tests.world import PASSWORD, World

HASHED = make_password(PASSWORD)


@pytest.fixture
def signed(world: World) -> World:
    """The cast with passwords."""
    User.objects.update(password=HASHED)
    for member in world.people.values():
        member.user.password = HASHED
    return world


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str):
    return client.post("/sign-in/", {"username": name, "password": password, **extra})


def verbs() -> list[str]:
    return list(PlatformJournal.objects.order_by("pk").values_list("verb", flat=True))


def code(device: TOTPDevice, ahead: int = 0) -> str:
    return f"{totp(device.bin_key, t0=-30 * ahead):06d}"


def test_name_and_password_open_the_alliance(signed: World) -> None:
    client = Client()
    assert client.get("/a/qinghe/").headers["Location"] == "/sign-in/?next=/a/qinghe/"
    # Something sent cannot be asked for again: the way leads back to the page that held the form.
    for held, back in (
        ("http://testserver/a/qinghe/months/?q=1", "/a/qinghe/months/%3Fq%3D1"),
        ("http://x/a/qinghe/y", "/a/qinghe/"),
    ):
        sent = client.post("/a/qinghe/months/2026-10/compute/", headers={"Referer": held})
        assert sent.headers["Location"] == f"/sign-in/?next={back}"
    answer = sign_in(client, "lin", next="/a/qinghe/")
    assert answer.status_code == 302 and answer.headers["Location"] == "/a/qinghe/"
    assert client.get("/a/qinghe/").status_code == 200
    assert verbs() == ["sign_in.done"]


def test_the_right_name_does_not_show_in_the_refusal(signed: World) -> None:
    wrong, unknown = (
        sign_in(Client(), "lin", "wrong wrong wrong"),
        sign_in(Client(), "nobody", "wrong wrong wrong"),
    )
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert list(PlatformJournal.objects.order_by("pk").values_list("user__username", "detail")) == [
        ("lin", {}),
        (None, {}),
    ]


def test_n41_brute_force_is_locked_out_and_the_right_password_does_not_open_then(signed: World) -> None:
    answers = [
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{n}"), "lin", f"guess number {n}").status_code for n in range(6)
    ]
    assert answers == [400, 400, 400, 400, 429, 429]
    locked = sign_in(Client(REMOTE_ADDR="10.0.0.99"), "lin")
    assert locked.status_code == 429 and int(locked.headers["Retry-After"]) == 1800
    assert "sign_in.locked" in verbs() and "sign_in.done" not in verbs()
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert sign_in(Client(), "lin").status_code == 302


def test_behind_our_proxy_the_caller_is_the_last_address_it_names(signed: World) -> None:
    forged = {"X-Forwarded-For": "1.2.3.4, 10.0.0.7"}
    for behind, expected in ((False, "127.0.0.1"), (True, "10.0.0.7")):
        with override_settings(BEHIND_PROXY=behind):
            Client(headers=forged).post("/sign-in/", {"username": "lin", "password": "wrong wrong wrong"})
        assert PlatformJournal.objects.order_by("pk").last().address == expected
    with override_settings(BEHIND_PROXY=True):
        Client(headers={"X-Forwarded-For": "nonsense"}).post(
            "/sign-in/", {"username": "lin", "password": "x"}
        )


def test_n41_an_address_that_tries_many_accounts_is_locked_out(signed: World) -> None:
    with override_settings(AXES_ADDRESS_FAILURE_LIMIT=10):
        answers = [sign_in(Client(), f"guess{n}", "wrong wrong wrong").status_code for n in range(11)]
        assert answers == [400] * 9 + [429] * 2
        assert sign_in(Client(), "lin").status_code == 429
        assert sign_in(Client(REMOTE_ADDR="10.9.9.9"), "lin").status_code == 302


def test_one_persons_slips_do_not_lock_out_the_house_behind_the_same_address(signed: World) -> None:
    for n in range(5):
        sign_in(Client(), "lin", f"slip {n}")
    assert sign_in(Client(), "wu").status_code == 302


def test_n41_signing_in_with_an_own_account_does_not_wipe_the_slate_of_another(signed: World) -> None:
    for n in range(4):
        assert sign_in(Client(), "lin", f"guess {n}").status_code == 400
    assert sign_in(Client(), "wu").status_code == 302
    assert sign_in(Client(), "lin", "guess 5").status_code == 429


def test_n41_the_old_session_of_a_disabled_account_ends_at_once(signed: World) -> None:
    client = signed.client("lin")
    assert client.get("/a/qinghe/").status_code == 200
    User.objects.filter(username="lin").update(is_active=False)
    assert client.get("/a/qinghe/").headers["Location"] == "/sign-in/?next=/a/qinghe/"
    assert client.get("/api/v1/schema/").status_code == 401
    assert sign_in(Client(), "lin").status_code == 400


def test_a_disabled_membership_closes_its_alliance_at_once(signed: World) -> None:
    from alliance.models import Membership
    from alliance.tenancy.scope import act_in

    client = signed.client("lin")
    with act_in(signed.qinghe):
        Membership.objects.filter(pk=signed.lin.pk).update(is_active=False)
    assert client.get("/a/qinghe/").status_code == 404


def test_a_session_ends_after_half_an_hour_of_idleness_and_after_twelve_hours_in_any_case(
    signed: World,
) -> None:
    client, began = signed.client("lin"), timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for minutes in (0, 29, 58):
            clock.move_to(began + timedelta(minutes=minutes))
            assert client.get("/a/qinghe/").status_code == 200
        clock.move_to(began + timedelta(minutes=89))
        assert client.get("/a/qinghe/").status_code == 302
    client = signed.client("lin")
    with time_machine.travel(began, tick=False) as clock:
        states = []
        for minutes in range(0, 12 * 60 + 21, 20):
            clock.move_to(began + timedelta(minutes=minutes))
            states.append(client.get("/a/qinghe/").status_code)
        assert states == [200] * 37 + [302]


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example/x",
        "https://evil.example",
        "javascript:alert(1)",
        r"/\evil.example",
        "///evil",
        " //evil",
        "ftp:x",
    ],
)
def test_n42_after_sign_in_one_lands_on_a_page_of_ours(signed: World, evil: str) -> None:
    assert sign_in(Client(), "lin", next=evil).headers["Location"] == "/"
    answer = signed.client("lin").post("/language/", {"language": "en", "next": evil})
    assert answer.headers["Location"] == "/"


def test_n42_a_post_without_the_forms_token_is_refused_with_a_page(signed: World) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/sign-in/", "/language/", "/sign-out/"):
        answer = client.post(address, {"username": "lin", "password": PASSWORD, "language": "en"})
        assert answer.status_code == 403 and b"<h1>" in answer.content


# The second factor ---------------------------------------------------------------
def test_a_role_that_needs_a_second_factor_opens_nothing_without_it(signed: World) -> None:
    client = Client()
    sign_in(client, "su")
    for address in ("/a/qinghe/", "/a/qinghe/journal/", "/a/qinghe/data/", "/a/qinghe/nothing/"):
        assert client.get(address).headers["Location"] == f"/sign-in/enrol/?next={address}"
    assert client.get("/api/v1/schema/").status_code == 401
    htmx = client.get("/a/qinghe/", headers={"HX-Request": "true"})
    assert htmx.headers["HX-Redirect"].startswith("/sign-in/enrol/")


def test_enrolment_shows_a_picture_and_a_key_and_ends_in_an_open_alliance(signed: World) -> None:
    client = Client()
    sign_in(client, "su")
    page = client.get("/sign-in/enrol/?next=/a/qinghe/")
    device = TOTPDevice.objects.get(user=signed.su.user)
    assert page.context["qr"].startswith("data:image/svg+xml;base64,") and not device.confirmed
    assert (
        len(page.context["secret"].replace(" ", "")) == 32 and page.context["secret"] in page.content.decode()
    )
    assert client.post("/sign-in/enrol/", {"code": "000000"}).status_code == 400
    assert client.get("/a/qinghe/").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0)
    done = client.post("/sign-in/enrol/", {"code": code(device), "next": "/a/qinghe/"})
    assert done.headers["Location"] == "/a/qinghe/" and client.get("/a/qinghe/").status_code == 200
    assert verbs()[-1] == "second_factor.enrolled"


def test_each_look_at_the_enrolment_makes_a_new_key(signed: World) -> None:
    client = Client()
    sign_in(client, "su")
    first, second = (client.get("/sign-in/enrol/").context["secret"] for _look in range(2))
    assert first != second and TOTPDevice.objects.filter(user=signed.su.user).count() == 1


def test_the_code_is_asked_in_each_session_and_a_code_works_once(signed: World) -> None:
    device = TOTPDevice.objects.create(user=signed.su.user, confirmed=True)
    client, other = Client(), Client()
    answer = sign_in(client, "su", next="/a/qinghe/")
    assert answer.headers["Location"] == "/sign-in/code/?next=%2Fa%2Fqinghe%2F"
    assert client.get("/a/qinghe/").headers["Location"] == "/sign-in/code/?next=/a/qinghe/"
    digits = code(device)
    assert client.post("/sign-in/code/", {"code": digits}).status_code == 302
    assert client.get("/a/qinghe/").status_code == 200
    sign_in(other, "su")
    assert other.post("/sign-in/code/", {"code": digits}).status_code == 400
    assert other.get("/a/qinghe/").status_code == 302
    assert other.get("/sign-in/code/").status_code == 200


def test_whoever_holds_the_password_alone_cannot_set_up_another_device(signed: World) -> None:
    TOTPDevice.objects.create(user=signed.su.user, confirmed=True)
    client = Client()
    sign_in(client, "su")
    assert client.get("/sign-in/enrol/").headers["Location"] == "/sign-in/code/?next=%2F"
    assert client.post("/sign-in/enrol/", {"code": "123456"}).headers["Location"] == "/sign-in/code/?next=%2F"
    assert TOTPDevice.objects.filter(user=signed.su.user).count() == 1
    assert client.get("/sign-in/password/").headers["Location"].startswith("/sign-in/code/")


def test_guessing_codes_takes_longer_and_longer(signed: World) -> None:
    device = TOTPDevice.objects.create(user=signed.su.user, confirmed=True)
    client = Client()
    sign_in(client, "su")
    for _guess in range(4):
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 400
        device.refresh_from_db()
        device.throttling_failure_timestamp = timezone.now() - timedelta(days=1)
        device.save()
    client.post("/sign-in/code/", {"code": "000000"})
    refused = client.post("/sign-in/code/", {"code": code(device)})
    assert refused.status_code == 400 and client.get("/a/qinghe/").status_code == 302
    assert verbs().count("second_factor.checked") == 6
    device.refresh_from_db()
    assert not device.verify_is_allowed()[0]


def test_who_set_up_a_factor_without_needing_one_is_asked_too(signed: World) -> None:
    TOTPDevice.objects.create(user=signed.lin.user, confirmed=True)
    client = Client()
    sign_in(client, "lin")
    assert client.get("/a/qinghe/").headers["Location"].startswith("/sign-in/code/")


def test_a_demonstration_may_offer_the_factor_and_its_page_says_so(signed: World) -> None:
    with override_settings(SECOND_FACTOR="offered"):
        client = Client()
        assert client.get("/sign-in/").context["offered"]
        sign_in(client, "su")
        assert client.get("/a/qinghe/").status_code == 200
    assert not Client().get("/sign-in/").context["offered"]
    with override_settings(SECOND_FACTOR="optional?"):
        assert client.get("/a/qinghe/").status_code == 302


def test_the_session_gets_a_new_key_with_the_code(signed: World) -> None:
    device = TOTPDevice.objects.create(user=signed.su.user, confirmed=True)
    client = Client()
    sign_in(client, "su")
    before = client.cookies["sessionid"].value
    client.post("/sign-in/code/", {"code": code(device)})
    assert client.cookies["sessionid"].value != before


# Password and language -------------------------------------------------------------
def test_a_new_password_ends_the_other_sessions(signed: World) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "lin")
        assert client.get("/a/qinghe/").status_code == 200
    new = "a longer sentence of mine"
    answer = here.post(
        "/sign-in/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer.status_code == 302
    assert here.get("/a/qinghe/").status_code == 200 and there.get("/a/qinghe/").status_code == 302
    assert sign_in(Client(), "lin").status_code == 400 and sign_in(Client(), "lin", new).status_code == 302
    assert "password.changed" in verbs()


@pytest.mark.parametrize("new", ["short1", "x" * 129, "1234567890123", "qwerty123456"])
def test_weak_short_and_endless_passwords_are_refused(signed: World, new: str) -> None:
    client = signed.client("lin")
    answer = client.post(
        "/sign-in/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer.status_code == 400 and answer.context["form"].errors


def test_guessing_the_old_password_locks_the_account(signed: World) -> None:
    client = signed.client("lin")
    new = {"new_password1": "a longer sentence of mine", "new_password2": "a longer sentence of mine"}
    states = [
        client.post("/sign-in/password/", {"old_password": f"guess {n}", **new}).status_code for n in range(6)
    ]
    assert states == [400] * 4 + [429] * 2
    assert client.post("/sign-in/password/", {"old_password": PASSWORD, **new}).status_code == 429


def test_the_language_is_kept_for_the_account_and_the_browser(signed: World) -> None:
    client = signed.client("lin")
    answer = client.post("/language/", {"language": "en", "next": "/a/qinghe/"})
    assert answer.headers["Location"] == "/a/qinghe/" and answer.cookies["django_language"].value == "en"
    assert User.objects.get(username="lin").language == "en"
    assert 'lang="en"' in client.get("/a/qinghe/").content.decode()
    client.post("/language/", {"language": "xx"})
    assert User.objects.get(username="lin").language == "en"
    elsewhere = Client()
    assert sign_in(elsewhere, "lin").cookies["django_language"].value == "en"


def test_passwords_are_hashed_with_argon2() -> None:
    assert HASHED.startswith("argon2$argon2id$")
