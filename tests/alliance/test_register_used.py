"""Every parameter the code asks for is registered: a key used and not registered would only fail at its first
use.
"""

from __future__ import annotations

import re
from pathlib import Path

from alliance.services import parameters

ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"""(?:in_force|_whole|whole|percent|ratio)\(\s*f?"([a-z_.{}]+)"[,)]""")
ROOMS = ("alliance", "grouping", "referrals", "complaints", "performance")


def used_keys() -> set[tuple[str, str]]:
    """(key, file) of every literal key; a key with a part put in stands as the beginning before it."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for key in ASKED.findall(path.read_text(encoding="utf-8")):
                found.add((key.split("{")[0], str(path.relative_to(ROOT))))
    return found


def test_every_key_in_use_is_registered() -> None:
    keys, registered = used_keys(), set(parameters.registered())
    assert len(keys) >= 3, "the pattern no longer finds the places that ask"
    unknown = [(key, file) for key, file in keys if not any(name.startswith(key) for name in registered)]
    assert unknown == []
