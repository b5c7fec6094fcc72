"""Who is who: keyed tokens, one row a patient, nothing readable in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection

from alliance.lib.identity import IdentityRefused
from alliance.models import Journal, Person
from alliance.services import people
from alliance.services.people import Identity, PersonRefused
from alliance.tenancy.scope import act_in
from tests.referrals.scene import number_of
from tests.world import World

BORN = date(1959, 3, 12)


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    with act_in(world.qinghe):
        yield world


def test_the_id_number_tells_sex_and_birth_date_and_the_same_number_is_the_same_patient(
    qinghe: World,
) -> None:
    person = people.find_or_create(by=qinghe.zhao, name=" 龚建良 ", id_number=number_of(1))
    assert (person.name, person.sex, person.birth_date) == ("龚建良", Person.Sex.MALE, BORN)
    again = people.find_or_create(by=qinghe.lin, name="龚 建良", id_number=number_of(1).lower())
    assert again.pk == person.pk
    assert Journal.objects.filter(verb="person.created").count() == 1


def test_without_a_number_name_birth_date_and_sex_together_tell_who(qinghe: World) -> None:
    one = people.find_or_create(by=qinghe.zhao, name="龚建良", sex=1, birth_date=BORN)
    assert people.find_or_create(by=qinghe.zhao, name="龚建良", sex=1, birth_date=BORN) == one
    assert people.find_or_create(by=qinghe.zhao, name="龚建良", sex=2, birth_date=BORN) != one
    assert people.find_or_create(by=qinghe.zhao, name="龚建良", sex=1, birth_date=date(1959, 3, 13)) != one


def test_numbers_are_sealed_and_tokens_say_nothing(qinghe: World) -> None:
    people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1), phone="138 0000 1234")
    with connection.cursor() as cursor:
        cursor.execute("select id_number, phone, key, name_key, phone_key from alliance_person")
        row = cursor.fetchone()
    stored = b"".join(
        bytes(value) if isinstance(value, memoryview) else bytes(str(value), "utf-8") for value in row
    )
    assert number_of(1).encode() not in stored and b"13800001234" not in stored
    person = Person.objects.get()
    assert (person.id_number, person.phone) == (number_of(1), "13800001234")


def test_a_number_known_under_another_name_is_refused(qinghe: World) -> None:
    people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1))
    with pytest.raises(PersonRefused) as caught:
        people.find_or_create(by=qinghe.zhao, name="王建国", id_number=number_of(1))
    assert caught.value.reason == "other_name" and number_of(1) not in str(caught.value)


def test_what_contradicts_the_number_is_refused(qinghe: World) -> None:
    with pytest.raises(PersonRefused) as caught:
        people.find_or_create(
            by=qinghe.zhao, name="龚建良", id_number=number_of(1), birth_date=date(1960, 1, 1)
        )
    assert caught.value.reason == "other_birth_date"
    with pytest.raises(PersonRefused) as caught:
        people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1), sex=2)
    assert caught.value.reason == "other_sex"
    with pytest.raises(IdentityRefused):
        people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1)[:-1] + "?")
    with pytest.raises(PersonRefused) as caught:
        people.find_or_create(by=qinghe.zhao, name="龚建良", sex=1)
    assert caught.value.reason == "nothing_to_know_by"
    with pytest.raises(PersonRefused) as caught:
        people.find_or_create(by=qinghe.zhao, name=" ", id_number=number_of(1))
    assert caught.value.reason == "no_name"
    assert Person.objects.count() == 0


def test_a_new_phone_replaces_the_old_one_and_no_phone_keeps_it(qinghe: World) -> None:
    people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1), phone="13800001234")
    people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1))
    changed = people.find_or_create(
        by=qinghe.zhao, name="龚建良", id_number=number_of(1), phone="0571-88880000"
    )
    assert changed.phone == "057188880000"
    assert Journal.objects.get(verb="person.changed").detail == {"fields": ["phone"]}


def test_two_alliances_never_share_a_token(qinghe: World) -> None:
    who = [Identity("龚建良", 1, BORN, number_of(1), "13800001234")]
    (here,), (there,) = (
        people.keys_for(who, alliance=alliance) for alliance in (qinghe.qinghe, qinghe.jiangzhou)
    )
    assert len({here.key, there.key, here.name_key, there.name_key, here.phone_key, there.phone_key}) == 6


def test_importers_get_the_keys_under_which_a_patient_is_stored(qinghe: World) -> None:
    person = people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1), phone="13800001234")
    plain = people.find_or_create(by=qinghe.zhao, name="王芳", sex=2, birth_date=BORN)
    rows = [Identity("龚建良", 1, BORN, number_of(1), "13800001234"), Identity("王　芳", 2, BORN)]
    keys = people.keys_for(rows, alliance=qinghe.qinghe)
    assert [(each.key, each.name_key, each.phone_key) for each in keys] == [
        (row.key, row.name_key, row.phone_key) for row in (person, plain)
    ]
    assert people.find(rows[1], alliance=qinghe.qinghe) == plain


def test_the_same_number_in_the_other_alliance_is_another_row(qinghe: World) -> None:
    person = people.find_or_create(by=qinghe.zhao, name="龚建良", id_number=number_of(1))
    with act_in(qinghe.jiangzhou):
        other = people.find_or_create(by=qinghe.qian, name="龚建良", id_number=number_of(1))
        assert other.pk != person.pk and other.key != person.key
        assert Person.objects.get() == other


@pytest.mark.parametrize("born", [date(2099, 1, 1), date(1, 1, 1), date(1850, 6, 1)])
def test_nobody_is_born_tomorrow_or_before_anybody_alive(qinghe: World, born: date) -> None:
    with pytest.raises(PersonRefused) as refused:
        people.complete(Identity("龚建良", 1, born, "", ""))
    assert refused.value.reason == "birth_date"
