"""Pictures lose what the camera wrote beside them, and nothing of what is seen."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from alliance.lib.bare import Unreadable, bare

GPS, MAKE, ARTIST, TURNED = 0x8825, 0x010F, 0x013B, 0x0112


def photo(way: int = 1, **more: object) -> bytes:
    """A photo with place, device and owner."""
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    exif = Image.Exif()
    exif[MAKE], exif[ARTIST], exif[TURNED] = "PhoneMaker", "张三", way
    exif.get_ifd(GPS)[2] = (30.0, 15.0, 7.5)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"taken by zhangsan", **more)
    return out.getvalue()


def seen(content: bytes) -> bytes:
    """The pixels."""
    return Image.open(io.BytesIO(content)).tobytes()


@pytest.mark.parametrize(
    "more", [{}, {"progressive": True}, {"icc_profile": b"p" * 200}, {"restart_marker_rows": 1}]
)
@pytest.mark.parametrize("way", [1, 3, 6, 8])
def test_a_photo_keeps_its_pixels_and_which_way_is_up(way: int, more: dict[str, object]) -> None:
    whole = photo(way, **more)
    left = bare(whole, "image/jpeg")
    assert b"PhoneMaker" in whole and b"zhangsan" in whole
    for trace in (b"PhoneMaker", "张三".encode(), b"zhangsan", b"GPS"):
        assert trace not in left
    exif = Image.open(io.BytesIO(left)).getexif()
    assert dict(exif) == ({TURNED: way} if way > 1 else {}) and not exif.get_ifd(GPS)
    assert seen(left) == seen(whole)
    assert Image.open(io.BytesIO(left)).info.get("icc_profile") == more.get("icc_profile")


def test_a_second_picture_behind_the_first_goes_too() -> None:
    whole = photo()
    assert bare(whole + photo(), "image/jpeg") == bare(whole, "image/jpeg")


def test_a_drawing_loses_its_texts() -> None:
    info, out = PngInfo(), io.BytesIO()
    info.add_text("Author", "zhangsan")
    info.add_itxt("XML:com.adobe.xmp", "<x>PhoneMaker</x>")
    exif = Image.Exif()
    exif[ARTIST] = "lisi"
    Image.effect_noise((20, 20), 60).save(out, "PNG", pnginfo=info, exif=exif)
    left = bare(out.getvalue() + b"behind the end", "image/png")
    assert b"zhangsan" in out.getvalue()
    for trace in (b"zhangsan", b"PhoneMaker", b"lisi", b"behind"):
        assert trace not in left
    assert seen(left) == seen(out.getvalue())


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_what_is_cut_or_no_picture_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(Unreadable):
        bare(content, kind)


def test_every_cut_of_a_photo_is_refused_or_bare() -> None:
    whole = photo(6)
    for end in range(0, len(whole) - 2, 7):
        with pytest.raises(Unreadable):
            bare(whole[:end], "image/jpeg")


def test_a_paper_comes_back_as_it_is() -> None:
    assert bare(b"%PDF-1.4", "application/pdf") == b"%PDF-1.4"
