"""Fixtures every test may ask for: databases as the application role, the cast of `tests.world`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from alliance.management.commands.compilecatalogues import compile_all
from tests.plugin import connect_to, copy_of_template, refuse_strong_roles, start_servers
from tests.world import World, make_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """One copy of the template for each test process; connections as the application role."""
    start_servers()
    with copy_of_template(f"xietong_test_{os.getpid()}") as name, django_db_blocker.unblock():
        from django.db import connections

        connect_to(name)
        refuse_strong_roles()
        yield
        connections.close_all()


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of the test's own, for real commits and threads; dropped after."""
    from django.db import connection, connections

    before = connection.settings_dict["NAME"]
    with copy_of_template(f"xietong_own_{os.getpid()}") as name, django_db_blocker.unblock():
        connect_to(name)
        yield name
        connections.close_all()
        connect_to(before)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The cast: two alliances, their institutions and people (see tests.world)."""
    yield make_world()


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page asked in English by one test leaves no English to the next."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Pages speak Chinese: compile what the rooms translated, and forget what Django may have loaded
    before.
    """
    compile_all(Path(settings.LOCALE_PATHS[0]))
    trans_real._translations.clear()
