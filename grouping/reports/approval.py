"""What the reports put before a second person, as deciders read it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from grouping.models import FundReport, PaymentRules
from grouping.reports import fund_show, paytype_show
from grouping.services import efficiency, payment_types


def register() -> None:
    """Make the deeds known to approvals; called in the app's `ready()`."""
    registry.register(
        payment_types.KIND, name=gettext_lazy("Rules of payment"),
        digest=lambda approval: payment_types.content_digest(_rules(approval)), summary=_rules_summary,
        title=lambda said: _("Rules of payment from %(day)s") % {"day": said["from_date"]},
    )  # fmt: skip
    registry.on_decided(payment_types.KIND, payment_types.decided)
    registry.register(
        efficiency.KIND, name=gettext_lazy("Evaluation of the fund"),
        digest=lambda approval: efficiency.content_digest(_report(approval)), summary=_report_summary,
    )  # fmt: skip
    registry.on_decided(efficiency.KIND, efficiency.decided)


def _rules(approval: Any) -> PaymentRules:
    found: PaymentRules = PaymentRules.objects.get(pk=approval.about_id)
    return found


def _rules_summary(approval: Any) -> registry.Summary:
    facts = paytype_show.subject(_rules(approval))
    return registry.Summary("approvals/_subject.html", {"facts": facts}, reverse("payment-types"))


def _report(approval: Any) -> FundReport:
    found: FundReport = FundReport.objects.get(pk=approval.about_id)
    return found


def _report_summary(approval: Any) -> registry.Summary:
    facts = fund_show.subject(_report(approval))
    url = reverse("fund-report", args=[approval.about_id])
    return registry.Summary("approvals/_subject.html", {"facts": facts}, url)
