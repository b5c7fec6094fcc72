"""What page tests of this room need: the cast with the shipped scheme, files delivered, checked, stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.models import Membership
from alliance.services import jobs
from alliance.tenancy.scope import act_in
from grouping.models import CaseFile
from grouping.services import intake, publishing, schemes
from tests.grouping.files import as_csv, front_page
from tests.world import World, make_world

TODAY = date(2026, 11, 3)
HOME = "/a/qinghe"


@contextmanager
def inside(world: World) -> Iterator[None]:
    """The county alliance, in a transaction."""
    with act_in(world.qinghe), transaction.atomic():
        yield


def make_cast() -> World:
    """The cast, grouping by the shipped scheme."""
    world = make_world()
    shipped(world)
    return world


def shipped(world: World) -> None:
    """The cast groups by the shipped scheme."""
    with inside(world):
        schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))


def two_cases(world: World) -> None:
    """Two cases of the lead hospital, stored and grouped."""
    shipped(world)
    store(world, pages(world, 2))


def pages(world: World, count: int, **changes: str) -> list[dict[str, str]]:
    """Front pages of the lead hospital in good order."""
    return [
        front_page(world.lead.organisation, f"R{number:05}", A11=f"人{number}", **changes)
        for number in range(count)
    ]


def check(
    world: World,
    rows: list[dict[str, str]],
    *,
    by: Membership | None = None,
    today: date = TODAY,
    **how: Any,
) -> CaseFile:
    """Receive a file and run its check."""
    with inside(world):
        file, _made = intake.receive_file(
            by=by or world.lin, name="202610.csv", content=[as_csv(rows)], today=today, **how
        )
    jobs.drain(world.qinghe)
    with inside(world):
        return CaseFile.objects.get(pk=file.pk)


def store(
    world: World, rows: list[dict[str, str]], *, by: Membership | None = None, today: date = TODAY
) -> CaseFile:
    """Receive, check and store the good rows of a file, and group them."""
    file = check(world, rows, by=by, today=today)
    with inside(world):
        file = publishing.publish(by=by or world.lin, file=file, take_good=True)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    return file


def upload(client: Client, content: bytes, name: str = "202610.csv", **fields: str) -> Any:
    """Post the upload form."""
    body = {"file": SimpleUploadedFile(name, content), "edition": "insurance", **fields}
    return client.post(f"{HOME}/case-files/deliver/", body)


def browser(world: World, name: str) -> Client:
    """Somebody of the cast, reading English pages."""
    return world.client(name, HTTP_ACCEPT_LANGUAGE="en")


def text(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def queries(client: Client, page: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"{HOME}/{page}").status_code == 200
    return len(seen)
