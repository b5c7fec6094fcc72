"""Fixtures of bills: the cast with the shipped scheme and three stays of the lead hospital."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from alliance.lib.identity import id_check_character
from tests.grouping.scene import make_cast, pages, store
from tests.world import World

ID_17 = "11010119600101{:03d}"


def id_number(n: int) -> str:
    """A number of nobody, with its check character; odd ones are men's."""
    first = ID_17.format(2 * n + 1)
    return first + id_check_character(first)


@pytest.fixture
def bills(db: None, tmp_path: Path, settings: Any) -> Iterator[World]:
    """Three front pages of the lead hospital, discharged on 2026-10-12; forms may be sent at once."""
    settings.PUBLIC_FORM_SECONDS = 0
    cache.clear()
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_cast()
        rows = pages(world, 3)
        for n, row in enumerate(rows):
            row["A20"] = id_number(n)
        store(world, rows)
        yield world
    cache.clear()
