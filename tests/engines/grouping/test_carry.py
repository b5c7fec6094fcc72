"""Local overrides follow to the next official package: what the city left alone by itself; the rest waits."""

from __future__ import annotations

from grouping.engine.carry import Override, merged, overrides
from grouping.engine.write import written
from tests.engines.grouping.tiny import TINY

FILES = written({name: text.encode() for name, text in TINY.items()})


def changed(**texts: tuple[str, str]) -> dict[str, bytes]:
    """The tiny package with texts of some files replaced; a file is named by its stem."""
    found = dict(FILES)
    for stem, (old, new) in texts.items():
        content = found[f"{stem}.csv"].decode()
        assert old in content, (stem, old)
        found[f"{stem}.csv"] = content.replace(old, new, 1).encode()
    return found


def drg_row(code: str) -> str:
    """The row of a DRG as the file has it."""
    return next(line for line in FILES["drg.csv"].decode().splitlines() if f",{code}," in line)


CODE = FILES["drg.csv"].decode().splitlines()[1].split(",")[2]
ROW = drg_row(CODE)
CELLS = ROW.split(",")


def weighed(weight: str) -> str:
    return ",".join([*CELLS[:-2], weight, CELLS[-1]])


LOCAL = changed(drg=(ROW, weighed("7.5")))


def only(found: tuple[Override, ...]) -> Override:
    (one,) = found
    return one


def test_what_the_city_left_alone_is_carried() -> None:
    new = changed(mdc=(",", ","), drg=("\n", "\n"))
    one = only(overrides(FILES, LOCAL, new))
    assert (one.key, one.column, one.local, one.state) == ((CODE,), "weight", "7.5", "carried")
    out = merged(new, (one,), lambda _one: True)
    assert out["drg.csv"] == LOCAL["drg.csv"] and out["mdc.csv"] == new["mdc.csv"]


def test_what_both_changed_is_a_conflict_and_follows_the_decision() -> None:
    new = changed(drg=(ROW, weighed("2.25")))
    one = only(overrides(FILES, LOCAL, new))
    assert (one.state, one.base, one.local, one.new) == ("changed", CELLS[-2], "7.5", "2.25")
    assert merged(new, (one,), lambda _one: True)["drg.csv"] == LOCAL["drg.csv"]
    assert merged(new, (one,), lambda _one: False) == new


def test_what_the_city_took_up_itself_needs_nothing() -> None:
    assert only(overrides(FILES, LOCAL, LOCAL)).state == "same"


def test_a_group_the_city_took_away_takes_its_override_along() -> None:
    new = changed(drg=(f"{ROW}\n", ""))
    one = only(overrides(FILES, LOCAL, new))
    assert one.state == "gone" and merged(new, (one,), lambda _one: True) == new


def test_a_local_group_is_carried_whole_and_one_taken_away_stays_away() -> None:
    own = ",".join([CELLS[0], "99", "LOCAL1", "本地组", "true", "1.1", "本地"])
    added = changed(drg=(f"{ROW}\n", f"{ROW}\n{own}\n"))
    one = only(overrides(FILES, added, FILES))
    assert (one.column, one.state, one.key) == ("", "carried", ("LOCAL1",))
    assert own in merged(FILES, (one,), lambda _one: True)["drg.csv"].decode()
    without = changed(drg=(f"{ROW}\n", ""))
    gone = only(overrides(FILES, without, FILES))
    assert (gone.local, gone.state) == ("", "carried")
    assert merged(FILES, (gone,), lambda _one: True)["drg.csv"] == without["drg.csv"]


def test_nothing_local_is_nothing_to_carry() -> None:
    assert overrides(FILES, FILES, LOCAL) == ()
