"""Why somebody did what needs a reason: too short a word says nothing to who reads it later. Pure."""

from __future__ import annotations

LEAST = 2  # letters or figures: 回电 is a reason, x is none


def told(text: str) -> bool:
    """Whether a text says something: `LEAST` letters or figures, not all the same."""
    letters = [one.casefold() for one in text if one.isalnum()]
    return len(letters) >= LEAST and len(set(letters)) > 1
