"""Invented people: names, ID numbers of a region nobody was assigned, telephone numbers of no exchange."""

from collections import Counter
from datetime import date
from random import Random

from alliance.demo.chance import below, weighted
from alliance.demo.values import Patient
from alliance.lib.identity import id_check_character

# 99 is no province of GB/T 2260: no ID number of the demonstration can belong to anybody.
REGIONS = {"jiangzhou": "990101", "lanchuan": "990123"}
MALE = 1
FEMALE = 2

_SURNAMES = weighted(
    "王:70 李:69 张:66 刘:52 陈:44 杨:31 黄:22 赵:22 吴:20 周:20 徐:15 孙:15 马:13 朱:13 胡:12 郭:12 "
    "何:11 高:10 林:10 罗:9 郑:9 梁:8 谢:8 宋:7 唐:7 许:7 邓:6 韩:6 冯:6 曹:6 彭:6 曾:6 肖:6 田:5 董:5 "
    "潘:5 袁:5 蔡:5 蒋:5 余:5 于:5 杜:5 叶:4 程:4 魏:4 苏:4 吕:4 丁:4 任:4 卢:4 姚:4 沈:4 钟:4 姜:4 崔:4 "
    "谭:4 陆:4 范:4 汪:4 廖:3 石:3 金:3 韦:3 贾:3 夏:3 付:3 方:3 邹:3 熊:3 白:3 孟:3 秦:3 邱:3 侯:3 江:3 "
    "尹:3 薛:3 闫:2 段:2 雷:2 龙:2 黎:2 史:2 陶:2 贺:2 毛:2 郝:2 顾:2 龚:2 邵:2 万:2 覃:2 武:2 钱:2 戴:2 "
    "严:2 莫:2 孔:2 向:2 常:2 汤:2 康:2 易:2 乔:1 柏:1 欧阳:1 诸葛:1 上官:1"
)
_GIVEN = {
    MALE: "建国 志强 文华 永福 德胜 国良 长顺 家明 学军 海生 春林 光辉 少波 宏伟 子轩 浩然 俊杰 "
    "一鸣 新民 水根 金贵 大勇 立群 克俭 守田 有才 世昌 明远 树青 正平 伟 强 军 勇 涛 斌 鹏 辉 浩 宇 磊 刚 "
    "峰 松 旺 兴",
    FEMALE: "秀英 桂兰 玉珍 春花 淑芬 美玲 红梅 丽华 晓燕 雪琴 月娥 金凤 素云 翠莲 慧敏 诗涵 欣怡 "
    "雨桐 佳宁 巧珍 银环 腊梅 彩霞 小芹 爱莲 玉环 冬梅 秋菊 文静 思雨 芳 娟 敏 静 丽 艳 娜 燕 玲 霞 琴 萍 "
    "红 云 兰 莉",
}
_GIVEN_WORDS = {sex: tuple(words.split()) for sex, words in _GIVEN.items()}
_ALLEYS = ("柳家湾", "大塘", "枫树坪", "石门口", "杨柳溪", "上坝", "桐子垭", "新田", "古井", "沙坪")
_WORKER_PAYMENT = 1
_RESIDENT_PAYMENT = 2


def person_name(dice: Random, sex: int) -> str:
    """An invented name."""
    return _SURNAMES.draw(dice) + _GIVEN_WORDS[sex][below(dice, len(_GIVEN_WORDS[sex]))]


def organisation_code(number: int, region: str, category: str) -> str:
    """An invented 22-character organisation code: 9 of GB 11714 with its check, region, economy, category."""
    body = f"9901{number:04d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = "0123456789X0"[11 - total % 11]
    return f"{body}{check}{region}11{category}"


class Registry:
    """Hands out persons of one alliance; no two share an ID number or a telephone."""

    def __init__(self, alliance: str) -> None:
        self._region = REGIONS[alliance]
        self._serials: Counter[tuple[date, int]] = Counter()
        self._newborns: set[tuple[str, date]] = set()
        self.patients: list[Patient] = []

    def person(self, dice: Random, *, sex: int, birth: date, home: str, town: str, newborn: bool) -> Patient:
        """Register one more invented person; a newborn has no ID number yet and its mother's name."""
        number = len(self.patients) + 1
        insured_worker = below(dice, 100) < (62 if self._region.endswith("01") else 18)
        patient = Patient(
            number=number,
            name=self._newborn_name(dice, sex, birth) if newborn else person_name(dice, sex),
            sex=sex,
            birth=birth,
            id_number="" if newborn else self._id_number(birth, sex),
            phone=f"1{30 + number % 70}0000{number // 70:04d}",
            address=town
            + _ALLEYS[below(dice, len(_ALLEYS))]
            + f"{1 + below(dice, 12)}组{1 + below(dice, 60)}号",
            home=home,
            payment=str(_WORKER_PAYMENT if insured_worker else _RESIDENT_PAYMENT),
        )
        self.patients.append(patient)
        return patient

    def _newborn_name(self, dice: Random, sex: int, birth: date) -> str:
        """The mother's name; two of one name, sex and day of birth could not be told apart."""
        while True:
            name = person_name(dice, FEMALE) + ("之子" if sex == MALE else "之女")
            if (name, birth) not in self._newborns:
                self._newborns.add((name, birth))
                return name

    def _id_number(self, birth: date, sex: int) -> str:
        self._serials[birth, sex] += 1
        serial = 2 * self._serials[birth, sex] + (sex == MALE)
        first_17 = f"{self._region}{birth:%Y%m%d}{serial:03d}"
        return first_17 + id_check_character(first_17)
