"""QR codes as pictures inside a page: drawn here, nothing inline, nothing fetched from elsewhere."""

from __future__ import annotations

import base64

import qrcode
import qrcode.image.svg


def picture(text: str) -> str:
    """A QR code as the address of an SVG picture."""
    drawn = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=2).to_string()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"
