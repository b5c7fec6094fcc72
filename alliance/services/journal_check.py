"""Checking the chain of an alliance's journal as a job, with its progress and its result on record."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Alliance, Job, JournalHead, Membership
from alliance.services import jobs, journal, sealer
from alliance.services.sealer import Finding, Link
from alliance.tenancy.scope import current_alliance_id

KIND = "journal.verify"


def start(*, by: Membership) -> Job:
    """Queue a check of the whole chain; while one runs, that one."""
    return jobs.enqueue(by=by, kind=KIND, dedupe="chain")


@jobs.handles(KIND, gettext_lazy("Check the journal’s chain"))
def check(work: jobs.Work) -> jobs.Step:
    """Check the next rows; the result names how many were checked and the first that does not fit, if any."""
    chain = sealer.chain_of(Alliance.objects.get(pk=current_alliance_id()))
    finding = sealer.verify_some(chain, after=_from_token(work.previous))
    if not finding.done:
        text = _("%(n)d entries checked") % {"n": finding.checked}
        return jobs.Step(more=True, token=_to_token(finding), total=_chunks(), text=text)
    broken = finding.broken
    found = {
        "checked": finding.checked,
        "row": broken.row if broken else None,
        "reason": broken.reason if broken else "",
    }
    result = "broken" if broken else "done"
    journal.write(by=work.job.created_by, verb="journal.verified", about=work.job, result=result, **found)
    return jobs.Step(more=False, token=_to_token(finding), result=found)


def _chunks() -> int | None:
    head = JournalHead.objects.first()
    return None if head is None else max(1, head.last_id // sealer.CHUNK)


def _from_token(token: dict[str, object]) -> Finding:
    if not token:
        return Finding(Link(), 0, done=False)
    link = Link(int(str(token["last_id"])), bytes.fromhex(str(token["seal"])))
    return Finding(link, int(str(token["checked"])), done=False)


def _to_token(finding: Finding) -> dict[str, object]:
    return {"last_id": finding.link.last_id, "seal": finding.link.seal.hex(), "checked": finding.checked}
