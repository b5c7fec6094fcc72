"""The next official package: local overrides of the version in force follow, conflicts are decided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from grouping.models import SchemeVersion
from grouping.services import carrying, edits, release, versions
from tests.grouping.scene import HOME, browser, inside, text
from tests.grouping.schemes import CITY, ON, imported, put_in_force
from tests.grouping.test_tariffs import released
from tests.world import World

FROM = date(2026, 10, 1)


def groups(world: World, version: SchemeVersion) -> list[str]:
    with inside(world):
        rows = [row for found in versions.package_of(version).drgs.values() for row in found]
    return [
        row.code for row in rows if row.weight is not None and f"{row.weight:f}" not in ("0.9999", "9.8000")
    ][:2]


def local_in_force(world: World) -> tuple[SchemeVersion, str, str]:
    """The city's package with two local changes, in force: a weight of `a`, a note of `b`."""
    official = imported(world)
    a, b = groups(world, official)
    with inside(world):
        draft = edits.copy(by=world.luo, version=official, named="2026-本地")
        draft = edits.edit(
            by=world.luo, version=draft, changes={a: {"weight": "7.7700"}, b: {"note": "本地说明"}}
        )
    put_in_force(world, draft, FROM)
    return draft, a, b


def successor(world: World, weight_of: str = "", weight: str = "3.3300") -> SchemeVersion:
    """The city's next package; with a group whose weight the city changed, too."""
    from tests.grouping.schemes import texts

    files = {name: content.decode() for name, content in texts(**CITY, **{"9.8000": "9.9000"}).items()}
    if weight_of:
        lines = files["drg.csv"].split("\n")
        place = next(n for n, line in enumerate(lines) if f",{weight_of}," in line)
        cells = lines[place].rstrip("\r").split(",")
        lines[place] = ",".join([*cells[:-2], weight, cells[-1]])
        files["drg.csv"] = "\n".join(lines)
    import io
    import zipfile

    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return imported(world, body.getvalue(), name="next.zip")


def weights(version: SchemeVersion) -> dict[str, Decimal | None]:
    return {row.code: row.weight for rows in versions.package_of(version).drgs.values() for row in rows}


def test_what_the_city_left_alone_follows_by_itself_and_is_shown_everywhere(scene: World) -> None:
    local, a, b = local_in_force(scene)
    released(
        scene, "adjustment", [{"key": "mini", "value": "1.1", "terms": {"name": "微创", "drgs": ["XX99", a]}}]
    )
    new = successor(scene)
    client = browser(scene, "luo")
    assert "Local overrides" in text(client.get(f"{HOME}/schemes/versions/{new.pk}/"))
    at = f"{HOME}/schemes/versions/{new.pk}/carry/"
    page = text(client.get(at))
    assert "7.7700" in page and "本地说明" in page and "0 conflicts" in page
    assert "names groups the new package does not have: XX99" in page
    sent = client.post(at, {"version": "2027-本地"})
    assert sent.status_code == 302
    with inside(scene):
        made = SchemeVersion.objects.get(version="2027-本地")
        assert (made.state, made.base_id) == ("draft", new.pk) and weights(made)[a] == Decimal("7.7700")
        notes = {row.code: row.note for rows in versions.package_of(made).drgs.values() for row in rows}
        assert notes[b] == "本地说明" and Decimal("9.9000") in weights(made).values()
        approval = release.propose(by=scene.luo, version=made, from_date=date(2027, 1, 1), on=ON)
        base = SchemeVersion.objects.get(pk=made.base_id)
    for url in (f"schemes/versions/{made.pk}/", f"approvals/{approval.pk}/"):
        page = text(browser(scene, "meng").get(f"{HOME}/{url}"))
        assert "Local overrides carried over" in page and "7.7700" in page, url
    compared = text(client.get(f"{HOME}/schemes/compare/{base.pk}/{made.pk}/"))
    assert "took local overrides over" in compared and "7.7700" in compared
    assert local.pk != made.pk


def test_a_conflict_must_be_decided_and_either_side_can_win(scene: World) -> None:
    _local, a, _b = local_in_force(scene)
    new = successor(scene, a)
    client, at = browser(scene, "luo"), f"{HOME}/schemes/versions/{new.pk}/carry/"
    with inside(scene):
        offered = carrying.offered(new)
        assert offered is not None
        (conflict,) = offered.conflicts
    undecided = client.post(at, {"version": "甲"})
    assert (
        undecided.status_code == 400
        and "1 are still open" in text(undecided)
        and 'value="甲"' in text(undecided)
    )
    for choice, weight in (("local", "7.7700"), ("official", "3.3300")):
        assert client.post(at, {"version": choice, f"choice.{conflict.id}": choice}).status_code == 302
        with inside(scene):
            made = SchemeVersion.objects.get(version=choice)
            assert weights(made)[a] == Decimal(weight)
        shown = text(client.get(f"{HOME}/schemes/versions/{made.pk}/"))
        assert ("local kept" if choice == "local" else "official taken") in shown


def test_nothing_is_offered_where_nothing_is_local(scene: World) -> None:
    official = imported(scene)
    put_in_force(scene, official, FROM)
    new = successor(scene)
    client = browser(scene, "luo")
    assert client.get(f"{HOME}/schemes/versions/{new.pk}/carry/").status_code == 404
    assert "Local overrides" not in text(client.get(f"{HOME}/schemes/versions/{new.pk}/"))


def test_who_may_look_may_not_carry(scene: World) -> None:
    local_in_force(scene)
    new = successor(scene)
    assert browser(scene, "ding").get(f"{HOME}/schemes/versions/{new.pk}/carry/").status_code == 403
