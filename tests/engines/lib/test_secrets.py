"""Sealing, blind indexes, numbers of persons and their masks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.identity import IdentityRefused, id_check_character, id_number, mask_account, phone
from alliance.lib.secrets import (
    BlindIndex,
    KeyRing,
    SealRefused,
    blind_index,
    blind_key,
    mask_id,
    mask_name,
    mask_phone,
    open_,
    seal,
    sealed_with,
)

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing(current="2026a", keys={"2026a": OLD})


@given(st.text(), st.text(max_size=20))
def test_what_is_sealed_opens_with_the_same_context_only(text, context):
    blob = seal(RING, text, context=context)
    assert open_(RING, blob, context=context) == text
    with pytest.raises(SealRefused) as refused:
        open_(RING, blob, context=f"{context}x")
    assert refused.value.reason == "damaged"


def test_the_same_text_is_never_sealed_the_same_way_and_is_not_inside():
    first, second = seal(RING, "330106199001011234"), seal(RING, "330106199001011234")
    assert first != second
    assert b"33010619900101" not in first


def test_old_values_open_after_a_key_change_and_new_ones_name_the_new_key():
    both = KeyRing(current="2026b", keys={"2026a": OLD, "2026b": NEW})
    old = seal(RING, "a")
    assert open_(both, old) == open_(both, memoryview(seal(both, "a"))) == "a"
    assert (sealed_with(old), sealed_with(seal(both, "a"))) == ("2026a", "2026b")
    with pytest.raises(SealRefused) as refused:
        open_(RING, seal(both, "a"))
    assert refused.value.reason == "unknown_key"


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_byte_can_be_changed(place, change):
    blob = bytearray(seal(RING, "13800001234"))
    blob[place % len(blob)] ^= change
    with pytest.raises(SealRefused):
        open_(RING, bytes(blob))


@pytest.mark.parametrize(
    "blob", [b"", b"\x01", b"\x01\x05", b"\x02" + b"x" * 60, b"\x01\x00" + b"x" * 60, b"\x01\xff"]
)
def test_bytes_that_were_never_sealed_are_refused(blob):
    with pytest.raises(SealRefused) as refused:
        open_(RING, blob)
    assert refused.value.reason == "damaged"


@pytest.mark.parametrize(
    ("current", "keys", "reason"),
    [
        ("a", {}, "key_id"),
        ("", {"": OLD}, "key_id"),
        ("钥", {"钥": OLD}, "key_id"),
        ("a", {"a": b"short"}, "key_length"),
    ],
)
def test_a_bad_key_ring_is_refused(current, keys, reason):
    with pytest.raises(SealRefused) as refused:
        KeyRing(current=current, keys=keys)
    assert refused.value.reason == reason


def test_a_key_ring_never_shows_its_keys():
    assert "ooo" not in repr(RING)


def test_blind_indexes_are_equal_within_and_different_across_alliances_and_purposes():
    keys = {
        blind_key(b"m" * 32, code, purpose)
        for code, purpose in (
            ("a", "phone"),
            ("b", "phone"),
            ("a", "id_number"),
            ("aphone", ""),
            ("", "aphone"),
        )
    }
    assert len(keys) == 5 and all(len(key) == 32 for key in keys)
    key = blind_key(b"m" * 32, "a", "phone")
    assert key == blind_key(b"m" * 32, "a", "phone")
    assert (
        blind_index(key, "13800001234") == blind_index(key, "13800001234") != blind_index(key, "13800001235")
    )
    assert len(blind_index(key, "")) == 64
    with pytest.raises(SealRefused):
        blind_key(b"short", "a", "phone")


def test_an_id_number_tells_birth_date_and_sex():
    # The worked example of GB 11643.
    read = id_number("11010519491231002X")
    assert (read.birth_date, read.sex) == (date(1949, 12, 31), "2")
    assert id_number(" 110105 19491231 002x ").number == "11010519491231002X"
    assert id_number("１１０１０５１９４９１２３１００２Ｘ") == read
    assert id_number("440524188001010014").sex == "1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "id_empty"),
        ("1.10105E+17", "id_spreadsheet"),
        ("110105491231002", "id_length"),
        ("1101051949123100２XX", "id_length"),
        ("11010519491231A02X", "id_characters"),
        ("01010519491231002X", "id_characters"),
        ("11010519490229002X", "id_birth_date"),
        ("110105194912310021", "id_checksum"),
    ],
)
def test_a_wrong_id_number_is_refused_without_being_repeated(text, reason):
    with pytest.raises(IdentityRefused) as refused:
        id_number(text)
    assert refused.value.reason == reason
    assert not text or text not in str(refused.value)


@given(
    st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9)
)
def test_one_wrong_digit_is_always_noticed(born, serial, place, change):
    first = f"330106{born:%Y%m%d}{serial:03d}"
    good = first + id_check_character(first)
    assert id_number(good).birth_date == born
    wrong = good[:place] + str((int(good[place]) + change) % 10) + good[place + 1 :]
    with pytest.raises(IdentityRefused):
        id_number(wrong)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("(0571) 8888-0000", "057188880000"),
        ("010-62345678", "01062345678"),
    ],
)
def test_telephone_numbers_are_normalised(text, number):
    assert phone(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "phone_empty"), ("123", "phone_shape"), ("12800001234", "phone_shape"), ("无", "phone_shape")],
)
def test_what_is_no_telephone_number_is_refused(text, reason):
    with pytest.raises(IdentityRefused) as refused:
        phone(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张伟", "张*"),
        ("龚建良", "龚**"),
        ("欧阳修", "欧阳*"),
        ("司马建良", "司马**"),
        ("夏侯", "夏*"),
        ("𠮷田", "𠮷*"),
        ("𠮷建良", "𠮷**"),
        ("葛\U000e0100建良", "葛**"),
        ("买买提·吐尔逊", "买******"),
        ("张", "*"),
        ("", ""),
        (" 张伟 ", "张*"),
        ("John Smith", "J*** S***"),
    ],
)
def test_names_are_masked(name, masked):
    assert mask_name(name) == masked


def test_numbers_are_masked():
    assert mask_id("330106199001011234") == "330***********1234"
    assert mask_id("E12345678") == "*******78"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("057188880000") == "057*****0000"
    assert mask_phone("110") == "***" and mask_id("") == ""
    assert mask_account("6222020000001234") == "************1234"


@given(st.binary(max_size=100), st.text(max_size=200))
def test_many_tokens_under_one_key_are_those_of_one(key, value):
    many = BlindIndex(key)

    assert [many.of(value), many.of(value)] == [blind_index(key, value)] * 2
