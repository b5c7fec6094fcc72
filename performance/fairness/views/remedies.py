"""Steps of what follows from a clue: the vote, the answer of the institution, the end, counting again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.fairness import forms
from performance.fairness.services import remedies as services
from performance.fairness.show import remedies as show
from performance.fairness.views.clues import FASTER, clue_or_404, clue_page
from performance.models import ClueRemedy


def _form(step: str, row: ClueRemedy, data: Any) -> Any:
    if step == "propose":
        return forms.ChainForm(data, chains=show.chains(services.KIND), auto_id=f"vote{row.pk}-%s")
    return forms.ReasonForm(data, auto_id=f"{step}{row.pk}-%s")


def _take(step: str, by: Any, row: ClueRemedy, version: int | None, said: dict[str, Any]) -> None:
    if step == "propose":
        services.propose(by=by, remedy=row, today=timezone.localdate(), version=version, **said)
        return
    deed = {"reply": services.reply, "finish": services.finish, "restore": services.restore}[step]
    deed(by=by, remedy=row, now=timezone.now(), version=version, **said)


@permit("fairness.view")
@require_POST
def remedy_act(request: Any, pk: int, remedy: int, step: str) -> HttpResponseBase:
    """One step of one measure of a clue; a stale tab gets 409 and a sentence."""
    found = clue_or_404(request, pk)
    row = get_or_404(ClueRemedy.objects.named().filter(clue=found), pk=remedy)
    if step not in ("propose", "reply", "finish", "restore"):
        raise Http404
    form, status = _form(step, row, request.POST), 400
    if form.is_valid():
        try:
            _take(step, request.membership, row, asked.version(request), form.cleaned_data)
            return redirect("clue", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    return clue_page(request, clue_or_404(request, pk), status, **{f"{row.pk}-{step}": form})
