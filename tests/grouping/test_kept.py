"""What is kept between workers: taken from the cache, never from bytes not ours, made anew without one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as Away

from grouping.services import edits, kept, schemes, versions
from tests.grouping.scene import TODAY, inside
from tests.world import World


def test_a_value_is_made_once_and_told_apart_by_alliance(scene: World) -> None:
    made: list[int] = []

    def make() -> tuple[str, int]:
        made.append(1)
        return "a", 1

    with inside(scene):
        cache.delete(kept._key("test"))
        assert kept.kept("test", make) == kept.kept("test", make) == ("a", 1)
        assert len(made) == 1 and kept._key("test").startswith(f"{scene.qinghe.pk}:")


def test_bytes_that_are_not_ours_are_made_anew(scene: World) -> None:
    with inside(scene):
        kept.put("test", "ours")
        blob: Any = cache.get(kept._key("test"))
        cache.set(kept._key("test"), blob[: kept.MARK] + blob[kept.MARK :][::-1])
        assert kept.kept("test", lambda: "anew") == "anew"


def test_without_a_cache_it_takes_longer_and_goes_on(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **more: object) -> None:
        raise Away("nobody is there")

    monkeypatch.setattr(cache, "get", away)
    monkeypatch.setattr(cache, "set", away)
    with inside(scene):
        assert kept.kept("test", lambda: 7) == 7


def test_weights_are_edited_and_shown_without_reading_the_package_again(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(scene):
        package = schemes.package(schemes.in_force(TODAY))
        version = versions.released(package.digest)
        assert version is not None
        draft = edits.copy(by=scene.su, version=version, named="委员会稿")
        with monkeypatch.context() as patch:
            patch.setattr(versions, "read_files", never)
            versions._package.cache_clear()  # another worker
            draft = edits.edit(by=scene.su, version=draft, changes={"ES21": {"weight": "1.25"}})
            versions._groups.cache_clear()
            found = versions.groups_of(draft)
        weights = {row.code: str(row.weight) for rows in found.drgs.values() for row in rows}
        assert weights["ES21"] == "1.25" and found.digest == draft.digest and not found.lists
        assert versions.package_of(draft).digest == draft.digest
        changed = versions.differences(version, draft)
        assert [one.code for one in changed if one.section == "weights"] == ["ES21"]
        versions._package.cache_clear()
        monkeypatch.setattr(versions, "read_files", never)
        assert versions.package_of(draft).lists and versions.differences(version, draft) == changed


def never(files: object) -> None:
    raise AssertionError("the package was read again")
