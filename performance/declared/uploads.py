"""Evidence files of a form: known by their content, and kept when the rest of the form is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib import sheets
from alliance.models import Attachment, Membership
from alliance.services.files import Upload
from performance.declared.services.proving import keep

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_DAYS = 7  # how long a file waits for the rest of its form to be put right


class ManyFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Scans, workbooks and CSV files; gives a list of uploads with the type their content has.

    `must`: the service refuses to do without; the field says so, yet takes none where an attempt before has
    left one.
    """

    def __init__(self, *, must: bool = False, **more: Any) -> None:
        self.must = must
        super().__init__(
            label=gettext_lazy("evidence files"), required=False, widget=ManyFiles(),
            help_text=gettext_lazy("PDF, PNG, JPEG, workbook or CSV; several at once."), **more,
        )  # fmt: skip

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        found = data if isinstance(data, list | tuple) else [data] if data else []
        return [_upload(super(EvidenceField, self).clean(file, initial)) for file in found]


def _upload(file: Any) -> Upload:
    if (file.size or 0) > scan_limit():
        raise forms.ValidationError(
            _("“%(name)s” has more than %(mib)d MiB. Scan it smaller.")
            % {"name": file.name, "mib": scan_limit() >> 20}
        )
    kind = scan_type(file) or _sheet_type(file)
    if kind is None:
        raise forms.ValidationError(
            _("“%(name)s” is no PDF, PNG, JPEG, workbook or CSV. Scan or export it again.")
            % {"name": file.name}
        )
    return Upload(file.name, Pieces(file), kind, scan_limit())


class Pieces:
    """The content of a file from its beginning, each time it is asked for: an attempt that is refused has
    read it once before it is kept.
    """

    def __init__(self, file: Any) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        return iter(self.file.chunks())


def _sheet_type(file: Any) -> str | None:
    try:
        kind = sheets.recognise(file.name, file)
    except sheets.SheetRefused:
        return None
    finally:
        file.seek(0)
    return XLSX if kind is sheets.Kind.XLSX else CSV


class SheetField(forms.FileField):
    """One workbook or CSV file, known by its content."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file is not None and _sheet_type(file) is None:
            raise forms.ValidationError(
                _("This is no workbook or CSV file. Export it again as .xlsx or .csv.")
            )
        return file


class KeptFiles:
    """Files of a refused form: sealed at once, named on the page, taken over by the next attempt."""

    def __init__(self, request: Any, uploads: Sequence[Upload]) -> None:
        self.request, self.uploads = request, uploads
        self.by: Membership = request.membership

    def earlier(self) -> list[Attachment]:
        """What earlier attempts of this person have left, by the numbers the form carries."""
        asked = [text for text in self.request.POST.getlist("kept") if text.isdecimal() and len(text) < 19]
        mine = Attachment.objects.filter(
            pk__in=asked, owner=self.by, purpose=Attachment.Purpose.EVIDENCE, deleted_at=None,
            delete_after__isnull=False,
        )  # fmt: skip
        return list(mine.order_by("pk"))

    def all(self) -> list[Attachment]:
        """Earlier files and those that come now, for good."""
        found = self.earlier()
        Attachment.objects.filter(pk__in=[one.pk for one in found]).update(delete_after=None)
        return [*found, *keep(by=self.by, place=self.by.institution, uploads=self.uploads)]

    def waiting(self) -> list[Attachment]:
        """Seal what came now for a week, so that it need not be chosen again."""
        found = keep(by=self.by, place=self.by.institution, uploads=self.uploads)
        until = timezone.now() + timedelta(days=KEPT_DAYS)
        Attachment.objects.filter(pk__in=[one.pk for one in found]).update(delete_after=until)
        return [*self.earlier(), *found]
