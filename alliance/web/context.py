"""What every page needs: who acts, for which alliance, and what the side menu shows."""

from __future__ import annotations

from typing import Any


def house(request: Any) -> dict[str, object]:
    """Alliance, membership and menu of the request; nothing of an alliance outside one."""
    membership = getattr(request, "membership", None)
    return {"alliance": getattr(request, "alliance", None), "membership": membership}
