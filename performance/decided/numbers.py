"""The number of a deciding document, one rule wherever money rests on one: it is found again by it, so a
letter, a year or a running number alone is none (performance.decided.sql repeats the rule).
"""

from __future__ import annotations

from alliance.lib.reasons import NUMBER, numbered
from alliance.lib.refusal import Refused

SAID = "Give the whole number of the decision, as on its paper, with at least %(least)d letters or figures."


def of_decision(document: str, refused: type[Refused], reason: str = "document") -> str:
    """The number as it is kept. Raises `refused` (`reason`), whose sentence is `SAID`."""
    if not numbered(document):
        raise refused(reason, least=NUMBER)
    return document.strip()
