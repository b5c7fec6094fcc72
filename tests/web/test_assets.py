"""Front-end files: pinned, without addresses, our own small; nothing is loaded from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from alliance.management.commands.collecticons import sprite

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"


def test_the_lock_pins_every_file_and_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert "://" not in text, "take “resolved”, “funding” and “url” out of package-lock.json"
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)


def test_package_json_names_exact_versions() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert set(versions) == {"@tabler/core", "echarts", "@tabler/icons", "axe-core"}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_installing_runs_no_script_and_asks_no_advice() -> None:
    lines = (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert {
        "omit-lockfile-registry-resolved=true",
        "ignore-scripts=true",
        "audit=false",
        "fund=false",
    } <= set(lines)


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
def test_our_files_load_nothing_from_elsewhere(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "://" not in text
    assert "@import" not in text


def test_colours_are_named_in_the_tokens_alone() -> None:
    css = (STATIC / "app.css").read_text(encoding="utf-8")
    _tokens, rest = css.split("/* 2. Ground")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", rest) == []


def test_paper_is_white_in_every_theme_and_its_pages_are_numbered() -> None:
    """Printed in the dark theme, pages outside a sheet had light letters on white paper."""
    css = (STATIC / "app.css").read_text(encoding="utf-8")
    dark = css.index('[data-bs-theme="dark"] {\n')
    assert css[:dark].rstrip().endswith("*/") and css[:dark].rpartition("@media ")[2].startswith("screen {")
    [page] = re.findall(r"^@page \{.*$", css, re.M)
    assert "counter(page)" in page and "counter(pages)" in page


def test_every_file_the_frame_names_is_found() -> None:
    if not (ROOT / "node_modules").exists():
        pytest.skip("node_modules is absent: run npm ci")
    named = set(
        re.findall(r"{% static '([^']+)' %}", (ROOT / "templates" / "base.html").read_text(encoding="utf-8"))
    )
    named |= {"vendor/echarts/echarts.min.js", "icons.svg"}
    assert len(named) >= 7
    assert [name for name in sorted(named) if not finders.find(name)] == []


def test_the_sprite_is_what_the_installed_icons_draw() -> None:
    drawings = ROOT / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    if not drawings.exists():
        pytest.skip("@tabler/icons is absent: run npm ci")
    text = (STATIC / "icons.svg").read_text(encoding="utf-8")
    assert "MIT" in text
    assert sprite(text, drawings) == text
