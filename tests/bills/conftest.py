"""Fixtures of bills: the cast with the shipped scheme and three stays of the lead hospital."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from alliance.lib.identity import id_check_character
from tests.grouping.scene import pages, shipped, store
from tests.stages import staged
from tests.world import World

ID_17 = "11010119600101{:03d}"


def id_number(n: int) -> str:
    """A number of nobody, with its check character; odd ones are men's."""
    first = ID_17.format(2 * n + 1)
    return first + id_check_character(first)


def discharged(world: World) -> None:
    """Three front pages of the lead hospital, discharged on 2026-10-12."""
    shipped(world)
    rows = pages(world, 3)
    for n, row in enumerate(rows):
        row["A20"] = id_number(n)
    store(world, rows)


stage = staged(discharged)


@pytest.fixture
def bills(stage: World, settings: Any) -> Iterator[World]:
    """Forms may be sent at once."""
    settings.PUBLIC_FORM_SECONDS = 0
    cache.clear()
    yield stage
    cache.clear()
