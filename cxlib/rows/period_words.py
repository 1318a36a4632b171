"""Words of periods in six languages -> the unit they name, or the number they stand for.

English, Japanese, Korean, German, French and Spanish; without accents and capital letters. A word
that two languages use for different months is in no table: what is not here is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Unit(StrEnum):
    """A part of a year that a label can count."""

    HALF = "half"
    QUARTER = "quarter"
    PART = "part"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


# how many there are in a year (days: in a month); after the last the first comes again
CYCLE: Mapping[Unit, int] = {
    Unit.HALF: 2,
    Unit.QUARTER: 4,
    Unit.PART: 4,
    Unit.MONTH: 12,
    Unit.WEEK: 53,
    Unit.DAY: 31,
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _each(text: str, value: Unit) -> dict[str, tuple[Unit, ...]]:
    return dict.fromkeys(text.split(), (value,))


# "s1" and "sem. 1" are a half year or a week, in French and in Spanish
UNITS: Mapping[str, tuple[Unit, ...]] = {
    **_each("h half halves hy halbjahr halbjahres hj semestre semester 半期 半年 반기", Unit.HALF),
    **_each("q qtr quarter quartal quartals qu trimestre trim t 四半期 季度 季 분기", Unit.QUARTER),
    **_each("part term trimester tertial cuatrimestre quadrimestre 学期 학기", Unit.PART),
    **_each("m month monat mois mes 月 月度 月分 월", Unit.MONTH),
    **_each("w wk week kw woche kalenderwoche semaine semana 週 周 주 주차", Unit.WEEK),
    **_each("d day tag jour dia 日 일", Unit.DAY),
    "s": (Unit.HALF, Unit.WEEK),
    "sem": (Unit.HALF, Unit.WEEK),
}
# a half that is a word of its own; 前期 and 後期 are halves only beside a year
HALVES: Mapping[str, int] = {
    **dict.fromkeys(("上半期", "上半年", "上期", "前期", "상반기", "전반기"), 1),
    **dict.fromkeys(("下半期", "下半年", "下期", "後期", "하반기", "후반기"), 2),
}
_MONTHS = """
january jan januar janner janvier janv enero ene
february feb februar febr fevrier fev fevr febrero
march mar marz mrz mars marzo
april apr avril avr abril abr
may mai mayo
june jun juni juin junio
july jul juli juillet juil julio
august aug aout agosto ago
september sep sept septembre septiembre setiembre
october oct oktober okt octobre octubre
november nov novembre noviembre
december dec dezember dez decembre diciembre dic
"""
MONTHS: Mapping[str, int] = {
    word: number
    for number, line in enumerate(_MONTHS.strip().splitlines(), start=1)
    for word in line.split()
}
_ORDINALS = """
first erste erstes erster premier premiere primer primero primera
second zweite zweites zweiter deuxieme seconde segundo segunda
third dritte drittes dritter troisieme tercer tercero tercera
fourth vierte viertes vierter quatrieme cuarto cuarta
"""
ORDINALS: Mapping[str, int] = {
    word: number
    for number, line in enumerate(_ORDINALS.strip().splitlines(), start=1)
    for word in line.split()
}
SUFFIXES = _words("st nd rd th er ere re e eme o a ro do to ra da ta")
YEARS = frozenset(("年", "년", "년도", "年份"))
FISCAL = _words(
    """fy fiscal financial gj wj geschaftsjahr wirtschaftsjahr ejercicio exercice 年度 회계연도
    회계년도 사업연도 사업년도 학년도"""
)
YEAR_END = "月期"  # of 2026年3月期: the fiscal year that ends in March 2026
FILLERS = _words(
    """of de del du des the in im la le el l cy calendar year jahr annee
    ano 第 제"""
)
WEEKDAYS = _words(
    """monday mon montag lundi lunes tuesday tue dienstag mardi martes
    wednesday wed mittwoch mercredi miercoles thursday thu donnerstag
    jeudi jueves friday fri freitag vendredi viernes saturday sat
    samstag samedi sabado sunday sun sonntag dimanche domingo 月曜日 火曜日
    水曜日 木曜日 金曜日 土曜日 日曜日 월요일 화요일 수요일 목요일 금요일 토요일 일요일"""
)
# what counts backwards: three months ago come before two
BACKWARDS = ("ago", "vor", "il y a", "hace", "before", "avant", "antes", "minus", "前", "전")
# first year of each reign; the reigns change on a day within a year
REIGNS: Mapping[str, int] = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
LETTERS: Mapping[str, str] = {"s": "昭和", "h": "平成", "r": "令和"}
