"""Pages of this room while the alliance's list of addresses is put together."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def addresses(settings: Any) -> None:
    settings.ALLIANCE_URLCONF = "tests.ledger.addresses"
