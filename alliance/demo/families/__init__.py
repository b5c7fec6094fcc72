"""All families of illnesses, the large ones by the part of the body, the others in one table."""

from alliance.demo.families.abdomen import ABDOMEN
from alliance.demo.families.births import BIRTHS
from alliance.demo.families.bones import BONES
from alliance.demo.families.chest import CHEST
from alliance.demo.families.heart import HEART
from alliance.demo.families.nervous import NERVOUS
from alliance.demo.families.others import OTHERS
from alliance.demo.families.table import TOLD_IN_A_LINE
from alliance.demo.family import Family

FAMILIES: dict[str, Family] = {
    family.code: family
    for family in (*NERVOUS, *CHEST, *HEART, *ABDOMEN, *BONES, *BIRTHS, *OTHERS, *TOLD_IN_A_LINE)
}
