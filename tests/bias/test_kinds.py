"""Kinds and methods: frames hold values, tables show words."""

from cxlib.bias.kinds import Kind, Method
from cxlib.shown import language
from tests.bias.conftest import weighted_nps


def test_every_kind_and_method_has_a_word():
    assert all(language.word(member) for kind in (Kind, Method) for member in kind)


def test_the_table_shows_words_and_the_csv_values():
    table = weighted_nps(30, 10, 10).table()
    assert table.frame["method"].tolist() == ["jackknife", "jackknife"]
    assert table.written()["kind"].tolist() == ["unweighted", "weighted"]
    assert language.word(Method.RAKED_LINEARISED) == "raked, linearised"
    assert language.word(Method.MANSKI_SAMPLED) == "Manski bounds with sampling error"
