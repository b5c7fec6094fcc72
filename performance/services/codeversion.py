"""Which engine computed a month: a digest over the engine's own source files."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[1] / "engine"
MONEY = Path(__file__).resolve().parents[2] / "alliance" / "lib" / "money.py"


@lru_cache(maxsize=1)
def code_version() -> str:
    """The first 12 hexadecimal digits of SHA-256 over the engine and the division of money, after a word."""
    body = hashlib.sha256()
    for path in (*sorted(ENGINE.glob("*.py")), MONEY):
        body.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"engine-{body.hexdigest()[:12]}"
