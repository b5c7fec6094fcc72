"""What the journal of a bundle says of the month (run, step, books) against its manifest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from performance.bundle.deeds import Deeds
from performance.bundle.differing import differences
from performance.bundle.told import Told

RUN, LIFE, PERIOD = "performance.monthrun", "performance.monthlife", "ledger.period"
# States a run can be in after the last deed of it that the journal names: a declined proposal is computed
# again, an approved one is posted at once.
AFTER: Mapping[str, tuple[str, ...]] = {
    "month.computed": ("computed", "blocked"), "month.proposed": ("proposed", "approved", "computed"),
    "month.posted": ("posted",),
}  # fmt: skip
STAGES = {
    "month.published": "published", "month.paid": "paid", "month.closed": "closed", "month.final": "final",
}  # fmt: skip
OPENED, CLOSED = "ledger.period_opened", "ledger.period_closed"
OF_MONTH = "manifest.json"


OPEN = (
    "open_scheme", "open_people", "open_confirmed", "open_heads", "open_times", "open_papers",
    "open_parameters", "open_payments", "open_seals",
)  # fmt: skip


class Steps:
    """Collects the deeds of the journal as they pass."""

    def __init__(self, head: Mapping[str, Any]) -> None:
        self._head = head
        self._which = self._last = self._digest = self._stage = ""
        self.deeds = Deeds()
        self._open = False  # nobody has opened its books yet

    def passes(self, row: Mapping[str, Any]) -> None:
        """One row of the journal, in its order."""
        verb, detail = row["verb"], row["detail"]
        self.deeds.passes(row)
        if row["about"] == RUN and verb == "month.run_started" and detail.get("number") == self._head["run"]:
            self._which = row["which"]
        elif row["about"] == RUN and row["which"] == self._which and verb in AFTER:
            self._last, self._digest = verb, detail.get("digest", self._digest)
        elif row["about"] == LIFE and verb in STAGES:
            self._stage = STAGES[verb]
        elif row["about"] == PERIOD and verb in (OPENED, CLOSED):
            self._open = verb == OPENED

    def check(self, code_versions: Mapping[str, str]) -> Iterator[str]:
        """The manifest against what passed; `code_versions` of the journals in the books that posted the
        month, by their path.
        """
        head = self._head
        if head["state"] not in AFTER.get(self._last, ()):
            said = {"path": f"{OF_MONTH}.state", "stored": head["state"]}
            if self._last in AFTER:
                yield Told("state", **said, found=" / ".join(AFTER[self._last]))
            else:
                yield Told("no_run", **said)
        if self._digest:
            yield from differences(head["result_digest"], self._digest, f"{OF_MONTH}.result_digest")
        if (head["state"] == "posted") != bool(code_versions):
            said = {"path": f"{OF_MONTH}.state", "stored": head["state"]}
            yield Told("posted", **said, times=len(code_versions))
        for path, version in code_versions.items():
            yield from differences(head["code_version"], version, f"{OF_MONTH}.code_version of {path}")
        if "stage" in head:
            yield from differences(head["stage"], self._stage, f"{OF_MONTH}.stage")
        yield from differences(head["books"], "open" if self._open else "closed", f"{OF_MONTH}.books")

    def unchecked(self, posted: bool) -> Iterator[str]:
        """What nothing in the file proves."""
        if not posted:
            yield Told("open_code")
        if "stage" not in self._head:
            yield Told("open_stage")
        yield from map(Told, OPEN)
