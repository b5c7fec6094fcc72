"""A workbook of somebody else's layout filled with values: placeholders such as {{score}} in its cells.

Filled in the child process that parses workbooks (walls section 4). A line with a row's placeholder is
repeated for each row of values. Nothing that goes in can become a formula; the template's own formulas become
text. The same template and values are the same bytes.
"""

import base64
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from alliance.lib.sheets.archive import check_archive
from alliance.lib.sheets.limits import Limits, SheetRefused
from alliance.lib.sheets.out import guard, undated
from alliance.lib.sheets.xlsx_in import CHILD, KEPT_ENVIRONMENT, cause_of_death, spooled

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Spot:
    """One placeholder of a template: sheet, cell (B3) and its name."""

    sheet: str
    cell: str
    name: str


def placeholders(template: BinaryIO, *, limits: Limits | None = None) -> list[Spot]:
    """The placeholders of a template. Raises SheetRefused as `read_xlsx`."""
    found = _run(template, {"find": True}, limits)
    return [Spot(*spot) for message in found for spot in message.get("spots", ())]


def fill(
    template: BinaryIO, single: Mapping[str, Value], rows: Sequence[Mapping[str, Value]], *,
    limits: Limits | None = None,
) -> bytes:  # fmt: skip
    """The filled workbook. Placeholders that are in neither mapping stay. Raises SheetRefused."""
    values = {
        "single": {name: _plain(value) for name, value in single.items()},
        "rows": [{name: _plain(value) for name, value in row.items()} for row in rows],
    }
    pieces = [message["piece"] for message in _run(template, values, limits) if "piece" in message]
    filled = io.BytesIO(b"".join(base64.b64decode(piece) for piece in pieces))
    target = io.BytesIO()
    undated(filled, target)
    return target.getvalue()


def _plain(value: Value) -> Any:
    """As JSON holds it: text guarded, a number marked as one by its list."""
    if value is None or isinstance(value, str):
        return None if value is None else guard(value)
    return [format(value, "f") if isinstance(value, Decimal) else str(value)]


def _run(template: BinaryIO, values: Mapping[str, Any], limits: Limits | None) -> list[dict[str, Any]]:
    limits = limits or Limits()
    check_archive(template, limits=limits)
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    with spooled(template) as workbook, spooled(io.BytesIO(json.dumps(values).encode())) as sent:
        options = {"limits": asdict(limits), "fill": sent.fileno()}
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(CHILD), json.dumps(options)], stdin=workbook, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, cwd="/", pass_fds=[sent.fileno()], check=False,
        )  # fmt: skip
    messages: list[dict[str, Any]] = [json.loads(line) for line in child.stdout.splitlines()]
    for message in messages:
        if "refused" in message:
            raise SheetRefused(message["refused"], **message["params"])
    if not messages or "end" not in messages[-1]:
        raise SheetRefused(cause_of_death(child.returncode))
    return messages
