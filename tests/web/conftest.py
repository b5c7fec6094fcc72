"""Pages speak Chinese in these tests: the catalogues are compiled once, before the first page."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import trans_real

from alliance.management.commands.compilecatalogues import compile_all


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile what the rooms translated, and forget what Django may have loaded before."""
    compile_all(Path(settings.LOCALE_PATHS[0]))
    trans_real._translations.clear()
