"""Fixtures of the pages of cases."""

from __future__ import annotations

from tests.grouping.scene import shipped
from tests.stages import staged

scene = staged(shipped)  # files are kept in a folder of the test
