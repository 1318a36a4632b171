"""Stage directions are told from names by their words, in some languages."""

from __future__ import annotations

import pytest

from cxlib.sources import stage_directions


@pytest.mark.parametrize(
    "text",
    ["suspira", "Laughs", "door closes, laughter", "lacht", "rires", "笑", "苦笑", "沈黙", "ため息",
     "음악", "웃음", "문 닫는 소리", "♪", "xx", "smiles and nods", "смеётся", "pausa larga",
     "박수", "모두 박수", "박수를 침", "박수 소리", "박수소리", "벨소리", "긴 정적", "爆笑",
     "一同笑い", "笑って", "物音", "ドアの音", "大きな声", "音声なし"],
)  # fmt: skip
def test_directions(text):
    assert stage_directions.is_direction(text)


@pytest.mark.parametrize(
    "text",
    ["Ana", "Lee Novak", "Speaker 1", "P07", "田中", "笑子さん", "聞き手", "참석자 1", "Ritter",
     "Max", "Tosca", "Ridley",
     "박수영", "박수진", "김박수", "한소리", "정적순", "笑美", "笑子", "花音", "初音ミク", "美声"],
)  # fmt: skip
def test_names(text):
    assert not stage_directions.is_direction(text)
