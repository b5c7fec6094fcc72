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


def followed(alliance_code: str, secret_: str, language: str = "") -> str:
    """The address of the private page of a complaint."""
    return _address(f"say/{alliance_code}/complaint/t/{secret_}/", language)


def reported(alliance_code: str, secret_: str, language: str = "") -> str:
    """The address of the private page of a sealed report."""
    return _address(f"say/{alliance_code}/report/t/{secret_}/", language)


def public_form(alliance_code: str, place_code: str) -> str:
    """The address of the public form of an institution, for its QR code."""
    return _address(f"say/{alliance_code}/complaint/{place_code}/", "")


def _address(path: str, language: str) -> str:
    """Below the root of the product, also when asked from a page below /a/<code>/."""
    root = get_script_prefix().partition("/a/")[0].rstrip("/")
    return f"{root}/{path}{f'?lang={language}' if language else ''}"
