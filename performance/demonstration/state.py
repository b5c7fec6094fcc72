"""Where this machine's demonstration keeps what is its own: the password, the clock's memory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings


def state_folder() -> Path:
    """The state folder of the embedded servers (config.embedded), also when none are embedded."""
    folder = Path(os.environ.get("STATE_DIR", Path(settings.BASE_DIR) / ".state"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def demo_password() -> str:
    """Made once for this machine, readable by its user only: no password stands in the code."""
    file = state_folder() / "demo-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("xt-" + secrets.token_urlsafe(9))
    return file.read_text()
