"""Pages of the house: the list, one complaint, its steps, its files, the name behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import send
from alliance.web.refused import add_refusal
from complaints import machine, tables
from complaints.forms.staff import STEP_FORMS
from complaints.models import Complaint
from complaints.services import attaching, clocks, handling, merging, person
from complaints.show import page as show


@permit("complaint.view")
@require_safe
def complaint_list(request: Any) -> HttpResponse:
    """To answer, late, with us, waiting for the person, ended, all."""
    now, wanted = timezone.now(), request.GET.get("view", "")
    view = wanted if wanted in tables.VIEWS else tables.VIEWS[0]
    rows = tables.view_of(request.membership, view, now).with_names()
    return lists.answer(
        request, "complaints/list.html", rows, tables.ComplaintTable, filterset=tables.ComplaintFilter,
        tabs=tables.tabs(request.membership, view, now), empty=_empty(view), extra={"title": _("Complaints")},
    )  # fmt: skip


def _empty(view: str) -> parts.Empty:
    if view in ("waiting", "late", "up"):
        return parts.Empty(
            _("Nothing waits here"), _("Complaints come by QR code, telephone, letter, orders.")
        )
    return parts.Empty(_("No complaint here yet"))


@permit("complaint.view")
@require_safe
def complaint(request: Any, pk: int) -> HttpResponse:
    """One complaint and what this member may do now; the reading is journaled first (N44)."""
    found = visible(request.membership, pk)
    journal.write(by=request.membership, verb="complaint.read", about=found, request=request)
    return render(request, "complaints/complaint.html", show.page(found, request.membership, timezone.now()))


@permit("complaint.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Take a step; which side and role may, the service decides."""
    found, service = visible(request.membership, pk), SERVICES.get(step)
    if service is None:
        raise Http404
    form, error = show.form_of(found, step, timezone.localdate(), request.POST), None
    if form.is_valid():
        try:
            done = service(request, found, form)
        except Stale as stale:
            return _changed(request, visible(request.membership, stale.row.pk), step, form)
        except Refused as refused:
            error = refused
        else:
            return done or redirect("complaint", found.pk)
    if error is not None:
        add_refusal(form, error)
    context = {
        "title": str(STEP_TITLES[step]()), "form": form, "complaint": found,
        "action": show.act_url(found, step), "cancel": reverse("complaint", args=[found.pk]),
    }  # fmt: skip
    return render(request, "complaints/act.html", context, status=400)


def _changed(request: Any, now_there: Complaint, step: str, form: Any) -> HttpResponse:
    """Somebody was faster: what the complaint is now, and the form with all that was typed. Sent again it
    names the version of now; where the step is over, its words can only be copied.
    """
    known = {action.url for action in show.actions(now_there, request.membership)}
    action = show.act_url(now_there, step)
    context = {
        "title": str(STEP_TITLES[step]()), "form": form, "complaint": now_there, "open": action in known,
        "action": action, "cancel": reverse("complaint", args=[now_there.pk]),
        "typed": [(one.label, said) for one in form if (said := _typed(one))],
    }  # fmt: skip
    return render(request, "complaints/changed.html", context, status=409)


def _typed(field: Any) -> str:
    """What stands in a field, in the words of the page: of a choice its label, not its code."""
    value = field.value()
    given = [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
    known = {str(code): str(label) for code, label in getattr(field.field, "choices", ())}
    return _(", ").join(known.get(one, one) for one in given)


@permit("complaint.view")
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of a complaint, for who sees the complaint; fetching it is reading (N44)."""
    found = visible(request.membership, pk)
    row = get_or_404(found.files.select_related("attachment"), pk=file, attachment__deleted_at=None)
    if attaching.held_back(row.attachment, nameless=found.anonymous):
        raise PermissionDenied(attaching.HELD_BACK)
    journal.write(by=request.membership, verb="complaint.read", about=found, request=request, file=row.pk)
    return send(row.attachment)


def visible(membership: Membership, pk: int) -> Complaint:
    """The complaint if the member may know of it, else 404."""
    rows = Complaint.objects.visible_to(membership).with_names().select_related("merged_into")
    return get_or_404(rows.prefetch_related("concerned"), pk=pk)


def _moved(service: Callable[..., Any], said: Callable[[], str]) -> Callable[..., None]:
    """A service of a step with its version, and the sentence that says it is done."""

    def take(request: Any, found: Complaint, form: Any) -> None:
        service(
            by=request.membership, complaint=found, now=timezone.now(), version=asked.version(request),
            **form.arguments(),
        )  # fmt: skip
        messages.success(request, said())

    return take


def _escalate(request: Any, found: Complaint, form: Any) -> None:
    clocks.escalate(by=request.membership, complaint=found, now=timezone.now(), **form.arguments())
    messages.success(request, _("It stands one level higher now."))


def _add(request: Any, found: Complaint, form: Any) -> None:
    # No double sending is told apart here: a member sees what stands there already.
    mark = f"member:{request.membership.pk}:{request.request_id}"
    person.add(by=request.membership, complaint=found, mark=mark, now=timezone.now(), **form.arguments())
    messages.success(request, _("The addition is kept."))


def _reveal(request: Any, found: Complaint, form: Any) -> HttpResponse:
    """The name is shown once; no page of an alliance is kept by a browser."""
    name, phone = handling.reveal(by=request.membership, complaint=found, request=request, **form.arguments())
    context = {"title": found.number, "complaint": found, "name": name, "phone": phone}
    return render(request, "complaints/revealed.html", context)


SERVICES: dict[str, Callable[..., HttpResponseBase | None]] = {
    "triage": _moved(handling.triage, lambda: _("Kind and gravity are set.")),
    "assign": _moved(handling.assign, lambda: _("It is with the department.")),
    "answer": _moved(handling.answer, lambda: _("The first answer is sent.")),
    "resolve": _moved(handling.resolve, lambda: _("The result is sent; the person is asked about it.")),
    "close": _moved(person.confirm, lambda: _("It is closed as solved.")),
    "reopen": _moved(person.reopen, lambda: _("It is open again; the clock of the result began anew.")),
    "restore": _moved(person.reopen, lambda: _("It is open again; the clock of the result began anew.")),
    "withdraw": _moved(person.withdraw, lambda: _("It is withdrawn.")),
    "merge": _moved(merging.merge, lambda: _("It is merged.")),
    "part": _moved(merging.separate, lambda: _("It goes its own way again.")),
    "separate": _moved(merging.separate, lambda: _("It goes its own way again.")),
    "escalate": _escalate, "add": _add, "reveal": _reveal,
}  # fmt: skip
_MACHINE = {
    "answer": machine.ANSWERING, "resolve": machine.RESOLVING, "close": machine.CLOSING,
    "reopen": machine.REOPENING, "restore": machine.RESTORING, "withdraw": machine.WITHDRAWING,
    "merge": machine.MERGING, "part": machine.SEPARATING, "separate": machine.SEPARATING,
}  # fmt: skip
STEP_TITLES: dict[str, Callable[[], object]] = {
    **{name: (lambda label=custom["label"]: label) for name, custom in _MACHINE.items()},
    "assign": lambda: machine.ASSIGNING["label"], "reveal": lambda: _("Open the name…"),
    **{name: label for name, _right, _states, label, _icon in show.OTHERS if name != "assign"},
}  # fmt: skip
assert set(SERVICES) == set(STEP_FORMS) == set(STEP_TITLES)
