"""A scheme package small enough to read at a glance, and ways to bend it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from grouping.engine.case import Case
from grouping.engine.scheme import Scheme, read_scheme

Files = Mapping[str, str]

TINY: Files = {
    "scheme.toml": """format = 1
code = "tiny"
name = "小方案"
version = "1.0"
year = 2026
region = "试验"
source = "tests"
effective_from = 2026-07-01
mdc_order = ["MDCA", "MDCP", "MDCZ", "MDCB"]
retry_other_procedures = false
ungroupable = "0000"
weight_unit = "RW"
weight_source = "tests"
""",
    "mdc.csv": """mdc,name,rule
MDCA,先期分组,main_procedure in valid
MDCP,新生儿,principal in MDCP and age == 0
MDCZ,多发创伤,principal in MDCZ and trauma_sites >= 2
MDCB,神经,principal in MDCB
""",
    "adrg.csv": """mdc,seq,adrg,name,kind,rule,when_no_drg
MDCA,1,AA1,移植,surgical,main_procedure in AA1.procedures,next
MDCP,1,PS1,极低体重,medical,has_weight and weight < 1500,adrg
MDCZ,1,ZZ1,创伤,medical,true,next
MDCB,1,BB1,颅脑手术,surgical,main_procedure in BB1.procedures,next
MDCB,3,BQY,歧义病案,ambiguous,any_procedure in valid,adrg
MDCB,5,BR1,脑缺血,medical,true,next
""",
    "drg.csv": """adrg,seq,drg,name,rule,weight,note
AA1,1,AA19,移植,true,12.50,
ZZ1,1,ZZ19,创伤,true,3,
BB1,1,BB11,伴 MCC,mcc,5.64294,
BB1,2,BB13,伴 CC,mcc or cc,3.4596710,
BB1,3,BB15,不伴,true,2,按项目据实支付
BR1,1,BR11,伴 MCC,mcc,1.5,
BR1,2,BR13,重症,"department == ""ICU"" or discharge in {2, 5}",1.2,
BR1,3,BR15,其他,true,0.90,
""",
    "lists.csv": """list,kind,code
valid,procedure,01.1000
valid,procedure,01.2000
valid,procedure,02.1000
AA1.procedures,procedure,02.1000
BB1.procedures,procedure,01.1000
MDCP,diagnosis,P07.100
MDCZ,diagnosis,S06.200
MDCB,diagnosis,I63.900
MDCB,diagnosis,I61.000
""",
    "cc.csv": """code,level,exclusion_group
J96.000,MCC,9
E11.900,CC,7
I61.000,CC,5
K92.200,CC,3
K92.200,MCC,9
""",
    "exclusion.csv": """principal,exclusion_group
I61.000,5
I63.900,9
""",
    "sites.csv": """code,site
S06.200,头
S06.300,头
S22.000,胸
""",
    "diagnoses.csv": """code,name
P07.100,低体重
S06.200,脑损伤
I63.900,脑梗死
I61.000,脑出血
""",
    "procedures.csv": """code,name
01.1000,甲
01.2000,乙
02.1000,丙
""",
    "diagnosis_map.csv": """clinical,insurance
I63.900x001,I63.900
""",
    "procedure_map.csv": """clinical,insurance
01.1000x001,01.1000
""",
}


def with_rows(file: str, *rows: str, base: Files = TINY) -> dict[str, str]:
    """The package with rows added to the end of one file."""
    return {**base, file: base[file] + "".join(f"{row}\n" for row in rows)}


def with_text(file: str, old: str, new: str, base: Files = TINY) -> dict[str, str]:
    """The package with one text of one file, which must be there, replaced."""
    assert old in base[file]
    return {**base, file: base[file].replace(old, new)}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the package into a new folder."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def write_zip(path: Path, files: Files, root: str = "") -> Path:
    """Write the package as a zip whose members stand under `root`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(root + name, content)
    return path


def read(folder: Path, files: Files = TINY) -> Scheme:
    """Write and read the package."""
    return read_scheme(write(folder / "package", files))


def case(diagnoses: str = "", procedures: str = "", **fields: object) -> Case:
    """A case from codes separated by blanks."""
    return Case(diagnoses=tuple(diagnoses.split()), procedures=tuple(procedures.split()), **fields)  # type: ignore[arg-type]
