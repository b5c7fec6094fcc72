"""What somebody writes as a reason or as the number of a document: a word too short says nothing to who reads
it later. Pure.
"""

from __future__ import annotations

LEAST = 2  # letters or figures: 回电 is a reason, x is none
NUMBER = 4  # letters or figures of a document's number: 理事会〔2026〕7号 can be found again, 7号 cannot


def told(text: str) -> bool:
    """Whether a text says something: `LEAST` letters or figures, not all the same."""
    return _says(text, LEAST)


def numbered(text: str) -> bool:
    """Whether a text is a document's number: `NUMBER` letters or figures, not all the same."""
    return _says(text, NUMBER)


def _says(text: str, least: int) -> bool:
    letters = [one.casefold() for one in text if one.isalnum()]
    return len(letters) >= least and len(set(letters)) > 1
