"""Digits as a Chinese input method writes them are the same digits."""

# Full-width digits and signs, the ideographic blank, and their plain forms.
_FULL = "０１２３４５６７８９．，％－＋　"
_PLAIN = str.maketrans(_FULL, "0123456789.,%-+ ")


def plain_digits(text: str) -> str:
    """The text with full-width digits and signs (１２．５，％) in their plain form, without blanks around."""
    return text.translate(_PLAIN).strip()
