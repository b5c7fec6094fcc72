"""What other rooms show of pay: the subject of an approval, the way from a ledger entry."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.ledger import evidence
from performance.models.pay import PayKind
from performance.pay import show, words
from performance.pay.services import entering, pools, posting, reversing


def register() -> None:
    """Make pools known to approvals and to the ledger; called in the app's `ready()`."""
    name, pot = gettext_lazy("Pool of pay"), gettext_lazy("Second distribution")
    registry.register(pools.KIND, name=name, digest=pools.digest_of, summary=show.summary)
    evidence.name_journals(posting.POOL, name)
    evidence.name_reasons({
        **words.FACTORS, "pot": gettext_lazy("number of the pot"),
        "paid_fen": gettext_lazy("in the books before (yuan)"),
    })  # fmt: skip
    evidence.name_journals(posting.POT, pot)
    evidence.name_journals(entering.FED, gettext_lazy("Feeding of a source account"))
    for kind in PayKind:
        evidence.name_journals(kind.value, kind.label)
    evidence.register(posting.POOL, lambda pk: reverse("pay-pool", args=[pk]), name)
    evidence.register(posting.POT, lambda pk: reverse("pay-pot", args=[pk]), pot)
    evidence.register(entering.FED, lambda pk: reverse("pay-scan", args=[pk]), gettext_lazy("decision"))
    reversing.register()
