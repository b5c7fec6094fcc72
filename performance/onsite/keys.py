"""The key under which a device seals what it has not sent yet.

It follows from the server's own secret, the person and the visit: the server gives it to the signed-in
inspector only, and stores it nowhere. A device forgets it at sign-out; what still waits there stays sealed
until the same person signs in again.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from alliance.models import Membership
from performance.models import OnsiteVisit


def device_key(membership: Membership, visit: OnsiteVisit) -> bytes:
    """32 bytes, the same for one user and visit."""
    about = f"onsite:{visit.alliance_id}:{visit.pk}:{membership.user_id}"
    return hmac.new(str(settings.BLIND_KEY).encode(), about.encode(), hashlib.sha256).digest()
