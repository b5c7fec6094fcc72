"""Where the servers of the tests keep their data: in memory where the machine has the room."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ON_DISK = ROOT / ".state" / "test"
IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: two processes with their stages take half of it


def state() -> Path:
    """The folder of this checkout's test servers, the same for every process of a run.

    A copy of the template has 4,000 files, and ext4 passes over each file deleted in the minutes before until
    it finds a place for a new one: a copy made soon after another was dropped costs up to three seconds of
    processor time on a disk, a tenth of one in memory.
    """
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    folder = IN_MEMORY / f"xietong-{os.getuid()}-{name}"
    return folder if folder.exists() or _room() else ON_DISK


def _room() -> bool:
    if not os.access(IN_MEMORY, os.W_OK):
        return False
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(free, shutil.disk_usage(IN_MEMORY).free) > ROOM
