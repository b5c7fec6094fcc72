"""API keys: `Authorization: Bearer <alliance code>.<secret>`; only a hash of the secret is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from alliance.lib.secrets import hashed
from alliance.models import ApiToken, Membership
from alliance.services.api_keys import issue as issue_key

HEADER = re.compile(r"^Bearer (?P<code>[a-z0-9_-]{1,32})\.(?P<secret>[A-Za-z0-9_-]{20,100})$")


@dataclass(frozen=True)
class Token:
    """What a request presented: the alliance it names and the hash of its secret."""

    alliance_code: str
    sha256: str

    def membership(self) -> Membership | None:
        """The living membership the key stands for; call inside the alliance. Notes the use of the key."""
        found = (
            ApiToken.objects.select_related(
                "membership__alliance", "membership__user", "membership__institution"
            )
            .filter(sha256=self.sha256, is_active=True, expires_at__gt=timezone.now())
            .filter(membership__is_active=True, membership__user__is_active=True)
            .first()
        )
        if found is None:
            return None
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
        return found.membership


def read_token(request: Any) -> Token | None:
    """The key in the request's header, if it has the form of one."""
    match = HEADER.match(request.headers.get("Authorization", ""))
    return Token(match["code"], hashed(match["secret"])) if match else None


def issue(*, membership: Membership, name: str, expires_at: datetime) -> str:
    """Make a key and return its text, which is shown once and stored nowhere."""
    return issue_key(by=membership, name=name, expires_at=expires_at)[1]
