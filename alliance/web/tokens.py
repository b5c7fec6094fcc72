"""API keys: `Authorization: Bearer <alliance code>.<secret>`; only a hash of the secret is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from alliance.models import ApiToken, Membership

HEADER = re.compile(r"^Bearer (?P<code>[a-z0-9_-]{1,32})\.(?P<secret>[A-Za-z0-9_-]{20,100})$")


@dataclass(frozen=True)
class Token:
    """What a request presented: the alliance it names and the hash of its secret."""

    alliance_code: str
    sha256: str

    def membership(self) -> Membership | None:
        """The living membership the key stands for; call inside the alliance. Notes the use of the key."""
        found = (
            ApiToken.objects.select_related("membership__alliance", "membership__user", "membership__institution")
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
    return Token(match["code"], _hash(match["secret"])) if match else None


def issue(*, membership: Membership, name: str, expires_at: datetime) -> str:
    """Make a key and return its text, which is shown once and stored nowhere."""
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(membership=membership, name=name, sha256=_hash(secret), expires_at=expires_at)
    return f"{membership.alliance.code}.{secret}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
