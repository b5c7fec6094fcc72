"""Forms of disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.web.form_fields import RowField
from alliance.web.place_fields import MemberField
from grouping.disputes import elsewhere
from grouping.disputes.services import Thing
from grouping.models import Dispute, DisputeExpert, DisputeOpinion, Scheme

# What stands on this floor; definitions above it have a form of their own.
ABOUT = [pair for pair in Dispute.About.choices if pair[0] != Dispute.About.INDICATOR]


class DisputeForm(forms.Form):
    """A dispute on one code of a scheme, with an optional scan as evidence."""

    about = forms.ChoiceField(label=gettext_lazy("about"), choices=ABOUT, widget=forms.RadioSelect)
    code = forms.CharField(
        label=gettext_lazy("code of the group or list"), max_length=40,
        help_text=gettext_lazy("MDC, ADRG, DRG or the name of a list."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("what is wrong and why"), min_length=4, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Name no patient; the case is linked."),
    )  # fmt: skip
    evidence = forms.FileField(
        label=gettext_lazy("evidence"), required=False, help_text=gettext_lazy("PDF, PNG or JPEG")
    )

    def __init__(self, *, known: frozenset[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known

    def clean_code(self) -> str:
        """A code the scheme has, in its own letters."""
        code = str(self.cleaned_data["code"]).strip()
        found = code if code in self.known else code.upper()
        if found not in self.known:
            raise forms.ValidationError(_("The scheme has no MDC, ADRG, DRG or list of this name."))
        return found

    def clean_evidence(self) -> Any:
        """A scan by content, not larger than the limit."""
        file = self.cleaned_data["evidence"]
        if file is None:
            return None
        if (file.size or 0) > scan_limit():
            raise forms.ValidationError(
                _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
            )
        if scan_type(file) is None:
            raise forms.ValidationError(_("This is no PDF, PNG or JPEG."))
        return file


class PaperForm(DisputeForm):
    """What came on paper: for whom, from whom, with its scan."""

    institution = RowField(label=gettext_lazy("institution"))
    raised_by = forms.CharField(label=gettext_lazy("raised by"), max_length=60)

    def __init__(self, *, places: Sequence[Institution], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field = self.fields["institution"]
        assert isinstance(field, RowField)
        field.offer(places, str)
        self.fields["evidence"].required = True
        self.fields["evidence"].label = _("scan")
        self.order_fields(["institution", "raised_by", "about", "code", "text", "evidence"])


class ThingForm(forms.Form):
    """A dispute about a definition above this floor."""

    thing = forms.ChoiceField(label=gettext_lazy("definition"))
    text = forms.CharField(
        label=gettext_lazy("what is wrong and why"), min_length=4, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=gettext_lazy("Name no patient."),
    )  # fmt: skip
    evidence = forms.FileField(
        label=gettext_lazy("evidence"), required=False, help_text=gettext_lazy("PDF, PNG or JPEG")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["thing"].choices = [  # type: ignore[attr-defined]
            (str(kind.word), [(f"{kind.name}:{id}", words) for id, words in kind.offers()])
            for kind in elsewhere.kinds().values()
        ]

    clean_evidence = DisputeForm.clean_evidence

    def chosen(self) -> Thing:
        """Kind and id of what was chosen."""
        kind, _colon, id = self.cleaned_data["thing"].partition(":")
        return Thing(kind, id)


class StudyForm(forms.Form):
    """Nothing to fill in."""


class ReplyForm(forms.Form):
    """The answer."""

    answer = forms.CharField(
        label=gettext_lazy("answer"), min_length=2, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class SettleForm(forms.Form):
    """The version that settled it, or why nothing changes."""

    unchanged = forms.CharField(
        label=gettext_lazy("or why nothing changes"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = self._versions(dispute)
        self.order_fields(["version", "unchanged"])

    def _versions(self, dispute: Dispute) -> forms.Field:
        if dispute.scheme is not None:
            later = Scheme.objects.filter(from_date__gt=dispute.scheme.from_date).order_by("-from_date")
            return forms.ModelChoiceField(label=_("scheme that settled it"), queryset=later, required=False)
        kind = elsewhere.kinds().get(dispute.object_kind)
        offered = kind.versions(dispute.filed_at.astimezone(SHANGHAI).date()) if kind else []
        return forms.TypedChoiceField(
            label=_("version that settled it"), required=False, empty_value=None,
            choices=[("", "—"), *offered], coerce=lambda id: (id, dict(offered)[id]),
        )  # fmt: skip


class MergeForm(forms.Form):
    """The dispute that asks the same."""

    into = forms.ModelChoiceField(label=gettext_lazy("joined to"), queryset=None)

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = Dispute.objects.filter(code=dispute.code).exclude(pk=dispute.pk)
        field = self.fields["into"]
        field.queryset = alike.exclude(state=Dispute.State.MERGED)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.pk} · {one.text[:40]}"  # type: ignore[attr-defined]


class ExpertForm(forms.Form):
    """Who is asked, and for which field."""

    member = MemberField(label=gettext_lazy("expert"), queryset=None)
    kind = forms.ChoiceField(label=gettext_lazy("field"), choices=DisputeExpert.Kind.choices)

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dict[str, Any](self.fields)["member"].offer(members)


class OpinionForm(forms.Form):
    """What an expert thinks."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("opinion"), choices=DisputeOpinion.Verdict.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("why, in your own words"), min_length=4, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class BackForm(forms.Form):
    """Why an expert stands back."""

    why = forms.CharField(label=gettext_lazy("what you have to do with it"), min_length=2, max_length=300)
