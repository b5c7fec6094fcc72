"""The key of an alliance from which the texts of its survey links follow."""

from __future__ import annotations

from django.conf import settings

from alliance.lib.secrets import blind_key
from alliance.models import Alliance
from alliance.tenancy.scope import current_alliance_id


def of_links() -> bytes:
    """32 bytes of the alliance in scope."""
    code = Alliance.objects.values_list("code", flat=True).get(pk=current_alliance_id())
    return blind_key(bytes.fromhex(settings.BLIND_KEY), code, "survey.link")
