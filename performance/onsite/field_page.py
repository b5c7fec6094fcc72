"""What the page of a visit on a phone shows: items with what was said of them, photos, who signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Membership
from alliance.web import words as web_words
from performance.engine.checklist import Content, Item
from performance.models import OnsiteSignature, OnsiteVisit
from performance.onsite import words
from performance.onsite.sheet import Sheet, sheet_of


@dataclass(frozen=True)
class Choice:
    """A reason or a unit to tick; a reason with how often."""

    value: str
    text: str
    ticked: bool
    count: int = 1


@dataclass(frozen=True)
class Field:
    """One item on the phone; `heads` are the keys of the answers that stand, `uid` that of the next one."""

    item: Item
    outcome: str
    note: str
    reasons: Sequence[Choice]
    units: Sequence[Choice]
    points: str
    rule: str
    heads: str
    uid: str
    photo_uid: str
    photos: Sequence[Any]
    rivals: Sequence[tuple[str, str]]
    mine: bool
    error: str = ""

    @property
    def other(self) -> str:
        """The place of the reason that asks for a note."""
        return self.reasons[-1].value


def page(
    visit: OnsiteVisit, membership: Membership, *, place: str = "", said: str = "", content: Any = None,
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All items of a visit; `place` and `said` name what was refused, with what was typed."""
    sheet = sheet_of(visit)
    me = next(one for one in sheet.inspectors if one.member_id == membership.pk)
    sections = []
    for section in sheet.checklist.sections:
        owner = sheet.owner(section.code)
        mine = owner is not None and owner.pk == me.pk
        fields = [
            _field(sheet, item, mine, *((said, content) if item.code == place else ("", None)))
            for item in section.items
        ]
        sections.append(
            {"section": section, "mine": mine, "fields": fields, "owner": owner and owner.member.user}
        )
    return {
        "title": visit.institution.short_name, "visit": visit, "me": me, "sections": sections,
        "quarter": words.quarter(visit.span), "standing": _standing(sheet),
        "sides": [
            {"code": side.value, "name": _SIGN[side], "uid": str(uuid4()),
             "signed": [one for one in sheet.signatures if one.side == side]}
            for side in OnsiteSignature.Side
        ],
        "signed": len(sheet.signatures), "said": said,
        "outcomes": [(code, word) for code, word in words.OUTCOMES.items() if code],
        "typed": typed or {}, "waits": len(sheet.waits), "count": len(sheet.checklist.items),
        "texts": texts(), "sums": [*_sums(sheet)],
    }  # fmt: skip


_SIGN = {
    OnsiteSignature.Side.INSPECTOR: gettext_lazy("Signature of the inspector"),
    OnsiteSignature.Side.INSPECTED: gettext_lazy("Signature of the inspected"),
}


def _field(sheet: Sheet, item: Item, mine: bool, error: str, typed: Content | None) -> Field:
    standing = sheet.standing.get(item.code, ())
    agreed = sheet.answer(item.code)
    now = typed or (agreed.content if agreed else None)
    counts = {one.reason: one.count for one in now.findings} if now else {}
    ticked = set(now.units) if now else set()
    rivals = [] if agreed else [
        (str(sheet.rows[one.uid].by.user), words.said(one.content)) for one in standing
    ]  # fmt: skip
    return Field(
        item=item, outcome=now.outcome if now else "", note=now.note if now else "",
        reasons=[
            Choice(str(place), text, text in counts, counts.get(text, 1))
            for place, text in enumerate(item.offered)
        ],
        units=[Choice(unit, unit, unit in ticked) for unit in sheet.sample(item.code)],
        points=web_words.plain(sheet.scores[item.code].points), rule=words.rule(item),
        heads=" ".join(one.uid for one in standing), uid=str(uuid4()), photo_uid=str(uuid4()),
        photos=sheet.photos.get(item.code, ()), rivals=rivals, mine=mine, error=error,
    )  # fmt: skip


def _standing(sheet: Sheet) -> str:
    return " ".join(one.uid for standing in sheet.standing.values() for one in standing)


def _sums(sheet: Sheet) -> list[tuple[str, str]]:
    """Deductions as they stand, for whoever is to sign."""
    found = []
    for code, row in sheet.scores.items():
        if row.points is not None and row.points < row.full:
            answer = sheet.answer(code)
            assert answer is not None
            lost = web_words.plain(row.full - row.points)
            found.append((f"{code} −{lost}", words.said(answer.content)))
    return found


def short(visit: OnsiteVisit, place: str) -> dict[str, Any]:
    """What a device needs to know after something was taken."""
    sheet = sheet_of(visit)
    found: dict[str, Any] = {"state": visit.state, "waits": len(sheet.waits)}
    if place in sheet.checklist.items:
        found |= {
            "heads": [one.uid for one in sheet.standing.get(place, ())],
            "conflict": place in sheet.conflicts,
            "rivals": [
                f"{sheet.rows[one.uid].by.user}: {words.said(one.content)}"
                for one in sheet.standing.get(place, ())
            ],
        }  # fmt: skip
    return found


def texts() -> dict[str, str]:
    """The sentences of the page's script, in the language of the reader."""
    return {
        "unsent": _("{n} of {all} not yet sent"),
        "sent": _("All {all} sent"),
        "none": _("Nothing to send yet"),
        "offline": _("No network: everything is kept on this device."),
        "signin": _("Sign in again to send. Nothing is lost."),
        "refused": _("{n} were refused: see the items."),
        "conflict": _("Answered differently by another inspector: the lead decides."),
        "draft": _("Choose a reason first; kept on this device."),
        "unit": _("Choose the records or rooms it was found at; kept on this device."),
        "number": _("Give a whole number from 1 to 999; kept on this device."),
        "unready": _("Not ready for no network yet: keep this page open for a moment."),
        "kept": _("Kept on this device"),
        "stored": _("Sent"),
        "photo": _("Photo waits to be sent"),
        "ready": _("Ready to work without network"),
        "online": _("This page needs the network: the browser keeps nothing here without https."),
        "signed": _("Signature waits to be sent"),
        "sign": _("Sign in the field first."),
        "done": _("Signed and delivered."),
        "nothing": _("No deduction so far."),
        "stays": _("Something was not sent yet."),
    }
