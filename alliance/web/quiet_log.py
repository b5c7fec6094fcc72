"""What the log of the server may not hold: the secret of a private link is the only key to what it opens."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"(/say/[^\s?]*?/)[A-Za-z0-9_-]{16,}(?=[/?\s]|$)")


class WithoutSecrets(logging.Filter):
    """Writes … for the secret part of a public address, whoever names it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if "/say/" in said:
            record.msg, record.args = SECRET.sub(r"\1…", said), ()
        return True
