"""Attendance from the sheet of an online platform or of a sign-in desk: whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from alliance.lib import sheets
from alliance.models import Membership, Staff
from alliance.services import journal
from alliance.training.models import Attendance, Session
from alliance.training.services.refusals import TrainingRefused
from alliance.training.services.sessions import Presence, attend
from alliance.web.refused import worded

MOST_LINES = 2_000
HEADINGS = {
    "staff": ("工号", "人员编号", "staff number", "staff"),
    "minutes": ("分钟", "时长(分钟)", "学习时长", "minutes"),
    "way": ("方式", "way"),
    "points": ("成绩", "分数", "points"),
}
WAYS = {"现场": "onsite", "on site": "onsite", "线下": "onsite", "线上": "online", "online": "online"}


@transaction.atomic
def attend_by_sheet(
    *, by: Membership, session: Session, name: str, content: BinaryIO, now: datetime
) -> list[Attendance]:
    """Enter the own staff of a sheet. Raises SheetRefused, TrainingRefused with the line and the remedy."""
    made = []
    for line, presence in _presences(by, session, name, content):
        try:
            made.append(attend(by=by, session=session, presence=presence, now=now, source="sheet"))
        except TrainingRefused as error:
            sentence = worded(error)
            raise TrainingRefused("line", line=line, sentence=sentence) from None
    if not made:
        raise TrainingRefused("nobody")
    journal.write(by=by, verb="training.sheet", about=session, lines=len(made))
    return made


def _presences(
    by: Membership, session: Session, name: str, content: BinaryIO
) -> Iterator[tuple[int, Presence]]:
    own = {one.code: one for one in Staff.objects.filter(institution=by.institution_id, is_active=True)}
    usual = "online" if session.mode == Session.Mode.ONLINE else "onsite"
    # Closed here: the reader holds the file, which belongs to the caller, until its rows end.
    with closing(sheets.read(name, content)) as rows:  # type: ignore[type-var]
        head = next(rows, None)
        places = _places(head.cells if head else ())
        for number, row in enumerate(rows, 1):
            if number > MOST_LINES:
                raise TrainingRefused("too_many", limit=MOST_LINES)
            cells = {key: row.cells[at].strip() for key, at in places.items() if at < len(row.cells)}
            yield row.line, _presence(row.line, cells, own, usual)


def _places(cells: Sequence[str]) -> dict[str, int]:
    known = {word: key for key, words in HEADINGS.items() for word in words}
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        key = known.get(cell.strip().casefold().replace("（", "(").replace("）", ")"))
        if key:
            found.setdefault(key, at)
    if not {"staff", "minutes"} <= set(found):
        raise TrainingRefused("columns")
    return found


def _presence(line: int, cells: dict[str, str], own: dict[str, Staff], usual: str) -> Presence:
    code, way = cells.get("staff", ""), cells.get("way", "")
    if code not in own:
        raise TrainingRefused("line_staff", line=line, code=code[:20])
    if way and way.casefold() not in WAYS:
        raise TrainingRefused("line_way", line=line, text=way[:20])
    minutes, points = _number(line, cells.get("minutes", "")), cells.get("points", "")
    return Presence(
        own[code], minutes, WAYS.get(way.casefold(), usual), _number(line, points) if points else None
    )


def _number(line: int, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise TrainingRefused("line_number", line=line, text=text[:20])
    return int(text)
