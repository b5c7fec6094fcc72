"""Scenes that many tests begin with are played once for each test process and stored, as the cast is."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.plugin import MAINTENANCE, Homes, connect_to, copy_of_template, move_to
from tests.world import World


def staged(play: Callable[[World], object]) -> Any:
    """A fixture: the cast after `play`, with its files in the test's own folder.

    Nothing else of the test may ask for a database before it.
    """

    @pytest.fixture
    def stage(
        django_db_setup: Homes, django_db_blocker: Any, request: Any, tmp_path: Path, tmp_path_factory: Any
    ) -> Iterator[World]:
        with django_db_blocker.unblock():
            found = django_db_setup.staged(play, tmp_path_factory.mktemp("stage"))
            move_to(found.database)
        request.getfixturevalue("db")
        shutil.copytree(found.files, tmp_path, dirs_exist_ok=True)
        with override_settings(MEDIA_ROOT=tmp_path):
            yield pickle.loads(found.cast)

    return stage


def staged_own(play: Callable[[World], object]) -> tuple[Any, Any]:
    """Two fixtures: a database of the test's own that begins after `play`, for real commits and threads, and
    the cast in it.
    """

    @pytest.fixture
    def own_database(
        django_db_setup: Homes, django_db_blocker: Any, tmp_path: Path, tmp_path_factory: Any
    ) -> Iterator[str]:
        from django.db import connection, connections

        before = connection.settings_dict["NAME"]
        with django_db_blocker.unblock():
            found = django_db_setup.staged(play, tmp_path_factory.mktemp("stage"))
            connect_to(MAINTENANCE)  # a copy is made of a database nobody uses
            with copy_of_template(f"xietong_own_{os.getpid()}", found.database) as name:
                connect_to(name)
                shutil.copytree(found.files, tmp_path, dirs_exist_ok=True)
                with override_settings(MEDIA_ROOT=tmp_path):
                    yield name
                connections.close_all()
                connect_to(before)

    @pytest.fixture
    def cast(own_database: str, django_db_setup: Homes) -> World:
        return pickle.loads(django_db_setup.stages[play].cast)

    return own_database, cast
