"""Files of people: photos and PDFs, known by name and content, not too many or too large (walls.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.bare import Unreadable, bare
from alliance.services.files import Upload

ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "application/pdf": (".pdf",),
}  # fmt: skip
ACCEPTED = ",".join(ending for endings in ENDINGS.values() for ending in endings)
PDF = "application/pdf"


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some photos or PDFs; gives them as `Upload`s. `most` is set by the form, and `nameless` where who sends
    them gives no name: a PDF keeps who wrote it, and nobody can take that out.
    """

    most, nameless = 0, False

    def __init__(self, **more: Any) -> None:
        widget = _Several(attrs={"accept": ACCEPTED, "multiple": True})
        label = gettext_lazy("photos or PDF")
        told = gettext_lazy("Photos lose place, time and device; a PDF keeps what was written into it.")
        given = {"required": False, "widget": widget, "label": label, "help_text": told}
        super().__init__(**{**given, **more})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file judged by itself; nothing is kept of a form with one that cannot be taken."""
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > self.most:
            raise forms.ValidationError(_("At most %(most)s files. Leave some out.") % {"most": self.most})
        uploads = [_upload(one) for one in given]
        if self.nameless and has_pdf(uploads):
            raise forms.ValidationError(no_pdf())
        return uploads


def _upload(file: UploadedFile[Any]) -> Upload:
    if (file.size or 0) > scan_limit():
        size = scan_limit() >> 20
        raise forms.ValidationError(
            _("The file has more than %(mib)s MiB. Choose a smaller one.") % {"mib": size}
        )
    kind, ending = scan_type(file), PurePosixPath(file.name or "").suffix.lower()
    if kind is None or ending not in ENDINGS[kind]:
        raise forms.ValidationError(_("Only photos (JPG, PNG) and PDF can be taken. Choose another file."))
    file.seek(0)
    try:
        content = bare(file.read(), kind)
    except Unreadable:
        raise forms.ValidationError(_("The photo cannot be read. Take it again.")) from None
    return Upload(file.name or "", [content], kind, scan_limit())


def has_pdf(files: Sequence[Upload]) -> bool:
    """Whether a file is a PDF."""
    return any(one.content_type == PDF for one in files)


def no_pdf() -> str:
    """Why an anonymous sender's PDF is not taken, and what helps."""
    return _(
        "“Photos or PDF”: without your name no PDF is taken, because it keeps who wrote it. Photograph the "
        "page or make a screenshot, and choose that. What you typed is still here."
    )


def uploads(cleaned: Any) -> Sequence[Upload]:
    """The files of a cleaned form."""
    return cleaned or ()
