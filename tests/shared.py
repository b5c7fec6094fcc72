"""The folder of shared reference data: read in place, never copied; tests skip with a clear word without
it.
"""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


def shared(relative: str) -> Path:
    """Return the path of a shared reference file, or skip the calling test saying what is missing."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"reference data absent: {relative} (set SHARED_DIR to the folder that holds it)")
    return path
