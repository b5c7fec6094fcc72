"""Private links: unguessable, kept only as a hash.

The secret of a link comes from the mark of the form it was made by, under the house's key: who sends a form
twice is led to the same page, and the table holds neither mark nor secret, so nobody can make the link of it.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import get_script_prefix

from alliance.lib.secrets import blind_index, blind_key


def secret(alliance_code: str, purpose: str, mark: str) -> str:
    """The secret of the private link that belongs to a form: 32 letters of 192 bits."""
    key = blind_key(bytes.fromhex(settings.BLIND_KEY), alliance_code, f"link:{purpose}")
    return urlsafe_b64encode(bytes.fromhex(blind_index(key, mark))[:24]).decode()


def address(path: str, language: str = "") -> str:
    """A path below the root of the product, also when asked from a page below /a/<code>/."""
    root = get_script_prefix().partition("/a/")[0].rstrip("/")
    return f"{root}/{path}{f'?lang={language}' if language else ''}"
