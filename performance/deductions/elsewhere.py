"""What other rooms show of deductions: the subject of an approval, the way from a ledger entry."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.ledger import evidence
from performance.deductions import show
from performance.deductions.services import charging
from performance.pay.services import posting


def register() -> None:
    """Make charges known to approvals and to the ledger; called in the app's `ready()`."""
    name = gettext_lazy("Charge of a deduction")
    registry.register(charging.KIND, name=name, digest=charging.digest_of, summary=show.summary)
    evidence.name_journals(charging.KIND, name)
    evidence.name_journals(posting.TAKEN, gettext_lazy("taken for what is owed"))
    evidence.name_reasons({"owed_fen": gettext_lazy("owed, to be taken (yuan)")})
    evidence.register(
        charging.KIND, lambda pk: reverse("consequence", args=[pk]), gettext_lazy("consequence")
    )
