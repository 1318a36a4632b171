"""Stage directions are told from names by their words, in some languages."""

from __future__ import annotations

import pytest

from cxlib.sources import stage_directions


@pytest.mark.parametrize(
    "text",
    ["suspira", "Laughs", "door closes, laughter", "lacht", "rires", "笑", "苦笑", "沈黙", "ため息",
     "음악", "웃음", "문 닫는 소리", "♪", "xx", "smiles and nods", "смеётся", "pausa larga"],
)  # fmt: skip
def test_directions(text):
    assert stage_directions.is_direction(text)


@pytest.mark.parametrize(
    "text",
    ["Ana", "Lee Novak", "Speaker 1", "P07", "田中", "笑子さん", "聞き手", "참석자 1", "Ritter",
     "Max", "Tosca", "Ridley"],
)  # fmt: skip
def test_names(text):
    assert not stage_directions.is_direction(text)
