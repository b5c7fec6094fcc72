"""Every English message the product may show: of templates, gettext calls and the library's refusals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("alliance", "config", "grouping", "referrals", "complaints", "performance")
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
TABLES = {"reasons", "contents"}  # class attributes of refusals that hold sentences
LITERAL = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*{LITERAL}(?:\s*,\s*{LITERAL})?")

Message = tuple[str, str]  # msgid (after its context and EOT, as gettext joins them), where it stands
EOT = "\x04"


def messages() -> list[Message]:
    """All of them with the file each stands in."""
    found = [pair for path in templates() for pair in of_template(path)]
    found += [pair for path in modules() for pair in of_module(path)]
    return sorted(set(found))


def templates() -> Iterator[Path]:
    """Our own templates."""
    yield from (ROOT / "templates").rglob("*.html")
    for room in ROOMS:
        yield from (ROOT / room).rglob("templates/**/*.html")


def modules() -> Iterator[Path]:
    """Our own modules but migrations, which repeat what models say."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def of_template(path: Path) -> Iterator[Message]:
    """Messages of translate, blocktranslate and _("") in a template."""
    for name, first, second in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        texts = (
            [ast.literal_eval(first), ast.literal_eval(second)]
            if name in IN_CONTEXT
            else [ast.literal_eval(first)]
        )
        yield EOT.join(texts), where(path)


def of_module(path: Path) -> Iterator[Message]:
    """Messages of gettext calls and of tables of refusals' sentences in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from ((text, where(path)) for text in _of_call(node))
        if isinstance(node, ast.Assign) and any(_name(target) in TABLES for target in node.targets):
            yield from ((text, where(path)) for text in _of_table(node.value))


def _of_call(node: ast.Call) -> list[str]:
    name = _name(node.func)
    needed = 2 if name in IN_CONTEXT else 1
    if name not in ONE | MANY | IN_CONTEXT or len(node.args) < needed:
        return []
    texts = [one.value for one in node.args[:needed] if isinstance(one, ast.Constant)]
    return [EOT.join(texts)] if len(texts) == needed and all(isinstance(one, str) for one in texts) else []


def _of_table(node: ast.expr) -> list[str]:
    values = node.values if isinstance(node, ast.Dict) else []
    return [
        value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def where(path: Path) -> str:
    """A file by its place in the project."""
    return str(path.relative_to(ROOT))
