"""Filings of a person who does not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from referrals.offsite import services
from tests.referrals.scene import number_of

NOW = datetime(2026, 11, 12, 10, tzinfo=SHANGHAI)
ID = number_of(91)  # of nobody


def said(place: Institution, **more: Any) -> services.Said:
    """What a person living with a daughter elsewhere sends."""
    plain: dict[str, Any] = {
        "kind": "residence", "name": "龚木良", "id_number": ID, "phone": "13800001234",
        "insurance": "resident",
        "city": "上海市", "from_on": date(2026, 11, 15),
    }  # fmt: skip
    return services.Said(institution=place, **{**plain, **more})


def sent(place: Institution, mark: str = "m", now: datetime = NOW, **more: Any) -> services.Sent:
    """By the person."""
    return services.file(by=None, said=said(place, **more), mark=mark, now=now)
