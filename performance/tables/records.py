"""The records behind a figure that are no cases: one table for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.equipment.tables import DeviceTable
from alliance.postings.tables import VisitTable
from alliance.web import lists, words
from alliance.web.access import way
from complaints.tables import ComplaintRecords
from performance.consequences.tables import LetterTable
from performance.declared.tables import ValueTable
from performance.tables import insurance, joint
from performance.tables.cases import CaseTable
from performance.tables.cells import small
from referrals.consultations.tables import ConsultationTable
from referrals.recognition.tables import OrderTable, ResultTable


class ReferralTable(lists.Table):
    """The referrals behind a figure; names masked."""

    number = tables.Column(verbose_name=gettext_lazy("referral number"), attrs=lists.HEAD)
    direction = tables.Column(verbose_name=gettext_lazy("direction"))
    person = tables.Column(verbose_name=gettext_lazy("patient"), accessor="patient_masked")
    origin_institution = tables.Column(
        verbose_name=gettext_lazy("sent from"), accessor="origin_institution__short_name"
    )
    target_institution = tables.Column(verbose_name=gettext_lazy("sent to"), accessor="target_short")
    logged_at = tables.Column(verbose_name=gettext_lazy("logged"))
    answered_at = tables.Column(verbose_name=gettext_lazy("answered"))
    arrived_at = tables.Column(verbose_name=gettext_lazy("arrived"))
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)

    class Meta(lists.Table.Meta):
        pass

    def render_number(self, record: Any) -> SafeString:
        url = way(self.request.membership, "referral", record.pk)
        if not url:
            return format_html("{}", record.number)
        return format_html('<a href="{}">{}</a>', url, record.number)

    def render_direction(self, record: Any) -> str:
        return str(record.get_direction_display())

    def render_logged_at(self, value: Any) -> str:
        return words.moment(value)

    def render_answered_at(self, record: Any, value: Any) -> SafeString:
        moment = words.moment(value)
        if record.is_late:
            return format_html("{} {}", moment, small("late", _("late")))
        return format_html("{}", moment)

    def render_arrived_at(self, value: Any) -> str:
        return words.moment(value)

    def render_state(self, record: Any) -> str:
        return str(record.get_state_display())


class LeftOut(lists.Table):
    """Records that were looked at and are not counted; `why` says of each why not."""

    why = tables.Column(verbose_name=gettext_lazy("why not counted"), empty_values=(), attrs=lists.WRAP)

    def __init__(self, *args: Any, why: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = why

    class Meta(lists.Table.Meta):
        pass

    def render_why(self, record: Any) -> str:
        return self.reasons[record.pk]


class LeftOutReferrals(LeftOut, ReferralTable):
    """Referrals that arrived and are not counted."""

    class Meta(lists.Table.Meta):
        sequence = ("number", "why", "...")


class LeftOutCases(LeftOut, CaseTable):
    """Cases that a decision leaves out."""

    class Meta(lists.Table.Meta):
        sequence = ("record_no", "why", "...")


class LeftOutValues(LeftOut, ValueTable):
    """Declared values that a decision leaves out."""

    class Meta(lists.Table.Meta):
        sequence = ("fact", "why", "...")


class VisitCountTable(lists.Table):
    """Visits as primary institutions reported them; where they are reported is one click away."""

    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.HEAD
    )
    visits = tables.Column(verbose_name=gettext_lazy("visits"), attrs=lists.KEY)
    entered_by = tables.Column(verbose_name=gettext_lazy("reported by"), accessor="entered_by__user")
    entered_at = tables.Column(verbose_name=gettext_lazy("reported"))
    month = tables.Column(verbose_name=gettext_lazy("month"))

    class Meta(lists.Table.Meta):
        pass

    def render_visits(self, value: int) -> str:
        return words.num(value)

    def render_entered_at(self, value: Any) -> str:
        return words.moment(value)

    def render_month(self, value: Any) -> SafeString:
        url = f"{reverse('referral-visits')}?month={value:%Y-%m}"
        return format_html('<a href="{}">{}</a>', url, words.month(value))


class UseTable(lists.Table):
    """Uses of devices, both sides standing by them."""

    device = tables.Column(
        verbose_name=gettext_lazy("device"), linkify=("equipment-use", [tables.A("pk")]), attrs=lists.HEAD
    )
    started_at = tables.Column(verbose_name=gettext_lazy("started"))
    minutes = tables.Column(
        verbose_name=gettext_lazy("minutes"), accessor="ended_at", empty_values=(), attrs=lists.KEY
    )
    owner = tables.Column(verbose_name=gettext_lazy("owner"), accessor="owner__short_name")
    institution = tables.Column(
        verbose_name=gettext_lazy("using institution"), accessor="institution__short_name"
    )
    item_name = tables.Column(verbose_name=gettext_lazy("examination as named"))
    source = tables.Column(verbose_name=gettext_lazy("source"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        pass

    def render_started_at(self, value: Any) -> str:
        return words.moment(value)

    def render_minutes(self, record: Any) -> str:
        return str(int((record.ended_at - record.started_at).total_seconds()) // 60)


class EvaluationTable(lists.Table):
    """What hosts thought, in points of one to five."""

    staff = tables.Column(
        verbose_name=gettext_lazy("expert"), accessor="posting__staff",
        linkify=("posting", [tables.A("posting_id")]), attrs=lists.HEAD,
    )  # fmt: skip
    host = tables.Column(verbose_name=gettext_lazy("posted to"), accessor="posting__host__short_name")
    attendance = tables.Column(verbose_name=gettext_lazy("attendance"), attrs=lists.KEY)
    service = tables.Column(verbose_name=gettext_lazy("service"), attrs=lists.NUMBER)
    teaching = tables.Column(verbose_name=gettext_lazy("teaching"), attrs=lists.NUMBER)
    words = tables.Column(verbose_name=gettext_lazy("in words"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        pass


class AttendanceTable(lists.Table):
    """Lines of attendance that count."""

    session = tables.Column(
        verbose_name=gettext_lazy("training session"), linkify=("training-session", [tables.A("session_id")]),
        attrs=lists.HEAD,
    )  # fmt: skip
    staff = tables.Column(verbose_name=gettext_lazy("staff member"))
    minutes = tables.Column(verbose_name=gettext_lazy("minutes"), attrs=lists.KEY)
    way = tables.Column(verbose_name=gettext_lazy("way"))
    points = tables.Column(verbose_name=gettext_lazy("points of 100"), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        pass


class DoctorTable(lists.Table):
    """Doctors of primary institutions."""

    name = tables.Column(verbose_name=gettext_lazy("doctor"), attrs=lists.HEAD)
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.KEY
    )
    department = tables.Column(verbose_name=gettext_lazy("department"))
    title = tables.Column(verbose_name=gettext_lazy("title"))

    class Meta(lists.Table.Meta):
        pass


class PolicyTable(DoctorTable):
    """Staff who have to come to policy training, or came."""

    class Meta(lists.Table.Meta):
        pass


class DutyPersonTable(lists.Table):
    """Who must sign the responsibility letter, or has."""

    user = tables.Column(verbose_name=pgettext_lazy("duty", "person"), attrs=lists.HEAD)
    institution = tables.Column(
        verbose_name=gettext_lazy("institution"), accessor="institution__short_name", attrs=lists.KEY
    )
    department = tables.Column(verbose_name=gettext_lazy("department"))

    class Meta(lists.Table.Meta):
        pass


class LeftOutComplaints(LeftOut, ComplaintRecords):
    """Complaints that are counted elsewhere or not in time."""

    class Meta(lists.Table.Meta):
        sequence = ("number", "why", "...")


class LeftOutRounds(LeftOut, insurance.RoundTable):
    """Filings answered late or not yet."""

    class Meta(lists.Table.Meta):
        sequence = ("number", "why", "...")


LEFT_OUT: dict[str, type[LeftOut]] = {
    "referral": LeftOutReferrals, "case": LeftOutCases, "declared": LeftOutValues,
    "complaint": LeftOutComplaints, "offsite_round": LeftOutRounds,
}  # fmt: skip
RECORDS: dict[str, type[lists.Table]] = {
    "referral": ReferralTable,
    "visit_count": VisitCountTable,
    "consultation": ConsultationTable,
    "order": OrderTable,
    "result": ResultTable,
    "device": DeviceTable,
    "use": UseTable,
    "visit": VisitTable,
    "evaluation": EvaluationTable,
    "attendance": AttendanceTable,
    "doctor": DoctorTable,
    "policy_person": PolicyTable,
    "duty_person": DutyPersonTable,
    "joint_project": joint.ProjectTable,
    "joint_person": joint.EnrolmentTable,
    "technique_case": joint.CaseTable,
    "case_conference": joint.ConferenceTable,
    "joint_study": joint.ResearchTable,
    "declared": ValueTable,
    "letter": LetterTable,
    "complaint": ComplaintRecords,
    "offsite_round": insurance.RoundTable,
    "abnormal_report": insurance.ReportTable,
    "patient_day": insurance.DayTable,
    "focus_group": insurance.GroupTable,
}
