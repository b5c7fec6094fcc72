"""A filing of any side, small, for the crawl; its texts bear the mark."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alliance.models import Institution, Membership
from alliance.services.files import Upload
from alliance.web.public import Sheet
from referrals.offsite import services
from referrals.offsite.models import Filing
from tests.offsite.scene import said


def filing(place: Institution, mark: str, now: datetime) -> Filing:
    """Sent by nobody known, with a file."""
    pdf = Upload("病历.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    told = said(place, city=mark, reason=mark)
    return services.file(by=None, said=told, mark=f"crawl:{mark}", uploads=[pdf], now=now).filing


def slip(by: Membership, place: Institution, mark: str, now: datetime) -> str:
    """The sheet a member filed with."""
    sheet = Sheet.hand_out(purpose := f"offsite-enter:{place.alliance.code}:{by.pk}")
    taken = Sheet.take(sheet, purpose, by_a_member=True)
    services.file(by=by, said=said(place, city=mark), mark=taken.mark, now=now)
    return sheet


def cases(case: Any, one: Any, listing: Any) -> dict[str, Any]:
    """How the addresses of filings are asked for."""
    return {
        "offsite": case(queries=("?view=late", "?view=all", "?view=x")),
        "offsite-enter": listing,
        "offsite-slip": case(lambda things: {"sheet": things.offsite_slip}, of=("sheet",)),
        "offsite-filing": one("offsite_filing"),
        "api:offsite": case(queries=("?state=waiting", "?kind=x")),
        "api:offsite-filing": one("offsite_filing"),
        "offsite-file": case(
            lambda things: {"pk": things.offsite_filing.pk, "file": things.offsite_filing.files.get().pk},
            of=("pk", "file"),
        ),
        "offsite-reveal": one("offsite_filing"),
        "offsite-act": one("offsite_filing", step="file"),
    }  # fmt: skip
