"""Filters and tags of every template: money, numbers, dates, states, permissions (docs/pages.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.lib import identity
from alliance.roles import roles
from alliance.web import carrying, fields, words

register = template.Library()

CHIP_ICONS = {
    "ok": "check",
    "warn": "warn",
    "late": "clock",
    "info": "info",
    "prov": "dash",
    "stale": "stale",
}

for function in (
    words.yuan, words.wan, words.num, words.plain, words.assessed, words.pct, words.diff, words.yuan_diff,
    words.month, words.day, words.moment, words.until, words.clock, words.overdue, words.soon,
    words.due,
    identity.mask_name, identity.mask_id, identity.mask_phone,
    fields.control, fields.filter_control, fields.field_kind, fields.is_wide, fields.is_date,
    fields.get_field, fields.error_count, fields.errors_said,
):  # fmt: skip
    register.filter(function.__name__, function)


# Parts of a page ---------------------------------------------------------------
@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> SafeString:
    """An icon of static/icons.svg; the word beside it says what it means."""
    address = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}"/></svg>', size, address)


@register.simple_tag
def drawn_menu(part: str, menu: Iterable[Any]) -> SafeString:
    """A drawing of the menu; the same groups in the same language are drawn once."""
    return _drawn_menu(part, tuple(menu), get_language())


@lru_cache(maxsize=1024)
def _drawn_menu(part: str, menu: tuple[Any, ...], _language: str | None) -> SafeString:
    return render_to_string(part, {"menu": menu})


@register.simple_tag(takes_context=True)
def buttons(context: Any, actions: Iterable[Any]) -> SafeString:
    """Actions of one press, as `_actions.html` draws them, for every row of a long list: a template node for
    each button costs more than the row.
    """
    token = context.get("csrf_token", "")
    return format_html_join("\n", "{}", ((_button(one, token),) for one in actions))


def _button(action: Any, token: str) -> SafeString:
    kind = f" btn-{action.kind}" if action.kind else ""
    shown = icon(action.icon) if action.icon else ""
    if action.get:
        return format_html('<a class="btn{}" href="{}">{}{}</a>', kind, action.url, shown, action.label)
    mark = format_html(' id="{}"', action.id) if action.id else ""
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn{}"{}>{}{}</button></form>',
        action.url, token, kind, mark, shown, action.label,
    )  # fmt: skip


@register.inclusion_tag("_chip.html")
def chip(kind: str, text: str, icon: str = "") -> dict[str, str]:
    """The state of a row: icon, word, colour."""
    return {"kind": kind, "text": text, "icon": icon or CHIP_ICONS.get(kind, "")}


@register.filter
def chip_icon(kind: str) -> str:
    """The icon that goes with a state when none is named."""
    return CHIP_ICONS.get(kind, "")


@register.inclusion_tag("_meter.html")
def meter(share: Any, kind: str = "", tick: Any = None, tall: bool = False) -> dict[str, Any]:
    """A bar of 0 to 100 with a tick at the limit; lengths are SVG attributes, never styles."""
    return {
        "width": _length(share),
        "tick": None if tick is None else _length(tick),
        "kind": kind,
        "tall": tall,
    }


def _length(share: Any) -> str:
    """Percent points between 0 and 100 with one decimal and a full stop in every language."""
    value = Fraction(share or 0)
    part = max(Fraction(0), min(Fraction(100), value))
    return str((Decimal(part.numerator) / part.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP))


@register.inclusion_tag("_carry.html", takes_context=True)
def carry(
    context: Any, kind: str, pk: int, title: str = "", indicator: str = "", said: str = ""
) -> dict[str, Any]:
    """What a thing leads to: buttons that carry on from it, and what was made of it; in a panel with a title.

    With an indicator, by code and words, the buttons about it alone.
    """
    membership = context["membership"]
    # One thing is looked for once a page, however many of its lines carry on.
    known = context["request"].__dict__.setdefault("carried", {})
    if (kind, pk) not in known:
        known[kind, pk] = carrying.find(membership, kind, pk)
    origin = known[kind, pk]
    if origin and indicator:
        origin = replace(origin, indicator=indicator, title=f"{said} · {origin.title}")
    return {
        "acts": carrying.acts(membership, origin) if origin else [],
        "made": carrying.made(membership, kind, pk) if origin and not indicator else [],
        "title": title, "csrf_token": context.get("csrf_token", ""),
    }  # fmt: skip


@register.filter
def can(membership: Any, action: str) -> bool:
    """True when the membership may do the action; nobody may without one."""
    return membership is not None and bool(membership.can(action))


@register.simple_tag
def echarts() -> SafeString:
    """The chart library, on pages that have a chart."""
    return format_html('<script src="{}" defer></script>', static("vendor/echarts/echarts.min.js"))


@register.filter
def state_word(state: str) -> str:
    """The word of a todo's state where no deadline says more."""
    return {"late": _("overdue"), "warn": _("soon"), "info": _("to do"), "prov": _("provisional")}[state]


@register.filter
def role_names(membership: Any) -> str:
    """The roles of a membership in words."""
    return " · ".join(roles()[code].name for code in membership.roles if code in roles())


@register.filter
def has_key(mapping: Any, key: str) -> bool:
    """True when a mapping has the key."""
    return key in mapping


@register.filter
def named(names: Any, code: str) -> str:
    """The name of a code; the code itself where no name is known."""
    return str(names.get(code, code))


@register.filter
def spread(bars: Any) -> list[dict[str, Any]]:
    """Bars of a difference from the middle line: start and width in a field 100 wide, the longest 48."""
    longest = max((abs(bar.fen) for bar in bars), default=0) or 1
    return [_laid_out(bar, Fraction(abs(bar.fen) * 48, longest)) for bar in bars]


def _laid_out(bar: Any, width: Fraction) -> dict[str, Any]:
    below = bar.fen < 0
    start = _length(50 - width if below else 50)
    return {"name": bar.name, "fen": bar.fen, "negative": below, "start": start, "width": _length(width)}
