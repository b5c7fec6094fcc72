"""What chains and their steps are called in the reader's language: a step names itself in both, or the ready
chains of the data file know its English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import get_language

from alliance.approvals import chains
from alliance.approvals.models import Chain
from alliance.approvals.steps import Step


def of_step(step: Step) -> str:
    """The name of a step for the reader."""
    return (step.name_en or _ready().get(step.name, step.name)) if _english() else step.name


def of_chain(chain: Chain) -> str:
    """The name of a chain for the reader; of a ready one as the data file calls it today."""
    for entry in chains.ready_chains():
        if (chain.code, chain.from_date, chain.decided_by) == (
            entry["code"], entry["from"], entry["decided_by"],
        ):  # fmt: skip
            return of_ready(entry)
    return _ready().get(chain.name, chain.name) if _english() else chain.name


def of_ready(entry: Mapping[str, Any]) -> str:
    """The name of a ready chain, as the data file lists it."""
    return str(entry["name_en"] if _english() else entry["name"])


def offered(kind: str) -> list[tuple[str, str]]:
    """Code and name of the chains one may choose for a kind, for a form: its own alone where it has one."""
    if (own := chains.own(kind, on=localdate())) is not None:
        return [(own.code, of_chain(own))]
    rows = chains.meant_for(kind).order_by("code", "-from_date")
    return list({row.code: of_chain(row) for row in rows}.items())


def _english() -> bool:
    return (get_language() or "").startswith("en")


@lru_cache(maxsize=1)
def _ready() -> Mapping[str, str]:
    """Chinese and English names of the ready chains and their steps."""
    entries = chains.ready_chains()
    named = [*entries, *(step for entry in entries for step in entry["step"])]
    return {one["name"]: one["name_en"] for one in named if one.get("name_en")}
