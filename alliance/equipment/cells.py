"""Cells of the sheets of equipment: yuan, local times, institutions, items of a device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.equipment.models import ExamItem
from alliance.lib import money
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.sheet_cells import Code, Optional
from alliance.web.refused import worded


class YuanCell(Optional):
    """An amount of yuan; kept as fen."""

    def read(self, text: str, row: Mapping[str, Any]) -> int:
        try:
            return money.fen(text)
        except money.MoneyRefused as error:
            raise ValueError(worded(error)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else money.yuan(value)


class MomentCell(Optional):
    """A local time, 2026-11-16 09:30."""

    def read(self, text: str, row: Mapping[str, Any]) -> datetime:
        try:
            found = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a time. Write it like 2026-11-16 09:30.") % {"text": text[:40]}
            ) from None
        return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


class AnyPlace(Code):
    """Any institution of the alliance, also for the members of one."""

    def load(self, member: Membership) -> None:
        """Read, once a file, all institutions."""
        self.known = {("", row.code): row for row in self.model._default_manager.all()}


class ItemCode(Code):
    """An examination item of the device of the line, by its code."""

    def load(self, member: Membership) -> None:
        """Read, once a file, the items of the devices the member may name."""
        rows = ExamItem.objects.select_related("device__institution")
        if member.institution_id is not None:
            rows = rows.filter(device__institution=member.institution_id)
        self.known = {(f"{row.device.institution.code}/{row.device.code}", row.code): row for row in rows}

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        at = f"{str(row.get('owner') or '').strip()}/{str(row.get('device') or '').strip()}"
        if (at, text) not in self.known:
            sentence = _(
                "There is no examination item %(code)s at this device. Enter it first, or correct the code."
            )
            raise ValueError(sentence % {"code": text[:40]})
        return self.known[at, text]
