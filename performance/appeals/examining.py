"""What who examines an appeal reads beside it: the first instance and the lines of pay it names, and for no
longer than it is theirs to answer (second wall).
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from alliance.models import Membership
from performance.models import Appeal, AppealLine, PayLine, PayPot


def pay_lines(member: Membership) -> QuerySet[Any]:
    """Lines of pay named by the appeals that are assigned to the member now; one query."""
    mine = Appeal.objects.examined_by(member)
    named = AppealLine.objects.filter(appeal__in=mine.values("pk"), pay_line__isnull=False)
    rows: QuerySet[Any] = PayLine.objects.filter(
        pk__in=named.values("pay_line"), pot__state__in=PayPot.WITH_LINES
    )
    return rows


def reads_first(member: Membership, row: Appeal) -> bool:
    """Whether the member may read an appeal only because its second instance is assigned to them."""
    return bool(
        row.pk in Appeal.objects.examined_by(member).values_list("earlier", flat=True)
        and not Appeal.objects.party(member).filter(pk=row.pk).exists()
    )
