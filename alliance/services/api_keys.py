"""API keys: made once, shown once, kept as a hash, revoked at any time."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from alliance.lib.secrets import hashed
from alliance.models import ApiToken, Membership
from alliance.services import journal


@transaction.atomic
def issue(*, by: Membership, name: str, expires_at: datetime) -> tuple[ApiToken, str]:
    """Make a key that may do what the member may; return its row and its text, which is stored nowhere.

    The text is `<alliance code>.<secret>`: the code names the alliance before any row is read.
    """
    secret = secrets.token_urlsafe(32)
    row = ApiToken.objects.create(membership=by, name=name, sha256=hashed(secret), expires_at=expires_at)
    journal.write(by=by, verb="api_key.issued", about=row, expires=expires_at.isoformat())
    return row, f"{by.alliance.code}.{secret}"


@transaction.atomic
def revoke(*, by: Membership, token: ApiToken) -> None:
    """End a key at once; a revoked one stays revoked."""
    if ApiToken.objects.filter(pk=token.pk, is_active=True).update(is_active=False):
        journal.write(by=by, verb="api_key.revoked", about=token)
