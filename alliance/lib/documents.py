"""A paper as plain values, and as an editable docx (practice.md 10: notice, bulletin, minutes).

Written with python-docx; the library is loaded only when a document is asked for.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

BODY, HEAD = "FangSong", "SimHei"  # as Chinese offices set their papers
SIZES = {"body": 12, "title": 20, "heading": 14, "table": 10}  # points


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below their heads; `numbers`: columns set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()

    @property
    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """Each row's cells with their heading and whether they stand to the right: for a page."""
        return [
            [
                (head, cell, at in self.numbers)
                for at, (head, cell) in enumerate(zip(self.heads, row, strict=True))
            ]
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, paragraphs (one a line of `text`) and a table, each of which may be missing."""

    heading: str
    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: title, the line below it, parts, small print, who signs."""

    title: str
    line: str
    parts: tuple[Part, ...]
    foot: str = ""
    signs: tuple[str, ...] = ()


def to_docx(paper: Document) -> bytes:
    """The paper as a docx: real headings and tables, so that an office can go on editing."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    file = docx.Document()
    file.core_properties.title, file.core_properties.author = paper.title, ""
    for style, size in (("Normal", "body"), ("Title", "title"), ("Heading 1", "heading")):
        _font(file.styles[style], BODY if style == "Normal" else HEAD, SIZES[size])
    file.add_paragraph(paper.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    file.add_paragraph(paper.line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in paper.parts:
        if part.heading:
            file.add_paragraph(part.heading, style="Heading 1")
        for line in filter(None, part.text.splitlines()):
            file.add_paragraph(line)
        if part.table is not None:
            _table(file, part.table)
    if paper.foot:
        file.add_paragraph(paper.foot)
    if paper.signs:
        file.add_paragraph("        ".join(f"{name}：__________" for name in paper.signs))
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _font(style: Any, name: str, size: int) -> None:
    """A font for Latin and Chinese letters alike; Word keeps the two apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.color.rgb = name, Pt(size), RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _table(file: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = file.add_table(rows=0, cols=len(table.heads), style="Table Grid")
    for number, row in enumerate((table.heads, *table.rows)):
        for column, (cell, text) in enumerate(zip(made.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.bold, run.font.size = number == 0, Pt(SIZES["table"])
            if column in table.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file.add_paragraph()
