"""The entries of a settlement list's JSON: their texts, and its sub-tables."""

from collections.abc import Mapping
from typing import Any

from grouping.readers.objects import Unreadable


def text_of(node: Mapping[str, Any], *names: str) -> str:
    """The first text under some names that is not blank, without the blanks around it; "" when none is."""
    for name in names:
        value = node.get(name, "")
        if isinstance(value, str) and (found := value.strip()):
            return found
    return ""


def entries(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of a sub-table; a single one may stand without its list. Raises Unreadable (json_table)."""
    found = body.get(name) or []
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(node, dict) for node in found):
        raise Unreadable("json_table", name=name)
    return found
