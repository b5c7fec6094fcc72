"""Small workbooks written by hand, so that a test can damage any part; and what a refused file answers."""

import io
import zipfile

import pytest

from alliance.lib.sheets import Limits, SheetRefused, read

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.{kind}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
PLAIN_KIND = "openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": TYPES.format(kind=PLAIN_KIND),
    "_rels/.rels": RELS.format(
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    ),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="月表" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": RELS.format(
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    ),
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>机构</t></is></c></row></sheetData></worksheet>',
}


def workbook(**changed):
    """A small workbook written by hand, with parts replaced or added by name."""
    return packed({**PARTS, **changed})


def packed(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer


def refusal(name, source, **limits):
    with pytest.raises(SheetRefused) as refused:
        list(read(name, source, limits=Limits(**limits)))
    return refused.value


def sheet_with(cells):
    return workbook(
        **{
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/>'
            f'<sheetData><row r="7">{cells}</row></sheetData></worksheet>'
        }
    )


def with_shared_strings(strings):
    part = "/xl/sharedStrings.xml"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="{part}" ContentType="{kind}"/></Types>'
    return workbook(
        **{
            "[Content_Types].xml": PARTS["[Content_Types].xml"].replace("</Types>", override),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        }
    )
