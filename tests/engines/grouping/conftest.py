"""Reference packages, read once a run."""

from pathlib import Path

import pytest

from grouping.engine.scheme import Scheme, read_scheme
from tests.shared import shared

REFERENCE = ("chs_drg_11", "zhejiang_2022")


@pytest.fixture(scope="session", params=REFERENCE)
def package(request: pytest.FixtureRequest) -> Path:
    """The folder of a reference package."""
    return shared(f"grouping/schemes/{request.param}")


@pytest.fixture(scope="session")
def reference(package: Path) -> Scheme:
    """A reference package, read."""
    return read_scheme(package)
