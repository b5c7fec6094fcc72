"""Small groups in what is published: no count of 1 to `least` - 1, and none that the rest lets one compute.

Walls 5 and definitions, general conventions: public pages name no group under 10. A cell that is hidden takes
a second one with it, the smallest left, until what is hidden together is no small group either; else the sum
would give it away. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts that may stand together: None is hidden; so is the total where it alone is a small group."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def hidden(self) -> bool:
        """Whether something had to be left out."""
        return self.total is None or None in self.cells.values()


def hide(counts: Mapping[str, int], least: int) -> Shown:
    """The counts of parts and their total as they may be published; nobody is no group and stays 0.

    The result does not depend on the order of the parts: ties are taken by name.
    """
    total = sum(counts.values())
    hidden = {name for name, count in counts.items() if 0 < count < least}
    left = sorted((count, name) for name, count in counts.items() if count >= least)
    while hidden and (len(hidden) < 2 or sum(counts[name] for name in hidden) < least):
        if not left:  # nothing to hide behind: the total would be the hidden part
            return Shown({name: None if count else 0 for name, count in counts.items()}, None)
        hidden.add(left.pop(0)[1])
    cells = {name: None if name in hidden else count for name, count in counts.items()}
    return Shown(cells, total)
