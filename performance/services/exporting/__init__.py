"""Handing a month out as one file that anybody can recompute (walls 4: export is its own permission).

pseudonyms  people and records under names that only this house can read back
rules       what pay of the month rests on
pay         pools of the month down to the person, as rows of the bundle
opinions    what third parties signed about the month
books       ledger, accounts and the journal's slice
handed      which files left the house: the list that only grows
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import IO, Any, cast

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone

from alliance.ledger import facts as ledger
from alliance.lib.spool import SealedSpool
from alliance.models import Membership
from alliance.services import journal
from performance.bundle import Writer, chain
from performance.bundle import verifying as names
from performance.models import MonthRun, PayPool, Settlement
from performance.services.exporting import books, handed, lots, opinions, pay, rules
from performance.services.exporting.pseudonyms import Pseudonyms
from performance.services.rights import require
from performance.verification import facts as verification

VERB, PIECE = "month.exported", 1 << 16
RIGHT = "month.export"  # apart from `export.run`, which auditors have not


@transaction.atomic
def export(*, by: Membership, run: MonthRun, out: IO[bytes], now: datetime, request: Any = None) -> str:
    """Write the bundle of a run with a result to a stream; returns its digest, which is kept for good.

    Rows are read and written one after the other: memory does not grow with the month's people or entries.
    The same month gives the same bytes until something is added to it. Raises PermissionDenied.
    """
    require(by, RIGHT)
    settlement = run.settlement
    assert settlement is not None, "callers choose a run with a result"
    bundle = write(run, settlement, alliance=by.alliance.code, out=out)
    digest = bundle.close()
    handed.keep(by=by, run=run, digest=digest, size=bundle.size, manifest=bundle.manifest, now=now)
    journal.write(by=by, verb=VERB, about=run, request=request, digest=digest)
    return digest


def answer(*, by: Membership, run: MonthRun, request: Any) -> StreamingHttpResponse:
    """The bundle as a download; it lies sealed on disk while it is sent. Raises PermissionDenied."""
    spool = SealedSpool()
    export(by=by, run=run, out=cast(IO[bytes], spool), now=timezone.now(), request=request)
    size = spool.tell()
    spool.seek(0)
    response = StreamingHttpResponse(iter(partial(spool.read, PIECE), b""), content_type="application/zip")
    response["Content-Length"] = str(size)
    name = f"{by.alliance.code}-{run.period}-run-{run.number}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def write(run: MonthRun, settlement: Settlement, *, alliance: str, out: IO[bytes]) -> Writer:
    """All members in their order; the bundle, still to be closed."""
    month, hidden = run.period, Pseudonyms.of(alliance, run.period)
    signed = verification.signed(month)
    head: dict[str, Any] = {
        "alliance": alliance, "month": month, "run": run.number, "state": run.state,
        "stage": books.stage(month),
        "books": "open" if month in ledger.open_months() else "closed",
        "code_version": settlement.code_version, "scheme": settlement.scheme.code,
        "scheme_version": settlement.scheme.version, "scheme_digest": settlement.scheme_digest,
        "inputs_digest": settlement.inputs_digest, "result_digest": settlement.result_digest,
        "opinions": opinions.head(signed),
    }  # fmt: skip
    slice_ = list(chain.chained(_plain(head), books.deeds(month, hidden)))
    head["journal"] = slice_[-1]["chain"] if slice_ else chain.first(_plain(head))
    bundle = Writer(out, head)
    bundle.raw(names.INPUTS, settlement.frozen())
    bundle.value(names.RESULT, settlement.result)
    own = list(
        PayPool.objects.filter(month=month.first_day, state="posted").select_related("approval")
        .order_by("kind", "number")
    )  # fmt: skip
    ground = pay.Reading(month, hidden, own)
    bundle.value(names.RULES, rules.rules(month, own))
    bundle.lines(names.ROSTER, ground.roster())
    for pool in own:
        bundle.lines(f"pay/{pool.kind}-{pool.number}.jsonl", ground.rows(pool))
    bundle.lines(names.LOTS, lots.rows(month, hidden, ground))
    bundle.lines(names.LEDGER, books.others(month, hidden))
    bundle.lines(names.ACCOUNTS, books.accounts(month, hidden))
    bundle.lines(names.OPINIONS, opinions.rows(signed, hidden))
    bundle.lines(names.JOURNAL, slice_)
    return bundle


def _plain(head: dict[str, Any]) -> dict[str, Any]:
    return {**head, "month": str(head["month"])}
