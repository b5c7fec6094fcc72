"""What the log of the server may not hold: the secret of a private link is the only key to what it opens, and
where a refusal was raised tells nobody anything.
"""

from __future__ import annotations

import logging
import re
from typing import Any

SECRET = re.compile(r"(/say/[^\s?]*?/)[A-Za-z0-9_-]{16,}(?=[/?\s]|$)")


class WithoutSecrets(logging.Filter):
    """Writes … for the secret part of a public address, whoever names it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if "/say/" in said:
            record.msg, record.args = SECRET.sub(r"\1…", said), ()
        return True


class RefusalInOneLine(logging.Filter):
    """A 403 is the rights at work, no fault: who asked for what, without Django's stack of calls."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if getattr(record, "status_code", None) == 403 and request is not None:
            # Whom the request was found to be; never asked of the database from here.
            user = getattr(request, "_cached_user", None)
            name = getattr(user, "username", "") or "nobody signed in"
            path = request.path.encode("unicode_escape").decode("ascii")  # one line whatever was asked for
            record.msg, record.args = "Refused: %s %s %s", (name, request.method, path)
            record.exc_info = record.exc_text = None
        return True
