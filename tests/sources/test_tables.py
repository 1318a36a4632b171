"""One reader under all sources: the same rows whatever the file, and never another error."""

from __future__ import annotations

import functools
from contextlib import suppress

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import CxError, SourceError
from cxlib.sources import kinds, read_survey
from cxlib.sources.headers import read_header
from cxlib.sources.tables import read_rows

FRAME = pd.DataFrame({"id": ["R1", "R2"], "score": [9, 7], "why": ["早い", "slow, dear"]})
ROWS = [["id", "score", "why"], ["R1", "9", "早い"], ["R2", "7", "slow, dear"]]


def write(path):
    suffix = path.suffix
    if suffix == ".xlsx":
        FRAME.to_excel(path, index=False)
    elif suffix == ".parquet":
        FRAME.to_parquet(path)
    elif suffix == ".dta":
        FRAME.to_stata(path, write_index=False, version=118)
    elif suffix in (".sav", ".zsav"):
        import pyreadstat

        pyreadstat.write_sav(FRAME, str(path))
    elif suffix in kinds.RECORDS:
        FRAME.to_json(path, orient="records", lines=suffix != ".json", force_ascii=False)
    else:
        FRAME.to_csv(path, index=False, sep="," if suffix == ".csv" else "\t")
    return path


@pytest.mark.parametrize("suffix", kinds.SUFFIXES)
def test_every_kind_gives_the_same_rows(tmp_path, suffix):
    table = read_rows(write(tmp_path / f"s{suffix}"))
    assert [[str(cell) for cell in row] for row in table.rows] == ROWS
    assert read_header(tmp_path / f"s{suffix}").names == ROWS[0]


def test_what_commas_may_be_is_handed_on(tmp_path):
    (tmp_path / "s.csv").write_text("a;b\n1;7,5\n")
    assert read_rows(tmp_path / "s.csv").decimal == ","
    (tmp_path / "s.csv").write_text("a,b\n1,7.5\n")
    assert read_rows(tmp_path / "s.csv").decimal == "."


def test_rows_without_content_are_left_out_and_counted(tmp_path):
    (tmp_path / "s.csv").write_text("a,b,\n1,2,\n,,\n\n3,4,\n")
    table = read_rows(tmp_path / "s.csv")
    assert (table.rows, table.left_out) == ([["a", "b"], ["1", "2"], ["3", "4"]], 1)


def test_parquet_whose_text_is_no_text_is_refused(tmp_path):  # found by fuzzing
    path = tmp_path / "s.parquet"
    FRAME.to_parquet(path, compression=None)
    path.write_bytes(path.read_bytes().replace("早い".encode(), b"\xff" * 6))
    for read in (read_rows, read_survey):
        with pytest.raises(SourceError, match=r"Invalid UTF8 .*write it again as Parquet"):
            read(path)


def test_parquet_that_unpacks_without_measure_is_refused(tmp_path):
    path = tmp_path / "s.parquet"
    frame = pd.DataFrame({f"q{n}": pd.Series(1, range(200_000), dtype="int8") for n in range(600)})
    frame.to_parquet(path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SourceError, match="declares 200,000 rows of 600 columns"):
        read_survey(path)


STARTS = [b"", b"PK\x03\x04", b"PAR1", b"$FL2", b"<stata_dta>", b"[{", b'{"a":', b"\xef\xbb\xbf"]
BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(st.sampled_from('a9é,;\t|"\r\n =-点가'), max_size=60).map(str.encode),
)


@settings(max_examples=60)
@given(st.sampled_from(kinds.SUFFIXES), st.sampled_from(STARTS), BYTES)
def test_any_bytes_are_a_table_or_one_refusal(tmp_path_factory, suffix, start, rest):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(start + rest)
    for read in (read_rows, read_header):
        with suppress(CxError):
            read(path)


@functools.cache
def whole(folder, suffix):  # the same bytes for all examples of a run
    return write(folder / f"whole{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", kinds.SUFFIXES)
@settings(max_examples=15)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8))
def test_any_damage_is_a_table_or_one_refusal(tmp_path_factory, suffix, damage):
    folder = tmp_path_factory.getbasetemp()
    content = bytearray(whole(folder, suffix))
    for where, byte in damage:
        content[int(where * len(content))] = byte
    path = folder / f"damaged{suffix}"
    path.write_bytes(content)
    for read in (read_rows, read_header):
        with suppress(CxError):
            read(path)
