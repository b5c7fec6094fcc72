"""Fixtures every test may ask for: databases as the application role, the cast of `tests.world`."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real
from whitenoise.middleware import WhiteNoiseMiddleware

from alliance.management.commands.compilecatalogues import compile_all
from tests.plugin import Homes, connect_to, copy_of_template, move_to, refuse_strong_roles, start_servers
from tests.world import World, make_world

# What else the machine does decides how long one example takes; time is measured by benchmarks.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, then those with most tests: no process begins a long file when the others end."""
    size = Counter(item.path for item in items)
    slow = {item.path for item in items for mark in ("slow", "browser") if item.get_closest_marker(mark)}
    items.sort(key=lambda item: (item.path not in slow, -size[item.path]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[Homes]:
    """Two copies of the template for each test process: empty, and with the cast; the application role."""
    start_servers()
    own = os.getpid()
    with (
        ExitStack() as kept,
        copy_of_template(f"xietong_test_{own}") as empty,
        copy_of_template(f"xietong_cast_{own}") as peopled,
        django_db_blocker.unblock(),
    ):
        from django.db import connections

        connect_to(peopled)
        refuse_strong_roles()
        yield Homes(empty, peopled, pickle.dumps(make_world()), kept)
        connections.close_all()


@pytest.fixture(autouse=True)
def home(request: Any) -> None:
    """Tests that ask for the cast find it stored; every other test begins with empty tables.

    Founding two alliances for each test took a fifth of the run. A test that has begun a transaction for its
    whole module chose its database there.
    """
    if {"db", "transactional_db"} & set(request.fixturenames):
        homes = request.getfixturevalue("django_db_setup")
        move_to(homes.peopled if "world" in request.fixturenames else homes.empty)


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
def world(home: None, db: None, django_db_setup: Homes) -> World:
    """The cast: two alliances, their institutions and people (see tests.world)."""
    return pickle.loads(django_db_setup.cast)


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


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """Every test browser builds the middleware anew, and it would search the same folders each time."""
    found: dict[str, Any] = {}
    search = WhiteNoiseMiddleware.add_files_from_finders

    def once(self: Any) -> None:
        if not found:
            search(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield
