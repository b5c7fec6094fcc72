"""What all public addresses share: the sheet a form is handed out with (N42)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from alliance.web.public import SALT, Sheet, SheetRefused, Throttle, too_often
from alliance.web.quiet_log import WithoutSecrets


def signed(age: float, purpose: str = "complaint:qinghe") -> str:
    """A sheet handed out so many seconds ago."""
    body = {"p": purpose, "m": "a" * 24, "t": timezone.now().timestamp() - age}
    return signing.Signer(salt=SALT).sign_object(body)


def test_a_sheet_read_by_a_person_is_taken_and_its_mark_is_its_own() -> None:
    assert Sheet.take(signed(10), "complaint:qinghe").mark == "a" * 24
    first, second = (signing.Signer(salt=SALT).unsign_object(Sheet.hand_out("x"))["m"] for _n in range(2))
    assert first != second and len(first) == 24


@pytest.mark.parametrize(
    ("age", "purpose", "spoiled", "why"),
    [
        (0, "complaint:qinghe", "", "early"),
        (13 * 3600, "complaint:qinghe", "", "old"),
        (10, "complaint:lanchuan", "", "forged"),
        (10, "complaint:qinghe", "_", "forged"),
    ],
)
def test_a_sheet_that_is_not_ours_or_not_of_now_is_refused(
    age: float, purpose: str, spoiled: str, why: str, settings: Any
) -> None:
    settings.PUBLIC_FORM_SECONDS, settings.PUBLIC_FORM_AGE = 3, 12 * 3600
    text = signed(age, purpose)
    with pytest.raises(SheetRefused) as refused:
        Sheet.take(text[:-1] + spoiled if spoiled else text, "complaint:qinghe")
    assert refused.value.why == why


@pytest.mark.parametrize("text", ["", "eyJwIjoxfQ:x", ":::"])
def test_what_is_no_sheet_is_forged(text: str) -> None:
    with pytest.raises(SheetRefused, match="forged"):
        Sheet.take(text, "complaint:qinghe")


def test_an_address_is_counted_whatever_it_writes_into_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """N41: who names another address in a header each time is still the same caller."""
    monkeypatch.setattr(Throttle, "THROTTLE_RATES", {"open": "2/min"})
    cache.clear()
    named = [f"10.0.0.{n}" for n in range(4)]
    calls = [RequestFactory().get("/", HTTP_X_FORWARDED_FOR=one, HTTP_X_REAL_IP=one) for one in named]
    asked = [too_often(call, "open") for call in calls]
    assert [one.status_code if one else 200 for one in asked] == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("429: /say/a/complaint/t/Ab3_-xyzAb3_-xyzAb3_-xyz/", "429: /say/a/complaint/t/…/"),
        ("/say/a/survey/k7m2p9q4r8s3t6v1/?lang=en", "/say/a/survey/…/?lang=en"),
        ("/say/a/bill/0123456789abcdefABCDEF", "/say/a/bill/…"),
        ("404: /say/a/complaint/QH01/", "404: /say/a/complaint/QH01/"),
        (
            "404: /a/qinghe/complaints/12345678901234567890/",
            "404: /a/qinghe/complaints/12345678901234567890/",
        ),
    ],
)
def test_the_log_holds_no_private_link(said: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (said,), None)
    assert WithoutSecrets().filter(record) and record.getMessage() == kept
