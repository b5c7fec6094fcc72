"""Scenes that many tests begin with are played once for each test process and stored, as the cast is."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.plugin import Homes, move_to
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
