"""What was paid out of a month, as rows of a bundle: lots, payments, the parts of lines; without accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from alliance.lib.period import Month
from performance.models import PayoutLot, PayoutPart, PayoutPayment
from performance.services.exporting.pay import Reading
from performance.services.exporting.pseudonyms import Pseudonyms

Row = dict[str, Any]
PIECE = 2_000


def rows(month: Month, hidden: Pseudonyms, read: Reading) -> Iterator[Row]:
    """Each lot with its payments; a part names pool and pot of the line it pays, or the correction."""
    lots = PayoutLot.objects.filter(month=month.first_day).select_related(
        "institution", "made_by", "checked_by"
    )
    for lot in lots.annotate(people=Count("payments")).order_by("pk"):
        yield {
            "row": "lot", "lot": lot.code, "institution": lot.institution.code, "payments": lot.people,
            "made_by": hidden.name("M", lot.made_by.user_id),
            "checked_by": hidden.name("M", lot.checked_by.user_id) if lot.checked_by else None,
        }  # fmt: skip
        parts = defaultdict(list)
        found = PayoutPart.objects.filter(payment__lot=lot).select_related("line__pot__pool", "due")
        for part in found.order_by("pk").iterator(PIECE):
            if part.due is not None:  # of a correction, which the month it belongs to explains
                parts[part.payment_id].append({
                    "correction": hidden.name("K", part.due.pk), "month": part.due.period, "fen": part.fen,
                    "part": part.part, "ended": part.ended_at is not None,
                })  # fmt: skip
                continue
            pool = part.line.pot.pool
            parts[part.payment_id].append({
                "pool": f"pay/{pool.kind}-{pool.number}.jsonl", "pot": read.id_of(part.line.pot),
                "part": part.part, "fen": part.fen, "ended": part.ended_at is not None,
            })  # fmt: skip
        for one in PayoutPayment.objects.filter(lot=lot).order_by("number").iterator(PIECE):
            yield {
                "row": "payment", "lot": lot.code, "number": one.number, "fen": one.fen, "state": one.state,
                "person": hidden.name("P", one.staff_id), "parts": parts[one.pk],
            }  # fmt: skip
