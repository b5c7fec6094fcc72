"""Hospitals told in one line of words each."""

from alliance.demo.names import REGIONS, organisation_code
from alliance.demo.values import Place


def hospitals(alliance: str, city: str, short: str, first_number: int, table: str) -> tuple[Place, ...]:
    """Read one hospital a line; the first becomes A01.

    The words of a line: name, level, kind, role, category of its organisation code, beds, served persons,
    mix, discharges a month, price, encoding.
    """
    lines = [line.split() for line in table.strip().splitlines()]
    return tuple(_hospital(alliance, city, short, first_number, n, words) for n, words in enumerate(lines, 1))


def _hospital(
    alliance: str, city: str, short: str, first_number: int, number: int, words: list[str]
) -> Place:
    name, level, kind, role, category, beds, served, mix, volume, price, encoding = words
    return Place(
        code=f"A{number:02d}",
        organisation=organisation_code(first_number + number, REGIONS[alliance], category),
        name=city + name,
        short_name=short + name,
        level=level,
        kind=kind,
        role=role,
        parent="",
        beds=int(beds),
        served_population=int(served),
        mix=mix,
        volume=int(volume),
        price=int(price),
        encoding=encoding,
    )
