"""What all public addresses share: the sheet a form is handed out with (N42)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from alliance.web.public import SALT, Sheet, SheetRefused


def signed(age: float, purpose: str = "complaint:qinghe") -> str:
    """A sheet handed out so many seconds ago."""
    body = {"p": purpose, "m": "a" * 24, "t": timezone.now().timestamp() - age}
    return signing.Signer(salt=SALT).sign_object(body)


def test_a_sheet_read_by_a_person_is_taken_and_its_mark_is_its_own() -> None:
    assert Sheet.take(signed(10), "complaint:qinghe").mark == "a" * 24
    first, second = (signing.Signer(salt=SALT).unsign_object(Sheet.hand_out("x"))["m"] for _n in range(2))
    assert first != second and len(first) == 24


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (signed(0), "early"),
        (signed(13 * 3600), "old"),
        (signed(10, "complaint:lanchuan"), "forged"),
        (signed(10)[:-1] + "_", "forged"),
        ("", "forged"),
        ("eyJwIjoxfQ:x", "forged"),
    ],
)
def test_a_sheet_that_is_not_ours_or_not_of_now_is_refused(text: str, why: str, settings: Any) -> None:
    settings.PUBLIC_FORM_SECONDS, settings.PUBLIC_FORM_AGE = 3, 12 * 3600
    with pytest.raises(SheetRefused) as refused:
        Sheet.take(text, "complaint:qinghe")
    assert refused.value.why == why
