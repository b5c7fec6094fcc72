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


# The kind of pool that pays it.
POOL = {
    EntitlementKind.FOUR_PART: PayKind.REWARD, EntitlementKind.STEPS: PayKind.REWARD,
    EntitlementKind.HEADS: PayKind.REWARD, EntitlementKind.PACKAGES: PayKind.REWARD,
    EntitlementKind.RETAINED: PayKind.REWARD, EntitlementKind.PREVENTION: PayKind.PREVENTION,
    EntitlementKind.INNOVATION: PayKind.AWARD, EntitlementKind.INNOVATION_PERSONAL: PayKind.AWARD,
    EntitlementKind.CLINIC: PayKind.AWARD,
}  # fmt: skip
