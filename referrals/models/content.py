"""The form of a referral 转诊单: what the sender writes, up and down (definitions section 4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models.fields import SealedField


class Content(models.Model):
    """The columns of both forms; texts may be ''. Address and insurance number are sealed."""

    class Transport(models.TextChoices):
        OWN = "own", _("comes by own means")
        AMBULANCE = "ambulance", _("ambulance (120)")
        INSTITUTION = "institution", _("vehicle of the institution")

    class Insurance(models.TextChoices):
        RESIDENT = "resident", _("residents' insurance")
        EMPLOYEE = "employee", _("employees' insurance")
        COMMERCIAL = "commercial", _("commercial insurance")
        SELF = "self", _("pays all costs")
        OTHER = "other", _("another insurance")

    class Consent(models.TextChoices):
        PATIENT = "patient", _("the patient")
        FAMILY = "family", _("a relative or guardian")

    class Filing(models.TextChoices):
        """Insurance filing of a referral 医保转诊备案."""

        NOT_NEEDED = "not_needed", _("no filing needed")
        TO_FILE = "to_file", _("still to be filed")
        FILED = "filed", pgettext_lazy("insurance", "filed")

    reason = models.CharField(_("reason"), max_length=24)
    reason_text = models.CharField(_("reason in words"), max_length=300, blank=True)
    diagnosis_code = models.CharField(_("diagnosis code"), max_length=20, blank=True)
    diagnosis_name = models.CharField(_("diagnosis"), max_length=100)
    summary = models.TextField(_("history and findings"), blank=True)
    past_history = models.TextField(_("past history"), blank=True)
    findings = models.TextField(_("main examination results"), blank=True)
    treatment = models.TextField(_("treatment so far"), blank=True)
    cautions = models.TextField(_("what to watch"), blank=True)
    next_plan = models.TextField(_("next plan and rehabilitation"), blank=True)
    medication = models.TextField(_("medication"), blank=True)
    discharge_summary = models.TextField(_("discharge summary"), blank=True)
    follow_up_plan = models.CharField(_("dates of the follow-ups"), max_length=200, blank=True)
    record_no = models.CharField(_("in-patient number"), max_length=40, blank=True)
    ehr_number = models.CharField(_("health record number"), max_length=40, blank=True)
    insurance = models.CharField(_("insurance"), max_length=12, choices=Insurance, blank=True)
    insurance_no = SealedField(_("insurance card number"), null=True, blank=True)
    address = SealedField(_("address"), null=True, blank=True)
    expected_at = models.DateTimeField(_("expected arrival"), null=True, blank=True)
    target_doctor = models.CharField(_("receiving doctor"), max_length=60, blank=True)
    transport = models.CharField(_("transport"), max_length=12, choices=Transport, blank=True)
    contact_phone = models.CharField(_("doctor's phone"), max_length=20, blank=True)
    green_channel = models.BooleanField(_("green channel: treated first, papers after"), default=False)
    consent = models.BooleanField(
        _("the patient agrees to the referral and to sharing the record"), default=False
    )
    consent_by = models.CharField(_("consent given by"), max_length=8, choices=Consent, blank=True)
    # The patient needs the community soon after coming home: a shorter limit for the first follow-up.
    high_risk = models.BooleanField(_("high risk"), default=False)
    filing = models.CharField(
        _("insurance filing"), max_length=10, choices=Filing, default=Filing.NOT_NEEDED, editable=False
    )
    filing_no = models.CharField(_("filing number"), max_length=40, blank=True, editable=False)

    class Meta:
        abstract = True
