"""A scheme that ships with the product, changed by an upgrade: never other content under the old name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from alliance.tenancy.scope import act_in
from grouping.apps import keep_shipped
from grouping.models import Scheme, SchemeVersion
from grouping.services import schemes, versions
from tests.grouping.scene import HOME, browser, inside, text
from tests.grouping.schemes import put_in_force
from tests.world import World

CODE = "xietong_demo"


def forget() -> None:
    """As in a new process."""
    for cache in (schemes.shipped_package, schemes._package, versions._package):
        cache.cache_clear()


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of shipped schemes, free to be changed."""
    folder = tmp_path / "schemes"
    shutil.copytree(schemes.SHIPPED / CODE, folder / CODE)
    for module in (schemes, versions):
        monkeypatch.setattr(module, "SHIPPED", folder)
    forget()
    yield folder
    forget()


def upgrade(product: Path) -> None:
    """Another weight in the product's file."""
    file = product / CODE / "drg.csv"
    file.write_bytes(file.read_bytes().replace(b"0.8460", b"0.9999"))
    forget()


def test_an_upgrade_brings_a_draft_and_what_holds_keeps_its_content(scene: World, product: Path) -> None:
    with inside(scene):
        held = Scheme.objects.get()
        before = schemes.package(held).digest
    upgrade(product)
    keep_shipped()
    keep_shipped()
    with inside(scene):
        old, new = SchemeVersion.objects.filter(form="shipped").order_by("pk")
        assert (old.state, new.state, new.base_id) == ("released", "draft", old.pk)
        assert schemes.package(held).digest == before == old.digest != new.digest
        weights = {row.weight for rows in versions.package_of(old).drgs.values() for row in rows}
        assert {f"{weight}" for weight in weights} >= {"0.8460"} and Scheme.objects.count() == 1
    page = text(browser(scene, "luo").get(f"{HOME}/schemes/compare/{old.pk}/{new.pk}/"))
    assert "0.9999" in page
    put_in_force(scene, new, date(2026, 12, 1))
    with inside(scene):
        later = schemes.in_force(date(2026, 12, 1))
        assert schemes.package(later).digest == new.digest and later.illustrative


def unkept(digest: str) -> SchemeVersion:
    """The shipped version as an older product left it: released, its files only in the product."""
    made = SchemeVersion(form="shipped", code=CODE, name="x", version="0", digest=digest)
    made.save()
    made.accept()
    made.save()
    made.release()
    made.save()
    return made


def test_a_version_adopted_before_files_were_kept_gets_them_by_a_migration(
    scene: World, product: Path
) -> None:
    with act_in(scene.jiangzhou), transaction.atomic():
        old = unkept(schemes.shipped_package(CODE).digest)
    keep_shipped()
    upgrade(product)
    with act_in(scene.jiangzhou), transaction.atomic():
        kept = SchemeVersion.objects.get(pk=old.pk)
        assert set(kept.manifest) >= {"scheme.toml", "drg.csv"}
        assert versions.read_files(versions.contents(kept)).digest == kept.digest


def test_files_that_were_never_kept_are_missed_not_replaced(scene: World, product: Path) -> None:
    with inside(scene):
        lost = unkept("0" * 64)
        Scheme.objects.create(
            code=CODE,
            name="x",
            version="0",
            from_date=date(2026, 11, 1),
            digest=lost.digest,
            illustrative=True,
        )
        with pytest.raises(versions.ContentGone):
            versions.package_of(lost)
        with pytest.raises(schemes.NoScheme):
            schemes.package(schemes.in_force(date(2026, 11, 2)))
    client = browser(scene, "luo")
    assert "its files were not kept" in text(client.get(f"{HOME}/schemes/versions/{lost.pk}/"))
    assert client.get(f"{HOME}/schemes/versions/{lost.pk}/export/zip/").status_code == 404


def test_the_files_of_a_released_version_are_filled_once_and_nothing_else_of_it(scene: World) -> None:
    with inside(scene):
        lost = SchemeVersion.objects.filter(pk=unkept("0" * 64).pk)
        with pytest.raises(DatabaseError), inside(scene):
            lost.update(manifest={"a": "b"}, digest="1" * 64)
        lost.update(manifest={"a": "b"})
        with pytest.raises(DatabaseError), inside(scene):
            lost.update(manifest={"a": "c"})
