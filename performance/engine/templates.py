"""Ready schemes to begin from: the mission's numbers as data, one file each (S0-20, S2-36, S3-63..65)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from performance.engine.evaluators import Evaluators
from performance.engine.factbook import Level
from performance.engine.restore import restore
from performance.engine.scheme import Scheme

FOLDER = Path(__file__).resolve().parents[1] / "data" / "schemes"


@dataclass(frozen=True, slots=True)
class Template:
    """A scheme of a level with its evaluators; `sources` name the requirements its numbers come from."""

    level: Level
    sources: tuple[str, ...]
    about_zh: str
    about_en: str
    scheme: Scheme
    evaluators: Evaluators | None = None

    @property
    def code(self) -> str:
        """The code of its scheme."""
        return self.scheme.code


def read_template(text: str) -> Template:
    """Read a template from TOML. Raises ShapeRefused; contents are checked by `scheme.check`."""
    data = tomllib.loads(text)
    whole = {**data.get("template", {}), "scheme": data.get("scheme", {})}
    if "evaluators" in data:
        whole["evaluators"] = data["evaluators"]
    for column in whole["scheme"].get("columns", []):
        for item in column["items"]:
            if item["form"]["kind"] == "mean":  # TOML has no word for "computed"
                item["form"].setdefault("mean", None)
    return restore(Template, whole, "$.template")


@cache
def shipped_templates() -> dict[str, Template]:
    """The templates the product ships with, by code."""
    found = [read_template(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return {one.code: one for one in found}
