"""Who waits for a query is told of what rows it is, and that it has ended."""

from __future__ import annotations

from cxlib import embedded
from cxlib.asking import asked, asking


def test_a_query_is_told_of_while_it_runs(monkeypatch, tmp_path):
    (tmp_path / "kernel").mkdir()
    monkeypatch.setenv(embedded.FOLDER, str(tmp_path / "kernel" / "spill"))
    assert asked(tmp_path) is None
    with asking("回答.parquet"):
        source, seconds = asked(tmp_path)
        assert (source, 0 <= seconds < 60) == ("回答.parquet", True)
    assert asked(tmp_path) is None


def test_where_nobody_listens_nothing_is_written(monkeypatch, tmp_path):
    monkeypatch.delenv(embedded.FOLDER, raising=False)
    with asking("answers"):
        pass
    monkeypatch.setenv(embedded.FOLDER, str(tmp_path / "gone" / "spill"))
    with asking("answers"):
        assert asked(tmp_path) is None


def test_a_file_that_is_being_written_is_no_query(tmp_path):
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "asking").write_text('{"sou')
    assert asked(tmp_path) is None
