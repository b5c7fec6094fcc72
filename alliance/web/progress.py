"""The fragment of a running job: asks again every second, and goes to the result when the job ends."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from alliance.models import Job

ENDED = frozenset({Job.State.DONE, Job.State.FAILED, Job.State.DEAD})


def answer(request: Any, job: Job, *, done_url: str = "") -> HttpResponse:
    """The progress fragment; to HTMX an ended job answers with the way to `done_url`."""
    context = {"job": job, "poll": request.path, "done_url": done_url}
    response = render(request, "_progress.html", context)
    if request.htmx and done_url and job.state in ENDED:
        response["HX-Redirect"] = done_url
    return response
