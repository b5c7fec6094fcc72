"""States and formulas of uplift sheets in the words of the reader."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.web import words
from alliance.web.cells import chip
from alliance.web.parts import FormulaLine, Term
from performance.decided import show as decided
from performance.engine.pay.uplift import MOST, SHARE, Uplift
from performance.models import PayUplift

PLACES = 4


def state_chip(row: PayUplift) -> SafeString:
    """Waits, confirmed, replaced, or set aside; of a row with its successor (`named`)."""
    if row.successor is not None:
        return chip("", pgettext("uplift", "replaced"))
    return decided.state_chip(row)


def plain(value: Fraction | Decimal) -> str:
    """A number with at most four decimals."""
    return str(words.plain(value if isinstance(value, Fraction) else Fraction(value), PLACES))


def part_of_hundred(value: Fraction | Decimal) -> str:
    """12.5%."""
    return f"{plain(value)}%"


def lines(sheet: PayUplift, found: Uplift) -> list[FormulaLine]:
    """The way from points to the new total, every step with its numbers put in."""
    wanted, most = Decimal(sheet.terms[SHARE]), Decimal(sheet.terms[MOST])
    linked = found.share * Fraction(sheet.weight_all) / 100
    score = FormulaLine(
        _("linked score"),
        [Term(plain(found.earned), _("points earned")),
         Term(plain(found.full), _("full points of what was assessed"), op="÷"),
         Term("100", _("full score"), op="×")],
        plain(found.score),
    )  # fmt: skip
    share = FormulaLine(
        _("share of the linked indicators"),
        [Term(plain(linked), _("weight of the linked indicators")),
         Term(plain(sheet.weight_all), _("weight of all indicators"), op="÷")],
        part_of_hundred(found.share), share_said(found.share, wanted),
    )  # fmt: skip
    percent = FormulaLine(
        _("uplift"),
        [Term(part_of_hundred(most), _("at most")), *_factor(found, wanted),
         Term(part_of_hundred(found.score), _("linked score"), op="×")],
        part_of_hundred(found.percent),
    )  # fmt: skip
    by_score = FormulaLine(
        _("by the score"),
        [Term(words.yuan(sheet.base_fen), _("approved pay total")),
         Term(part_of_hundred(found.percent), _("uplift"), op="×")],
        words.yuan(found.by_score),
        _("with the percentage unrounded; rounded down to the fen"), unit=_("yuan"),
    )  # fmt: skip
    heads = FormulaLine(
        _("room a head"),
        [Term(words.yuan(sheet.base_fen), _("approved pay total")),
         Term(part_of_hundred(100 + most), _("at most a head"), op="×"),
         Term(plain(sheet.heads), _("heads of the last month"), op="×"),
         Term(plain(sheet.heads_first), _("heads of the first month"), op="÷"),
         Term(words.yuan(sheet.base_fen), _("approved pay total"), op="−")],
        words.yuan(found.room),
        "" if found.room >= found.by_score else _("less than the score gives: it limits"),
        unit=_("yuan"),
    )  # fmt: skip
    return [
        score, share, percent, by_score, heads,
        FormulaLine(_("new pay total"), (), words.yuan(sheet.total_fen), _("base and the lesser of both"),
                    total=True, unit=_("yuan")),
    ]  # fmt: skip


def _factor(found: Uplift, wanted: Decimal) -> list[Term]:
    if found.factor == 1:
        return []
    return [
        Term(part_of_hundred(found.share), _("share of the linked indicators"), op="×"),
        Term(part_of_hundred(wanted), _("share wanted"), op="÷"),
    ]


def share_said(share: Fraction, wanted: Decimal) -> str:
    """Whether the scheme gives the linked indicators the share that is wanted, and what follows."""
    said = {"wanted": plain(wanted)}
    if share < wanted:
        return _("less than the %(wanted)s%% wanted: the uplift shrinks in proportion") % said
    if share > wanted:
        return _("more than the %(wanted)s%% wanted: the maximum stays") % said
    return _("as wanted")
