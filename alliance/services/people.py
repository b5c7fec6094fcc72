"""Patients: who is who by keyed tokens, found or stored once.

Source: definitions, general conventions; walls.md section 5.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliance.lib import identity, secrets
from alliance.lib.refusal import Refused
from alliance.models import Alliance, Membership, Person
from alliance.services import journal

OLDEST = 130  # years; nobody is known to have become older


class PersonRefused(Refused):
    """A patient cannot be told apart or does not fit what is stored; no message holds a number or name."""

    reasons = {
        "nothing_to_know_by": "Without an ID number, name, sex and date of birth are needed.",
        "no_name": "The name is missing.",
        "other_name": "This ID number belongs to another name. Check the number and the name.",
        "birth_date": "The date of birth cannot be right. Correct the year.",
        "other_birth_date": "The date of birth is not the one inside the ID number.",
        "other_sex": "The sex is not the one inside the ID number.",
    }
    fields = {
        "nothing_to_know_by": "id_number", "no_name": "name", "other_name": "name",
        "other_birth_date": "birth_date", "other_sex": "sex",
    }  # fmt: skip


# What is said against who a patient is.
REFUSALS = (identity.IdentityRefused, PersonRefused)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a patient apart: name, sex by `Person.Sex`, birth date, ID number and phone (or '')."""

    name: str
    sex: int
    birth_date: date | None
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keyed tokens of 64 hexadecimal characters each, for `=` search; `phone_key` is '' without a phone."""

    key: str
    name_key: str
    phone_key: str


def keys_for(identities: Iterable[Identity], *, alliance: Alliance) -> list[Keys]:
    """Compute the tokens of many patients, in order; for importers, without a query.

    The person key is the HMAC of the ID number, else of name, birth date and sex. An ID number is taken as
    the caller checked it; an importer hands '' for one that is only a sign such as "-".
    Raises PersonRefused (no_name, nothing_to_know_by).
    """
    return [_keys(each, alliance.code) for each in identities]


def tokens_for(
    names: Sequence[str],
    sexes: Sequence[int | str],
    births: Sequence[str],
    numbers: Sequence[str],
    *,
    alliance: Alliance,
) -> tuple[list[str], list[str]]:
    """The person keys and name keys of many patients, column by column; what `keys_for` computes.

    Every patient has a name, a sex and a date of birth (yyyy-MM-dd); a number may be ''.
    """
    code = alliance.code
    plain = list(map(_plain, names))
    by_number, by_rest, by_name = (
        secrets.BlindIndex(_key(settings.BLIND_KEY, code, f"person.{what}")).of
        for what in ("id_number", "name_birth_sex", "name")
    )
    keys = [
        by_number(number) if number else by_rest(f"{name}\x1f{birth}\x1f{sex}")
        for name, sex, birth, number in zip(plain, sexes, births, numbers, strict=True)
    ]
    return keys, list(map(by_name, plain))


def name_key(name: str, *, alliance: Alliance) -> str:
    """The token of a name, for searching by the whole name."""
    return _token(alliance.code, "person.name", _plain(name))


def complete(who: Identity) -> Identity:
    """Check the numbers strictly and fill sex and birth date from the ID number.

    Raises IdentityRefused (a malformed number) and PersonRefused (birth_date, other_birth_date, other_sex,
    no_name, nothing_to_know_by).
    """
    phone = identity.phone(who.phone) if who.phone else ""
    _require_birth(who.birth_date)
    if not who.id_number:
        _require(who)
        return Identity(_plain_blanks(who.name), who.sex, who.birth_date, "", phone)
    read = identity.id_number(who.id_number)
    if who.birth_date not in (None, read.birth_date):
        raise PersonRefused("other_birth_date")
    if who.sex not in (Person.Sex.UNKNOWN, int(read.sex)):
        raise PersonRefused("other_sex")
    return Identity(_plain_blanks(who.name), int(read.sex), read.birth_date, read.number, phone)


def _require_birth(born: date | None) -> None:
    """Nobody is born tomorrow or was older than the oldest ever known."""
    today = timezone.localdate()
    if born is not None and (born > today or born.year < today.year - OLDEST):
        raise PersonRefused("birth_date")


def find(who: Identity, *, alliance: Alliance) -> Person | None:
    """The stored patient of a completed identity, or None; an ID number alone is enough."""
    return Person.objects.filter(key=_person_key(who, alliance.code)).first()


@transaction.atomic
def find_or_create(
    *,
    by: Membership,
    name: str,
    sex: int = Person.Sex.UNKNOWN,
    birth_date: date | None = None,
    id_number: str = "",
    phone: str = "",
) -> Person:
    """The patient these facts name, stored when new; a new phone number replaces the old one.

    Raises IdentityRefused and PersonRefused as `complete` does, and PersonRefused (other_name) when the ID
    number is known under another name.
    """
    who = complete(Identity(name, sex, birth_date, id_number, phone))
    keys = _keys(who, by.alliance.code)
    person, made = Person.objects.get_or_create(key=keys.key, defaults=_columns(who, keys))
    if made:
        journal.write(by=by, verb="person.created", about=person)
    elif person.name_key != keys.name_key:
        raise PersonRefused("other_name")
    elif keys.phone_key and person.phone_key != keys.phone_key:
        Person.objects.filter(pk=person.pk).update(phone=who.phone, phone_key=keys.phone_key)
        journal.write(by=by, verb="person.changed", about=person, fields=["phone"])
        person.refresh_from_db()
    return person


@transaction.atomic
def store_many(*, by: Membership, identities: Iterable[Identity]) -> dict[str, Person]:
    """Find or store many patients of checked identities in a few statements; returns them by person key."""
    known = list(identities)
    keys = keys_for(known, alliance=by.alliance)
    rows = {
        each.key: Person(key=each.key, **_columns(who, each)) for who, each in zip(known, keys, strict=True)
    }
    Person.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=1_000)
    journal.write(by=by, verb="person.many_stored", count=len(rows))
    return {person.key: person for person in Person.objects.filter(key__in=rows)}


def _columns(who: Identity, keys: Keys) -> dict[str, object]:
    return {
        "name": who.name,
        "name_key": keys.name_key,
        "sex": who.sex,
        "birth_date": who.birth_date,
        "id_number": who.id_number or None,
        "phone": who.phone or None,
        "phone_key": keys.phone_key,
    }


def _require(who: Identity) -> None:
    if not _plain(who.name):
        raise PersonRefused("no_name")
    if not who.id_number and (who.birth_date is None or who.sex not in (Person.Sex.MALE, Person.Sex.FEMALE)):
        raise PersonRefused("nothing_to_know_by")


def _keys(who: Identity, code: str) -> Keys:
    _require(who)
    name_token = _token(code, "person.name", _plain(who.name))
    phone_token = _token(code, "person.phone", who.phone) if who.phone else ""
    return Keys(_person_key(who, code), name_token, phone_token)


def _person_key(who: Identity, code: str) -> str:
    if who.id_number:
        return _token(code, "person.id_number", who.id_number)
    told_by = (_plain(who.name), str(who.birth_date), str(int(who.sex)))
    return _token(code, "person.name_birth_sex", "\x1f".join(told_by))


def _plain(name: str) -> str:
    """A name as compared: compatibility forms, no blanks or middle dots' variants, one case."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("•", "·").replace("・", "·")
    return "".join(folded.split())


def _plain_blanks(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _token(code: str, purpose: str, value: str) -> str:
    return secrets.blind_index(_key(settings.BLIND_KEY, code, purpose), value)


@lru_cache(maxsize=256)
def _key(master: str, code: str, purpose: str) -> bytes:
    return secrets.blind_key(bytes.fromhex(master), code, purpose)
