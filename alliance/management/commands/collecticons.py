"""Fill static/icons.svg from the installed @tabler/icons: each symbol names its source in `data-from`.

To add an icon: write `<symbol id="name" data-from="tabler-name"/>` into the file and run this command.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" data-from="([a-z0-9-]+)"')
PATH = re.compile(r"<path d=\"[^\"]+\" ?/>")
NOTE = "<!-- Drawings from Tabler Icons (tabler.io/icons), MIT licence; filled by manage.py collecticons. -->"


def sprite(text: str, drawings: Path) -> str:
    """The sprite with every symbol of `text` drawn anew from the folder of outline icons."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', NOTE]
    for name, source in sorted(SYMBOL.findall(text)):
        drawing = drawings / f"{source}.svg"
        if not drawing.exists():
            raise CommandError(f"{source} is not an outline icon of @tabler/icons (wanted as {name}).")
        paths = "".join(PATH.findall(drawing.read_text(encoding="utf-8")))
        lines.append(f'<symbol id="{name}" data-from="{source}" viewBox="0 0 24 24">{paths}</symbol>')
    return "\n".join([*lines, "</svg>", ""])


class Command(BaseCommand):
    help = "Fill static/icons.svg from @tabler/icons."
    needs_database = False

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "static" / "icons.svg"
        drawings = settings.BASE_DIR / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
        target.write_text(sprite(target.read_text(encoding="utf-8"), drawings), encoding="utf-8")
        self.stdout.write(f"{target.name}: {len(SYMBOL.findall(target.read_text(encoding='utf-8')))} icons")
