"""Who must sit in which kind of body, and which of them are missing. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CHAIR, SECRETARY = "chair", "secretary"
# By kind of body: posts of which at least one must sit there; S1-49, S1-51, S2-51, S3-22, S3-30, S4-21.
POSTS: Mapping[str, Sequence[str]] = {
    "council": ("insurer", "health", "fisc", "member_head"),
    "management": ("head", "member_head", "finance", "quality"),
    "office": ("deputy_head", "quality", "finance", "information", "analyst"),
    "fund": ("head", "deputy_head", "insurance", "medical", "finance", "clinical"),
    "fund_review": ("clinical", "insurance_expert", "management_expert"),
    "technical": ("clinical", "insurance_expert", "statistics"),
}
# Whose post the chair of a kind must hold: the head presides the fund committee (S1-51), the deputy head in
# charge directs the office (S3-30).
CHAIRS: Mapping[str, str] = {"fund": "head", "office": "deputy_head"}


@dataclass(frozen=True, slots=True)
class Sitting:
    """One seat of today: its function and what the person was chosen as."""

    function: str
    post: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What a body lacks: a function, a post, or (`chair_post`) the chair's post."""

    what: str
    code: str


def lacks(kind: str, seats: Iterable[Sitting]) -> list[Lack]:
    """Everything a body of a kind lacks today: chair, secretary, posts; empty when it is whole."""
    sitting = list(seats)
    functions, posts = {one.function for one in sitting}, {one.post for one in sitting}
    found = [Lack("function", code) for code in (CHAIR, SECRETARY) if code not in functions]
    found += [Lack("post", code) for code in POSTS.get(kind, ()) if code not in posts]
    wanted = CHAIRS.get(kind)
    chairs = [one for one in sitting if one.function == CHAIR]
    if wanted and chairs and all(one.post != wanted for one in chairs):
        found.append(Lack("chair_post", wanted))
    return found
