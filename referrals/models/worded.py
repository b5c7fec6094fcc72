"""How a referral reads: its patient, its places and its coded reasons in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.lib.identity import mask_name
from alliance.lib.workdays import SHANGHAI
from referrals import reasons


class Worded:
    """What pages and papers write of a referral; the columns are those of `Referral`."""

    direction: Any
    reason: Any
    suspected: Any
    diagnosis_code: Any
    diagnosis_name: Any
    decline_reason: Any
    outside: Any
    target_institution: Any
    person: Any
    said_to_be: Any
    logged_at: Any

    @property
    def reason_words(self) -> str:
        """The coded reason in words."""
        return reasons.words(self.direction, self.reason)

    @property
    def diagnosis_words(self) -> str:
        """Code and name of the diagnosis; of an emergency without a code yet what is suspected, in words."""
        if self.suspected and not self.diagnosis_code:
            return reasons.words("suspected", self.suspected)
        return f"{self.diagnosis_code} {self.diagnosis_name}".strip()

    @property
    def decline_words(self) -> str:
        """The coded reason for declining in words; '' while nobody declined."""
        return reasons.words("decline", self.decline_reason) if self.decline_reason else ""

    @property
    def target_name(self) -> str:
        """Where the patient goes, in full."""
        return str(self.outside or self.target_institution)

    @property
    def target_short(self) -> str:
        """The same for lists and sentences."""
        return self.outside.name if self.outside else str(self.target_institution.short_name)

    @property
    def patient_name(self) -> str:
        """The patient, for the two sides: the name, else what was said, else that nobody knows."""
        if self.person:
            return str(self.person.name)
        return str(self.said_to_be or _("identity unknown"))

    @property
    def patient_masked(self) -> str:
        """The same for shared screens."""
        if self.person:
            return mask_name(self.person.name)
        return str(_("identity unknown"))

    def age(self) -> int | None:
        """The patient's full years on the day the referral was logged; None without a birth date."""
        born = self.person.birth_date if self.person else None
        return None if born is None else years_between(born, self.logged_at.astimezone(SHANGHAI).date())


def years_between(born: date, day: date) -> int:
    """Full years from a birth date to a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
