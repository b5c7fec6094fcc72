"""What a form or a device sends about an item, read without trusting any of it."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from performance.engine.checklist import Content, Finding, Item
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services.receiving import Parcel, Signer

LONGEST = 300
AHEAD = timedelta(minutes=5)
IMAGE = "data:image/png;base64,"


def content_of(item: Item, data: Any) -> Content:
    """Outcome, ticked reasons with their counts, ticked units, note; judged by the engine afterwards.

    Raises OnsiteRefused (outcome).
    """
    known = data.get("outcome")
    if known not in ("met", "deducted", "absent"):
        raise OnsiteRefused("outcome", item=item.code)
    deducted = known == "deducted"
    ticked = set(data.getlist("reason")) if deducted else set()
    findings = tuple(
        Finding(reason, _count(data.get(f"count_{place}", "1")))
        for place, reason in enumerate(item.offered)
        if str(place) in ticked
    )
    units = tuple(sorted(set(data.getlist("unit")))) if deducted else ()
    return Content(known, findings, units, text(data, "note"))


def _count(typed: str) -> int:
    found = typed.strip() or "1"
    return int(found) if found.isdecimal() and len(found) < 5 else 0


def text(data: Any, name: str, longest: int = LONGEST) -> str:
    """A text without NUL, cut to what is kept."""
    return str(data.get(name, "")).replace("\0", "").strip()[:longest]


def uids(data: Any, name: str) -> list[UUID]:
    """Keys separated by blanks; what is none is left out."""
    return [found for one in str(data.get(name, "")).split()[:400] if (found := uid(one))]


def uid(typed: str) -> UUID | None:
    """A key, or nothing."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def parcel(data: Any) -> Parcel:
    """Key and time of the device; a clock that runs ahead or says nothing counts as now."""
    now = timezone.now()
    return Parcel(uid(str(data.get("uid", ""))) or uuid4(), _moment(data.get("made_at", ""), now), now)


def _moment(typed: Any, now: datetime) -> datetime:
    try:
        found = parse_datetime(str(typed))
    except ValueError:
        return now
    known = found is not None and timezone.is_aware(found) and now - timedelta(days=60) < found < now + AHEAD
    return found if known and found is not None else now


def signer(data: Any, files: Any, *, own_name: str) -> Signer:
    """Who signs: an inspector under the own name, or somebody of the inspected; drawn or photographed."""
    inspected = data.get("side") == "inspected"
    refused = inspected and bool(data.get("refused"))
    return Signer(
        side="inspected" if inspected else "inspector",
        name=text(data, "name", 60) if inspected else own_name,
        duty=text(data, "duty", 60), image=b"" if refused else _image(data, files), refused=refused,
        reason=text(data, "reason"), witness=text(data, "witness", 60),
        statement=text(data, "statement", 1000),
    )  # fmt: skip


def _image(data: Any, files: Any) -> bytes:
    drawn = str(data.get("image", ""))
    if drawn.startswith(IMAGE):
        try:
            return base64.b64decode(drawn.removeprefix(IMAGE), validate=True)
        except binascii.Error:
            return b""
    found = files.get("picture")
    return bytes(found.read()) if found else b""


def day(data: Any, name: str) -> date | None:
    """A day, or nothing."""
    try:
        return date.fromisoformat(str(data.get(name, "")))
    except ValueError:
        return None
