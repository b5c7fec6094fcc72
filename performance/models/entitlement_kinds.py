"""By which rules sheets of dues are worked out, and which kind of pool pays them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from performance.models.pay import PayKind


class EntitlementKind(models.TextChoices):
    """By which rule (performance.engine.pay.entitled)."""

    FOUR_PART = "four_part", pgettext_lazy("entitlement", "four-part pay of family-doctor teams")
    STEPS = "steps", pgettext_lazy("entitlement", "steps of follow-up, control and cost")
    HEADS = "heads", pgettext_lazy("entitlement", "subsidy a contracted head")
    PACKAGES = "packages", pgettext_lazy("entitlement", "health-management packages")
    RETAINED = "retained", pgettext_lazy("entitlement", "teams' part of more retained surplus")
    PREVENTION = "prevention", pgettext_lazy("entitlement", "saved by prevention")
    INNOVATION = "innovation", pgettext_lazy("entitlement", "innovation award of departments")
    INNOVATION_PERSONAL = "innovation_personal", pgettext_lazy("entitlement", "innovation award of persons")
    CLINIC = "clinic", pgettext_lazy("entitlement", "award for model clinics of Chinese medicine")
    SURPLUS = "surplus", pgettext_lazy("entitlement", "surplus divided by the template")
    SURPLUS_OTHER = "surplus_other", pgettext_lazy("entitlement", "surplus: part of the institutions")
    OVERSPEND = "overspend", pgettext_lazy("entitlement", "overspend borne by the members")


# The kind of pool that pays it; what is borne is paid by none.
POOL = {
    EntitlementKind.FOUR_PART: PayKind.REWARD, EntitlementKind.STEPS: PayKind.REWARD,
    EntitlementKind.HEADS: PayKind.REWARD, EntitlementKind.PACKAGES: PayKind.REWARD,
    EntitlementKind.RETAINED: PayKind.REWARD, EntitlementKind.PREVENTION: PayKind.PREVENTION,
    EntitlementKind.INNOVATION: PayKind.AWARD, EntitlementKind.INNOVATION_PERSONAL: PayKind.AWARD,
    EntitlementKind.CLINIC: PayKind.AWARD, EntitlementKind.SURPLUS: PayKind.SURPLUS,
    EntitlementKind.SURPLUS_OTHER: PayKind.SURPLUS,
}  # fmt: skip
