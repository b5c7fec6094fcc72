"""What somebody writes as a reason or as the number of a document: a word too short says nothing to who reads
it later. Pure.
"""

from __future__ import annotations

import re

LEAST = 2  # letters or figures: 回电 is a reason, x is none
NUMBER = 4  # letters or figures of a document's number: 理事会〔2026〕7号 can be found again, 7号 cannot

# What numbers of documents are written with, as classes of regular expressions, also of the database.
LETTERS = "A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ɏ㐀-鿿"
FIGURES = "0-9０-９"


def told(text: str) -> bool:
    """Whether a text says something: `LEAST` letters or figures, not all the same."""
    letters = [one.casefold() for one in text if one.isalnum()]
    return len(letters) >= LEAST and len(set(letters)) > 1


def numbered(text: str) -> bool:
    """Whether a text is a document's number: `NUMBER` ordinary letters or figures, not all the same, with a
    letter or a second group of figures among them: neither a year alone nor ①② names a document.
    """
    ordinary = [one.casefold() for one in re.findall(f"[{LETTERS}{FIGURES}]", text)]
    whole = re.search(f"[{LETTERS}]", text) or len(re.findall(f"[{FIGURES}]+", text)) > 1
    return len(ordinary) >= NUMBER and len(set(ordinary)) > 1 and bool(whole)
