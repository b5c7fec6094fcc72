"""Stored files: sealed, whole, and refused when cut or too large (walls.md section 4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.test import override_settings

from alliance.models import Attachment
from alliance.services import files
from alliance.tenancy.scope import act_in
from tests.world import World


@pytest.fixture(autouse=True)
def folder(tmp_path: Path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def keep(world: World, content: list[bytes], limit: int = 10**9) -> Attachment:
    return files.store(
        by=world.lin,
        name="../../x.csv",
        content=content,
        purpose="case_file",
        content_type="text/csv",
        limit=limit,
    )


@pytest.mark.parametrize(
    "size", [0, 1, files.PIECE - 1, files.PIECE, files.PIECE + 1, 2 * files.PIECE, 3 * files.PIECE - 16]
)
def test_what_was_stored_comes_back_and_is_not_readable_on_disk(
    world: World, folder: Path, size: int
) -> None:
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    with act_in(world.qinghe):
        row = keep(world, [content[:7], content[7:]])
        assert b"".join(files.read(row)) == content
        with files.plain_copy(row) as plain:
            assert plain.read() == content
    assert row.size == size
    assert b"0123456789abcdef" not in (folder / str(world.qinghe.pk) / row.stored_name).read_bytes()


def test_n16_the_stored_name_is_random_and_holds_nothing_of_the_users(world: World, folder: Path) -> None:
    with act_in(world.qinghe):
        row = keep(world, [b"x"])
    assert row.shown_name == "x.csv" and len(row.stored_name) == 32
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [row.stored_name]


@pytest.mark.parametrize("size", [10, files.PIECE, 2 * files.PIECE])
def test_a_cut_file_does_not_open(world: World, folder: Path, size: int) -> None:
    with act_in(world.qinghe):
        row = keep(world, [b"x" * size])
        path = folder / str(world.qinghe.pk) / row.stored_name
        path.write_bytes(path.read_bytes()[:-16])
        with pytest.raises(InvalidTag):
            list(files.read(row))


def test_too_large_leaves_nothing_behind(world: World, folder: Path) -> None:
    with act_in(world.qinghe), pytest.raises(files.TooLarge):
        keep(world, [b"x" * 100, b"y" * 100], limit=150)
    assert not [path for path in folder.rglob("*") if path.is_file()]
