"""Pages of the insurance desk: filings with their hour, entering one on behalf, the answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.lib.secrets import hashed
from alliance.models.base import Stale
from alliance.services import journal, private_links
from alliance.services.files import TooLarge
from alliance.web import asked, lists, public
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.parts import Tab
from alliance.web.qr import picture
from alliance.web.refused import add_refusal
from referrals.models import Referral
from referrals.offsite import forms, services, show, tables
from referrals.offsite.models import ENTER, VIEW, Filing
from referrals.offsite.public import address, places

VERDICTS = {"file": "filed", "more": "more", "refuse": "refused"}


@permit(VIEW)
@require_safe
def filings(request: Any) -> HttpResponse:
    """What waits, what was late, all."""
    wanted, now = request.GET.get("view", ""), timezone.now()
    view = wanted if wanted in show.VIEWS else show.VIEWS[0]
    labels = {
        "waiting": pgettext("offsite", "Waiting"), "late": pgettext("offsite", "Past the hour"),
        "all": _("All"),
    }  # fmt: skip
    at = private_links.address(f"say/{request.alliance.code}/offsite/")
    extra = {
        "title": _("Off-site care filing"),
        "head": show.head(request.membership, now),
        "public_form": at,
    }
    return lists.answer(
        request, "offsite/list.html", show.rows(request.membership, view, now), tables.FilingTable,
        tabs=[Tab(label, f"?view={name}", name == view) for name, label in labels.items()],
        empty=tables.NONE, extra=extra,
    )  # fmt: skip


def _purpose(request: Any) -> str:
    return f"offsite-enter:{request.alliance.code}:{request.membership.pk}"


def _mark(request: Any, sheet: str) -> str:
    """The mark of the member's own form; '' for one that is not theirs. Speed proves nothing here."""
    try:
        return public.Sheet.take(sheet, _purpose(request), by_a_member=True).mark
    except public.SheetRefused:
        return ""


def _initial(request: Any) -> dict[str, Any]:
    """What the referral a link names says already."""
    found: dict[str, Any] = {"from_on": timezone.localdate(), "place": request.membership.institution_id}
    if wanted := request.GET.get("referral", ""):
        row = get_or_404(Referral.objects.visible_to(request.membership).select_related("person"), pk=wanted)
        found |= {
            "kind": "transfer", "referral_no": row.number, "insurance": row.insurance,
            "hospital": str(row.target_institution or ""),
        }  # fmt: skip
        if row.person is not None:
            journal.read(by=request.membership, about=row, request=request, page="offsite")
            found |= {"name": row.person.name, "id_number": row.person.id_number, "phone": row.person.phone}
    return found


@permit(ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """File on behalf of a person; leads to the slip with the private link."""
    now, sheet = timezone.now(), public.Sheet.hand_out(_purpose(request))
    base = {"places": places(), "files_most": services.number_of(services.FILES, now)}
    if request.method != "POST":
        return _entering(request, forms.FilingForm(sheet=sheet, initial=_initial(request), **base))
    form = forms.FilingForm(request.POST, request.FILES, **base)
    mark = _mark(request, request.POST.get("sheet", ""))
    if not mark:
        form.add_error(None, _("This page was open for very long. Open it anew."))
    elif form.is_valid():
        try:
            services.file(
                by=request.membership,
                said=form.said(),
                mark=mark,
                uploads=form.cleaned_data["files"],
                now=now,
            )
        except Refused as error:
            add_refusal(form, error)
        except TooLarge as error:
            said = _("The file has more than %(mib)s MiB. Choose a smaller one.")
            form.add_error("files", said % {"mib": error.limit >> 20})
        else:
            return redirect("offsite-slip", request.POST["sheet"])
    return _entering(request, form, 400)


def _entering(request: Any, form: Any, status: int = 200) -> HttpResponse:
    context = {"title": pgettext("offsite", "File for a person"), "form": form}
    return render(request, "offsite/enter.html", context, status=status)


@permit(ENTER)
@require_safe
def slip(request: Any, sheet: str) -> HttpResponse:
    """What the person takes along: number, limit and the private link, for whom entered it just now."""
    mark = _mark(request, sheet)
    if not mark:
        raise Http404
    row = get_or_404(Filing.objects.named(), mark=hashed(mark), entered_by=request.membership.pk)
    secret = private_links.secret(request.alliance.code, services.PURPOSE, mark)
    at = request.build_absolute_uri(address(request.alliance.code, secret))
    context = {
        "title": row.number, "filing": row, "address": at, "picture": picture(at),
        "round": row.rounds.first(),
    }  # fmt: skip
    answer = render(request, "offsite/slip.html", context)
    add_never_cache_headers(answer)
    return answer


def _found(request: Any, pk: int) -> Filing:
    return get_or_404(Filing.objects.visible_to(request.membership).named(), pk=pk)


def _answered(
    request: Any, row: Filing, given: dict[str, Any], status: int = 200, opened: dict[str, str] | None = None
) -> HttpResponse:
    page = show.page(row, request.membership, timezone.now(), given, opened or {})
    answer = render(request, "offsite/filing.html", page, status=status)
    if opened:
        add_never_cache_headers(answer)
    return answer


@permit(VIEW)
@require_safe
def filing(request: Any, pk: int) -> HttpResponse:
    """One filing, masked; the reading is journaled."""
    row = _found(request, pk)
    journal.read(by=request.membership, about=row, request=request, page="offsite")
    return _answered(request, row, {})


@permit(VIEW)
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A photo or PDF the person sent."""
    row = get_or_404(_found(request, pk).files.select_related("attachment"), pk=file)
    return fetched(request, row.attachment)


@permit(VIEW)
@require_POST
def reveal(request: Any, pk: int) -> HttpResponse:
    """Name and numbers in full, with a reason; they are in no address and no cache."""
    row, form = _found(request, pk), forms.RevealForm(request.POST, auto_id="reveal-%s")
    if form.is_valid():
        try:
            told = services.reveal(
                by=request.membership, filing=row, reason=form.cleaned_data["text"], request=request
            )
            return _answered(request, row, {}, opened=told)
        except Refused as error:
            add_refusal(form, error)
    return _answered(request, row, {"reveal": form}, 400)


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Filed, more papers, refused, papers have come."""
    row = _found(request, pk)
    if step not in show.FORMS:
        raise Http404
    form = show.FORMS[step](request.POST, auto_id=f"{step}-%s")
    if form.is_valid():
        base = {
            "by": request.membership, "filing": row, "now": timezone.now(), "version": asked.version(request),
        }  # fmt: skip
        try:
            if step == "supply":
                services.supply(**base, note=form.cleaned_data["text"], uploads=())
            else:
                services.answer(**base, verdict=VERDICTS[step], **form.cleaned_data)
            messages.success(request, _("Kept."))
            return redirect("offsite-filing", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return _answered(request, _found(request, pk), {step: form}, 409)
    return _answered(request, row, {step: form}, 400)
