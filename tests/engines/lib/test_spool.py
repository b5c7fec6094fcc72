"""The temporary file that lies sealed: what comes back, and what the disk sees."""

from __future__ import annotations

import io
import os

from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.spool import SealedSpool


@given(st.lists(st.binary(max_size=70)), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90))))
def test_whatever_was_written_is_read_from_any_place(
    parts: list[bytes], looks: list[tuple[int, int]]
) -> None:
    whole = b"".join(parts)
    with SealedSpool() as spool:
        for part in parts:
            assert spool.write(part) == len(part)
        spool.seek(0)
        reader = io.BufferedReader(spool, 16)
        assert reader.read() == whole
        for place, size in looks:
            reader.seek(place)
            assert reader.read(size) == whole[place : place + size]
        assert reader.seek(0, os.SEEK_END) == len(whole)


def test_the_disk_never_sees_the_text() -> None:
    with SealedSpool() as spool:
        spool.write("李秀英 330102196511230023".encode() * 1000)
        on_disk = os.pread(spool._disk.fileno(), 10**6, 0)
        assert len(on_disk) == spool.tell() > 0
        assert b"330102196511230023" not in on_disk


def test_it_has_no_name() -> None:
    with SealedSpool() as spool:
        assert os.fstat(spool._disk.fileno()).st_nlink == 0
