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


class Unfinished:
    """Marks, while it is open, that the demonstration is being loaded: an end inside leaves half of it."""

    def __init__(self) -> None:
        self.file = state_folder() / "demo-unfinished"

    def __enter__(self) -> None:
        self.file.touch()

    def __exit__(self, failed: type[BaseException] | None, *_rest: object) -> None:
        if failed is None:
            self.file.unlink()

    def remedy(self) -> str:
        """What to do about a half, "" where the last loading came to its end."""
        if not self.file.exists():
            return ""
        return (
            "the last start ended while it loaded the demonstration, so half of it is there: remove the "
            f"folder {self.file.parent} (where DATABASE_URL is set, empty that database as well) "
            "and start again"
        )
