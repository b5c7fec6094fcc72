"""What tests of schemes need: packages in every form, sent as a browser sends them, checked, put in force."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alliance.approvals import services as approvals
from alliance.services import jobs
from grouping.models import SchemeVersion
from grouping.services import release, schemes
from tests.grouping.scene import HOME, inside
from tests.world import World

SHIPPED = schemes.SHIPPED / "xietong_demo"
CITY = {"xietong_demo": "city_2026", "协同演示分组方案": "本市分组方案", "0.8460": "0.9999"}
ON = date(2026, 11, 3)


def texts(**changes: str) -> dict[str, bytes]:
    """The shipped scheme as the files of another one; `changes` replaces texts in all of them."""
    found = {}
    for path in sorted(SHIPPED.iterdir()):
        content = path.read_text(encoding="utf-8-sig")
        for old, new in changes.items():
            content = content.replace(old, new)
        found[path.name] = content.encode()
    return found


def package(**changes: str) -> bytes:
    """The same as a zip of one folder."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in texts(**changes).items():
            archive.writestr(f"city/{name}", content)
    return body.getvalue()


def send(client: Client, content: bytes, name: str = "city.zip", **fields: Any) -> Any:
    """Upload one file."""
    return client.post(f"{HOME}/schemes/import/", {"files": SimpleUploadedFile(name, content), **fields})


def imported(world: World, content: bytes | None = None, name: str = "city.zip") -> SchemeVersion:
    """A version of the city's package, uploaded and checked."""
    from grouping.services import packages

    with inside(world):
        made = packages.receive(
            by=world.luo, parts=[(name, [content if content is not None else package(**CITY)])], today=ON
        )
    jobs.drain(world.qinghe)
    with inside(world):
        return SchemeVersion.objects.get(pk=made.pk)


def put_in_force(world: World, version: SchemeVersion, day: date) -> None:
    """Luo proposes, Meng agrees."""
    with inside(world):
        approval = release.propose(by=world.luo, version=version, from_date=day, on=ON, confirmed=True)
        approvals.decide(by=world.meng, approval=approval, verdict="yes")
