"""Addresses of the private pages of complaints and of their public form."""

from __future__ import annotations

from alliance.services.private_links import address, secret

__all__ = ["followed", "public_form", "reported", "secret"]


def followed(alliance_code: str, secret_: str, language: str = "") -> str:
    """The address of the private page of a complaint."""
    return address(f"say/{alliance_code}/complaint/t/{secret_}/", language)


def reported(alliance_code: str, secret_: str, language: str = "") -> str:
    """The address of the private page of a sealed report."""
    return address(f"say/{alliance_code}/report/t/{secret_}/", language)


def public_form(alliance_code: str, place_code: str) -> str:
    """The address of the public form of an institution, for its QR code."""
    return address(f"say/{alliance_code}/complaint/{place_code}/")
