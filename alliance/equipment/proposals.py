"""The clearing through approvals: one proposes, it is posted when another agrees."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import facts as approvals
from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.equipment.models import Clearing, PurchaseRequest
from alliance.equipment.services import clearing as services
from alliance.equipment.services import purchases
from alliance.equipment.show import requests
from alliance.ledger import evidence
from alliance.models import Membership
from alliance.web import words
from alliance.web.parts import Fact


def register() -> None:
    """Make the clearing known to approvals and to the ledger; called in the app's `ready()`."""
    name = gettext_lazy("Clearing of shared equipment")
    registry.register(services.KIND, name=name, digest=_digest, summary=_summary)
    registry.on_decided(services.KIND, settle)
    wanted = gettext_lazy("Purchase of equipment")
    registry.register(purchases.KIND, name=wanted, digest=_request_digest, summary=_request, own_chain=False)
    registry.on_decided(purchases.KIND, purchases.decided)
    evidence.name_journals(services.KIND, name)
    evidence.register(services.EVIDENCE, lambda pk: reverse("equipment-clearing", args=[pk]), name)


def settle(approval: Approval, by: Membership) -> None:
    """Agreed: post it. Declined or withdrawn: it is a draft again."""
    found = Clearing.objects.get(pk=approval.about_id)
    if approval.state == Approval.State.APPROVED:
        second = approvals.second_person(approval)
        services.post(by=approval.proposed_by, confirmed_by=second, clearing=found)
    else:
        services.reopen(by=by, clearing=found)


def _request_digest(approval: Approval) -> str:
    return purchases.content_digest(PurchaseRequest.objects.get(pk=approval.about_id))


def _request(approval: Approval) -> registry.Summary:
    found = PurchaseRequest.objects.select_related("institution", "department").get(pk=approval.about_id)
    facts = [*requests.what(found), *requests.beside(found)]
    url = reverse("equipment-request", args=[found.pk])
    return registry.Summary("approvals/_subject.html", {"facts": facts}, url)


def _digest(approval: Approval) -> str:
    return services.present_digest(Clearing.objects.get(pk=approval.about_id))


def _summary(approval: Approval) -> registry.Summary:
    found = Clearing.objects.get(pk=approval.about_id)
    nets = services.nets_of(found)
    lines = [
        Fact(_("month"), words.month(found.month)),
        Fact(_("lines"), str(found.lines.count())),
        Fact(_("institutions that owe each other"), str(len(nets))),
        Fact(_("to be transferred (yuan)"), words.yuan(sum(one.fen for one in nets))),
        Fact(_("after that"), _("it is in the ledger and never changes; corrections go into the next one")),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": lines}, reverse("equipment-clearing", args=[found.pk])
    )
