"""Complaints of any side, small, for the crawl."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from alliance.models import Institution, Membership
from alliance.web.public import Sheet
from complaints.models import Complaint, ComplaintFile, Report
from complaints.services import attaching, box, filing


def photo() -> attaching.Upload:
    """A picture: without a name no PDF is taken."""
    body = io.BytesIO()
    Image.new("RGB", (8, 8)).save(body, "JPEG")
    return attaching.Upload("单据.jpg", [body.getvalue()], "image/jpeg", body.tell())


def complaint(place: Institution, mark: str, now: Any) -> Complaint:
    """Filed by nobody known, with a file."""
    said = filing.Said(place, "charge", mark)
    row = filing.file(by=None, said=said, mark=f"crawl:{mark}", now=now).complaint
    attaching.attach(by=None, complaint=row, uploads=[photo()], now=now)
    return row


def file_of(row: Complaint) -> ComplaintFile:
    """Its file."""
    return row.files.get()


def slip(by: Membership, place: Institution, mark: str, now: Any) -> str:
    """The sheet a member took a complaint down with."""
    sheet = Sheet.hand_out(purpose := f"complaint-enter:{place.alliance.code}:{by.pk}")
    said = filing.Said(place, "charge", mark, channel="phone")
    filing.file(by=by, said=said, mark=Sheet.take(sheet, purpose, by_a_member=True).mark, now=now)
    return sheet


def report(place: Institution, mark: str, now: Any) -> Report:
    """In the sealed box; found again only with the box open."""
    sealed = box.file(institution=place, text=mark, mark=f"crawl:{mark}", now=now, uploads=[photo()])
    found = box.of_link(sealed.secret)
    assert found is not None
    return found


def sealed_file(row: Report) -> int:
    """The id of its file."""
    with box._open(f"k:{row.link_hash}"):
        return int(row.files.get().pk)


def cases(case: Any, one: Any, listing: Any) -> dict[str, Any]:
    """How the addresses of complaints are asked for."""
    there = "?institution={foreign.side.place.pk}"
    views = ("?view=late", "?view=all&q=x", "?view=closed&severity=2_serious", "?view=up")
    return {
        "complaints": case(queries=views),
        "complaint-enter": listing,
        "complaint-slip": case(lambda things: {"sheet": things.complaint_slip}, of=("sheet",)),
        "complaint-codes": listing,
        "complaint-code": case(
            lambda things: {"place": things.side.place.code}, of=("place",), shared=True
        ),
        "complaint-orders": listing,
        "complaint-figures": case(queries=("?month=2026-10", "?month=x", there)),
        "complaint-export": case(queries=("?kind=csv", there)),
        "sealed-box": listing,
        "box-keepers": listing,
        "box-keepers-noted": listing,
        "box-keeper-act": one("box_keeper", step="consent"),
        "box-keeper-object": one("box_keeper"),
        "sealed-report": one("report", shared=True),
        "sealed-file": case(
            lambda things: {"pk": things.report.pk, "file": sealed_file(things.report)},
            of=("pk", "file"), shared=True,
        ),
        "complaint": one("complaint"),
        "complaint-file": case(
            lambda things: {"pk": things.complaint.pk, "file": file_of(things.complaint).pk},
            of=("pk", "file"),
        ),
        "complaint-act": one("complaint", step="triage"),
        "api:complaints": case(queries=("?limit=5", "?offset=1", "?state=received", "?state=x")),
        "api:complaint": one("complaint"),
        "api:complaint-answer": one("complaint"),
        "api:complaint-resolve": one("complaint"),
    }  # fmt: skip
