import json
import multiprocessing
import os
import resource
import shutil
import signal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.errors import ParameterError, SourceError
from cxlib.interviews import journal_lock
from cxlib.interviews.journal import Journal, open_journal, read_journal, write_table
from cxlib.interviews.journal_names import JournalError, Trouble

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def add(number, *, code="late", document="a.txt", **more):
    span = {"document": document, "start": number, "end": number + 5, "code": code}
    return {"op": "add", "op_id": f"op-{number}", "id": f"c-{number}", **span, **more}


def edit(number, op_id, **changed):
    return {"op": "edit", "op_id": op_id, "id": f"c-{number}", **changed}


def remove(number, op_id):
    return {"op": "remove", "op_id": op_id, "id": f"c-{number}"}


def undo(op_id, undoes):
    return {"op": "undo", "op_id": op_id, "undoes": undoes}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "codings" / "Aki.jsonl"


@pytest.fixture
def journal(path):
    return open_journal(path, "Aki")[0]


def spans(journal):
    return {
        name: (coding["start"], coding["end"], coding["code"])
        for name, coding in journal.state.codings.items()
    }


def test_a_new_file_has_a_header_and_is_opened_again(path):
    journal, new = open_journal(path, "Aki")
    again, new_again = open_journal(path, "Aki")
    assert (new, new_again) == (True, False)
    assert again.id == journal.id
    header = json.loads(path.read_text(encoding="utf-8"))
    assert header == {
        "format": "cxlib-codings",
        "version": 1,
        "id": journal.id,
        "coder": "Aki",
    }
    assert len(journal.id) == 16


def test_operations_are_lines_with_rising_times(path, journal):
    journal.append([add(1), add(20)])
    journal.append([edit(1, "e", memo="料金\n🙂")])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    times = [json.loads(line)["at"] for line in lines[1:]]
    assert times == sorted(set(times))
    assert "料金" in lines[3]
    assert read_journal(path).state.codings["c-1"]["memo"] == "料金\n🙂"


def test_times_rise_though_the_clock_was_set_back(path, journal):
    line = {**add(1), "at": "2099-01-01T00:00:00.000009Z"}
    path.write_text(path.read_text() + json.dumps(line) + "\n")
    journal.poll()
    journal.append([add(2), add(3)])
    times = [op["at"] for op in journal.history.ops]
    assert times[1:] == ["2099-01-01T00:00:00.000010Z", "2099-01-01T00:00:00.000011Z"]


def test_an_operation_that_is_there_counts_once(path, journal):
    journal.append([add(1)])
    before = path.read_bytes()
    assert journal.append([add(1)]).own == ()
    other, _ = open_journal(path, "Aki")
    assert other.append([add(1)]).own == ()
    assert path.read_bytes() == before


def test_edit_remove_read_memo_and_code(journal):
    journal.append(
        [
            add(1, memo="a", first="x", last="y"),
            edit(1, "e1", start=2, end=9, first="p", last="q"),
            edit(1, "e2", uncertain=True, code="slow"),
            add(30),
            remove(30, "r"),
            {"op": "read", "op_id": "x", "document": "a.txt", "to": 90},
            {"op": "read", "op_id": "y", "document": "a.txt", "to": 40},
            {"op": "memo", "op_id": "m", "document": "b.txt", "text": "tired"},
            {"op": "code", "op_id": "c", "code": "new", "parent": "late", "definition": "d"},
        ]
    )
    state = journal.state
    coding = state.codings["c-1"]
    assert spans(journal) == {"c-1": (2, 9, "slow")}
    assert (coding["memo"], coding["uncertain"], coding["first"]) == ("a", True, "p")
    assert state.read_to == {"a.txt": 40}
    assert state.memos == {"b.txt": "tired"}
    assert state.codes["new"]["parent"] == "late"
    assert state.documents() == ["a.txt", "b.txt"]


def test_undo_and_undo_of_undo_of_a_batch(journal):
    journal.append([add(1), add(2, batch="b"), add(3, batch="b")])
    done, undone = journal.history.steps()
    assert (done, undone) == ([("op-1",), ("op-2", "op-3")], [])
    journal.append([undo("u1", ["op-2", "op-3"])])
    assert set(spans(journal)) == {"c-1"}
    assert journal.history.steps() == ([("op-1",)], [("u1", ("op-2", "op-3"))])
    journal.append([undo("u2", "u1")])
    assert set(spans(journal)) == {"c-1", "c-2", "c-3"}
    assert journal.history.steps() == ([("op-1",), ("op-2", "op-3")], [])
    journal.append([undo("u3", ["op-2", "op-3"])])
    assert set(spans(journal)) == {"c-1"}
    journal.append([undo("u4", "u3")])
    journal.append([undo("u5", "u4")])
    assert set(spans(journal)) == {"c-1"}
    assert journal.history.steps() == ([("op-1",)], [("u5", ("op-2", "op-3"))])
    journal.append([add(50)])
    assert journal.history.steps() == ([("op-1",), ("op-50",)], [])


def test_undo_of_an_edit_and_of_a_removal(journal):
    journal.append([add(1), edit(1, "e", code="slow"), remove(1, "r")])
    assert spans(journal) == {}
    journal.append([undo("u1", "r")])
    assert spans(journal) == {"c-1": (1, 6, "slow")}
    journal.append([undo("u2", "e")])
    assert spans(journal) == {"c-1": (1, 6, "late")}
    journal.append([undo("u3", "op-1"), undo("u4", "u2")])
    assert spans(journal) == {}
    journal.append([undo("u5", "u3")])
    assert spans(journal) == {"c-1": (1, 6, "slow")}


OPS = st.lists(
    st.one_of(
        st.builds(add, st.integers(1, 9)),
        st.builds(edit, st.integers(1, 9), st.just(""), code=st.sampled_from(["slow", "料金"])),
        st.builds(remove, st.integers(1, 9), st.just("")),
        st.builds(undo, st.just(""), st.integers(0, 20)),
        st.builds(dict, op=st.just("read"), document=st.just("a.txt"), to=st.integers(0, 99)),
    ),
    max_size=20,
)


def named(ops, who="x"):
    """Give each operation an id; an undo names one before it."""
    out = []
    for n, op in enumerate(ops):
        op = {**op, "op_id": f"{who}{n:04d}"}
        if op["op"] == "undo":
            if not n:
                continue
            op["undoes"] = out[op["undoes"] % len(out)]["op_id"] if out else "nobody"
        out.append(op)
    return out


@SLOW
@given(OPS, st.randoms(use_true_random=False))
def test_any_order_of_merged_lines_gives_one_state(tmp_path_factory, ops, random):
    folder = tmp_path_factory.mktemp("journal")
    one, _ = open_journal(folder / "Aki.jsonl", "Aki")
    for op in named(ops):
        one.append([op])
    lines = (folder / "Aki.jsonl").read_bytes().splitlines(keepends=True)
    shuffled = [*lines[1:], *random.sample(lines, len(lines) // 2)]
    random.shuffle(shuffled)
    (folder / "merged.jsonl").write_bytes(b"".join([lines[0], *shuffled]))
    merged = read_journal(folder / "merged.jsonl")
    assert _without_lines(merged) == _without_lines(one)
    assert merged.history.steps() == one.history.steps()


def _without_lines(journal):
    state = journal.state
    codings = {name: {**coding, "line": 0} for name, coding in state.codings.items()}
    return codings, state.read_to, state.memos, len(journal.history)


@SLOW
@given(OPS, OPS, st.lists(st.booleans(), max_size=40))
def test_any_interleaving_of_two_writers_gives_one_state(tmp_path_factory, a, b, turns):
    path = tmp_path_factory.mktemp("journal") / "Aki.jsonl"
    writers = [open_journal(path, "Aki")[0], open_journal(path, "Aki")[0]]
    waiting = [named(a, "a"), named(b, "b")]
    for turn in [*turns, *[False] * 20, *[True] * 20]:
        if waiting[turn]:
            writers[turn].append([waiting[turn].pop(0)])
    for writer in writers:
        writer.poll()
    fresh = read_journal(path)
    assert _without_lines(writers[0]) == _without_lines(writers[1]) == _without_lines(fresh)
    assert len(fresh.history) == len(named(a, "a")) + len(named(b, "b"))


def test_a_line_torn_at_any_byte_loses_itself_alone(path, journal):
    journal.append([add(1)])
    whole = path.read_bytes()
    journal.append([add(2, memo="長い 🙂")])
    both = path.read_bytes()
    for cut in range(len(whole), len(both)):
        path.write_bytes(both[:cut])
        torn, _ = open_journal(path, "Aki")
        is_whole = cut == len(both) - 1
        assert len(torn.history) == 1 + is_whole
        assert torn.torn == (() if is_whole or cut == len(whole) else (3,))
        torn.append([add(2), add(3)])
        again = read_journal(path)
        assert set(spans(again)) == {"c-1", "c-2", "c-3"}
        assert again.torn == torn.torn
        assert path.read_bytes().startswith(both[:cut])


def test_a_torn_header_is_written_again(path, journal):
    whole = path.read_bytes()
    for cut in range(1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        again, new = open_journal(path, "Aki")
        assert new
        assert again.torn == (1,)
        again.append([add(1)])
        assert set(spans(read_journal(path))) == {"c-1"}


def test_a_torn_line_that_somebody_else_completes_counts(path, journal):
    journal.append([add(1)])
    line = json.dumps({**add(2), "at": "2099-01-01T00:00:00.000009Z"}).encode() + b"\n"
    with path.open("ab") as file:
        file.write(line[:30])
    assert journal.poll() == ()
    assert journal.torn == (3,)
    with path.open("ab") as file:
        file.write(line[30:])
    assert [op["op_id"] for op in journal.poll()] == ["op-2"]
    assert journal.torn == ()


def test_lines_of_others_are_followed(path, journal):
    other, _ = open_journal(path, "Aki")
    assert journal.poll() == ()
    other.append([add(1)])
    assert [op["op_id"] for op in journal.poll()] == ["op-1"]
    other.append([add(2)])
    found = journal.append([add(3)])
    assert [op["op_id"] for op in found.foreign] == ["op-2"]
    assert [op["op_id"] for op in found.own] == ["op-3"]


@pytest.mark.parametrize("how", ["moved", "written over", "cut", "other header", "gone"])
def test_a_replaced_file_is_noticed_and_not_written(path, journal, how):
    journal.append([add(1), add(2)])
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "moved":
        shutil.copy(path, path.with_name("copy"))
        os.replace(path.with_name("copy"), path)
    elif how == "written over":
        other = lines[2].replace(b"late", b"LATE")
        path.write_bytes(lines[0] + other + lines[1] + b" " * 90 + b"\n")
    elif how == "cut":
        path.write_bytes(lines[0] + lines[1])
    elif how == "other header":
        path.write_bytes(lines[0].replace(journal.id.encode(), b"0" * 16) + lines[1] + lines[2])
    else:
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    for act in (journal.poll, lambda: journal.append([add(3)])):
        with pytest.raises(JournalError) as caught:
            act()
        assert caught.value.trouble == Trouble.REPLACED
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_file_that_may_not_be_written_says_so(path, journal, monkeypatch):
    journal.append([add(1)])
    real = os.open

    def refusing(name, flags, *rest):
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", str(name))
        return real(name, flags, *rest)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(JournalError, match="may not be written") as caught:
        journal.append([add(2)])
    assert caught.value.trouble == Trouble.READ_ONLY
    assert journal.poll() == ()


def test_a_full_disk_leaves_no_half_line(path, journal):
    journal.append([add(1)])
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, limits[1]))
        with pytest.raises(JournalError, match="make room") as caught:
            journal.append([add(2)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.trouble == Trouble.DISK
    assert path.read_bytes() == before
    journal.append([add(2)])
    assert set(spans(read_journal(path))) == {"c-1", "c-2"}


def test_a_disk_that_does_not_keep_what_is_written_leaves_no_line(path, journal, monkeypatch):
    journal.append([add(1)])
    before, real, calls = path.read_bytes(), os.fsync, []

    def failing(fd):
        calls.append(fd)
        if len(calls) == 1:
            raise OSError(5, "Input/output error")
        real(fd)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(JournalError, match="Input/output"):
        journal.append([add(2)])
    assert path.read_bytes() == before


def test_a_file_that_somebody_keeps_locked_says_so(path, journal, monkeypatch):
    monkeypatch.setattr(journal_lock, "_WAIT", 0.05)
    with (
        journal_lock.locked(path, os.O_RDWR),
        pytest.raises(JournalError, match="another program"),
    ):
        journal.append([add(1)])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"op": "fly", "op_id": "x"}', "op='fly' is none of"),
        ('{"op": "remove", "op_id": "x"}', "id is not there"),
        ('{"op": "remove", "op_id": "x", "id": "c"}', "at=None must be a time"),
        ("[1]", "it is no object"),
        ('{"format": "cxlib-codings", "version": 2, "id": "a", "coder": "Aki"}', "version=2"),
        ('{"format": "cxlib-codings", "version": 1, "id": "a", "coder": "Kim"}', "'Kim' begins"),
    ],
)
def test_a_whole_line_that_is_no_operation_is_refused(path, journal, line, said):
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    for act in (journal.poll, lambda: read_journal(path)):
        with pytest.raises(SourceError, match=r"'Aki.jsonl', line 2") as caught:
            act()
        assert said in str(caught.value)


def test_a_file_without_a_header_is_none_of_ours(path):
    path.parent.mkdir()
    path.write_text(json.dumps({**add(1), "at": "2026-11-28T15:04:05.123456Z"}) + "\n")
    for act in (lambda: read_journal(path), lambda: open_journal(path, "Aki")):
        with pytest.raises(SourceError, match="no file of a coder"):
            act()


def test_two_headers_of_a_merge_are_one_file(path, journal):
    journal.append([add(1)])
    other, _ = open_journal(path.with_name("other.jsonl"), "Aki")
    other.append([add(2)])
    path.write_bytes(path.read_bytes() + other.path.read_bytes())
    merged = read_journal(path)
    assert merged.id == journal.id
    assert set(spans(merged)) == {"c-1", "c-2"}


def test_another_coders_file_is_refused(path, journal):
    with pytest.raises(SourceError, match="the file of 'Aki', and coder='Kim'"):
        open_journal(path, "Kim")


def test_a_table_is_made_of_what_is_coded(tmp_path, journal):
    journal.append(
        [
            add(30, document="b.txt", code="=1+1", memo="@x", uncertain=True),
            add(1),
            add(7),
            remove(7, "r"),
        ]
    )
    frame = journal.to_frame()
    assert list(frame.columns) == [
        *("document", "start", "end", "code", "coder", "coded_at", "memo", "gloss", "uncertain")
    ]
    assert frame["document"].tolist() == ["a.txt", "b.txt"]
    assert frame["uncertain"].tolist() == [False, True]
    table = pd.read_csv(write_table(frame, tmp_path / "Aki.csv"))
    assert table["code"].tolist() == ["late", "'=1+1"]
    assert table["memo"].fillna("").tolist() == ["", "'@x"]
    assert table["coded_at"].str.endswith("Z").all()
    with pytest.raises(ParameterError, match="no folder"):
        write_table(frame, tmp_path / "none" / "a.csv")


def test_an_empty_journal_is_an_empty_table(journal):
    assert journal.to_frame().empty


def _write_many(path, who, n):
    journal, _ = open_journal(path, "Aki")
    for number in range(n):
        journal.append([{**add(number), "op_id": f"{who}-{number}", "id": f"{who}-{number}"}])


def test_two_processes_that_write_at_once_lose_nothing(path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_write_many, args=(path, who, 60)) for who in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    journal = read_journal(path)
    assert len(journal.history) == 120
    assert journal.torn == ()
    assert len({op["at"] for op in journal.history.ops}) == 120


def test_a_process_that_is_killed_leaves_the_file_to_others(path):
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=_write_many, args=(path, "a", 100_000))
    worker.start()
    while not path.exists() or path.stat().st_size < 5_000:
        pass
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    journal = open_journal(path, "Aki")[0]
    before = len(journal.history)
    journal.append([add(1)])
    assert len(read_journal(path).history) == before + 1


def test_a_journal_is_made_by_its_functions(path):
    assert Journal(path).torn == ()
