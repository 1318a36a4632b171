import dataclasses
import hashlib
import json
import textwrap

import pandas as pd
import pytest
from jupyter_client.manager import start_new_kernel

from cxlib import interviews
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.interviews import coder_widget
from cxlib.interviews.coded_words import proof_of
from cxlib.interviews.coder_before import taken_over
from cxlib.interviews.journal import open_journal, read_journal
from cxlib.shown import beside


@pytest.fixture
def corpus(build):
    return build(
        {"a.txt": 4, "b.txt": 4},
        [("a.txt", 1, "late", "Kim"), ("a.txt", 2, "late", "Mori"), ("b.txt", None, "", "Mori")],
        {"late": ("Delivery", "obstacle"), "price": ("", "")},
    )


def bundle(coder):
    return coder._repr_mimebundle_()


def op(name, start=0, document="a.txt", **more):
    about = {"op": "add", "op_id": name, "id": f"id-{name}", "document": document, "code": "late"}
    return about | {"start": start, "end": start + 9} | more


def test_where_nobody_is_there_it_is_the_coded_view_and_writes_nothing(corpus, tmp_path):
    folder = tmp_path / "codings"
    coder = interviews.code(corpus, coder="Kim", folder=folder)
    view = interviews.view(corpus, "a.txt", coders=["Kim"])
    assert bundle(coder) == view._repr_mimebundle_()
    assert not folder.exists()
    assert coder.codings["code"].tolist() == ["late"]
    assert coder.codings["uncertain"].tolist() == [False]
    assert repr(coder) == (
        f"1 coding of Kim in {folder.as_posix()}/Kim.jsonl; run the cells from the top to go on"
    )


def test_the_view_shows_the_file_as_it_is_now_and_nobody_else(corpus, tmp_path):
    open_journal(tmp_path / "Aki.jsonl", "Aki")[0].append(
        [op("1", memo="m"), op("2", 10, code="own"), {"op": "code", "op_id": "c", "code": "own"}]
    )
    coder = interviews.code(corpus, "a.txt", coder="Aki", folder=tmp_path)
    shown = bundle(coder)[0]["text/html"]
    assert "Aki" in shown
    assert "own" in shown
    assert "Kim" not in shown
    both = bundle(interviews.code(corpus, coder="Aki", folder=tmp_path, show=["Kim"]))[0]
    assert "Kim" in both["text/html"]
    assert "Mori" not in both["text/html"]
    assert len(coder.codings) == 2


def test_whole_interviews_of_it_are_marked_so_that_reports_take_them_out(corpus, tmp_path):
    data, about = bundle(interviews.code(corpus, coder="Kim", folder=tmp_path))
    assert about["text/html"][beside.KEY] == ["a.txt"]
    left, parts = beside.taken_out(data["text/html"], lambda n: "")
    assert "unit 0001" not in left
    assert len(parts) == 1
    assert "unit 0001" not in data["text/plain"]


def test_where_somebody_is_there_it_is_a_widget_without_the_transcript(corpus, tmp_path):
    coder = interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=True)
    assert (tmp_path / "Aki.jsonl").is_file()
    data, _ = bundle(coder)
    assert data["text/plain"] == repr(coder)
    assert "text/html" not in data
    [key] = [name for name in data if "widget-view" in name]
    assert data[key]["model_id"] == bundle(coder)[0][key]["model_id"]
    state = coder._widget.get_state()
    assert "unit 0001" not in json.dumps(state, default=str)
    assert {name for name in state if not name.startswith("_")} == {"layout", "tabbable", "tooltip"}
    assert state["_esm"] == coder_widget.script()


def test_the_widget_passes_messages_to_the_session_and_back(corpus, tmp_path, monkeypatch):
    coder = interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=True)
    bundle(coder)
    sent = []
    monkeypatch.setattr(
        coder._widget, "send", lambda content, buffers=None: sent.append((content, buffers))
    )
    coder._widget._handle_custom_msg({"v": 1, "kind": "open", "document": None, "view": "v"}, [])
    [(message, buffers)] = sent
    assert (message["kind"], message["document"]) == ("document", "a.txt")
    assert bytes(buffers[0]).decode().startswith("unit 0000|")
    journal = message["journal"]
    coder._widget._handle_custom_msg(
        {"v": 1, "kind": "ops", "document": "a.txt", "journal": journal, "ops": [op("1")]}, []
    )
    assert [m["kind"] for m, _ in sent[1:]] == ["ops", "ack"]
    assert len(coder.codings) == 1
    assert repr(coder).startswith("1 coding of Aki in ")


def test_without_anywidget_it_is_the_view_and_how_to_install_it(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(coder_widget, "is_installed", lambda: False)
    coder = interviews.code(corpus, coder="Kim", folder=tmp_path / "new", interactive=True)
    data, about = bundle(coder)
    assert "pip install 'cxlib[coder]'" in data["text/plain"]
    assert data["text/html"].count("pip install") == 1
    assert about["text/html"][beside.KEY] == ["a.txt"]
    assert not (tmp_path / "new").exists()


def test_what_was_coded_before_is_taken_over_once(corpus, tmp_path):
    mori = interviews.code(corpus, coder="Mori", folder=tmp_path, interactive=True)
    [note] = mori.notes
    assert str(note).startswith("1 coding of Mori from before was taken over into ")
    state = read_journal(tmp_path / "Mori.jsonl").state
    assert [c["code"] for c in state.codings.values()] == ["late"]
    assert state.read_to == {"a.txt": 40, "b.txt": 40}
    again = interviews.code(corpus, coder="Mori", folder=tmp_path, interactive=True)
    assert again.notes == ()
    assert len(read_journal(tmp_path / "Mori.jsonl").history) == 3


def test_taking_over_keeps_memos_doubts_progress_and_repeats_itself(corpus):
    rows = [
        ("a.txt", 0, 9, "late", "Kim", "m", "g", True),
        ("a.txt", 0, 9, "late", "Kim", "m", "g", True),
        ("a.txt", 10, 19, "", "Kim", "odd", "", False),
        ("b.txt", 0, 0, "", "Kim", "", "", False),
    ]
    columns = ["document", "start", "end", "code", "coder", "memo", "gloss", "uncertain"]
    progress = pd.DataFrame([("a.txt", "Kim", 30)], columns=["document", "coder", "read_to"])
    corpus = dataclasses.replace(
        corpus, codings=pd.DataFrame(rows, columns=columns), progress=progress
    )
    ops = taken_over(corpus, "Kim")
    assert ops == taken_over(corpus, "Kim")
    assert len({each["op_id"] for each in ops}) == len(ops) == 5
    assert [each["op"] for each in ops] == ["add", "add", "memo", "read", "read"]
    assert ops[0]["memo"] == "m"
    assert ops[0]["gloss"] == "g"
    assert ops[0]["uncertain"] is True
    assert ops[2]["text"] == "10:19 odd"
    assert {each["document"]: each["to"] for each in ops[3:]} == {"a.txt": 30, "b.txt": 40}
    assert taken_over(corpus, "Nobody") == []


def test_what_was_coded_is_read_back_as_it_was_coded(corpus, tmp_path):
    home = tmp_path / "interviews"
    home.mkdir()
    text = "Ann: The 🙂 parcel was 長い late.\n\nBob: Never again.\n"
    (home / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "book.yaml").write_text("codes:\n  - {name: late}\n", encoding="utf-8")
    fresh = interviews.read_corpus(home, codebook=tmp_path / "book.yaml")
    coder = interviews.code(fresh, coder="Aki", folder=tmp_path / "codings", interactive=True)
    start = text.index("🙂 parcel")
    session = coder._session(lambda message, buffers: None)
    ops = [
        op("1", start, uncertain=True),
        {"op": "read", "op_id": "r", "document": "a.txt", "to": 9},
    ]
    journal = session.desk.journal.id
    session.receive({"v": 1, "kind": "ops", "document": "a.txt", "journal": journal, "ops": ops})
    read = interviews.read_corpus(home, codings=tmp_path / "codings")
    both = ["document", "start", "end", "code", "coder", "coded_at", "memo", "uncertain"]
    assert read.codings[both].to_dict("records") == coder.codings[both].to_dict("records")
    assert text[start : start + 9] == "🙂 parcel "
    table = coder.to_csv(tmp_path / "Aki.csv")
    again = interviews.read_corpus(home, codings=table).codings
    kept = ["start", "end", "code", "uncertain"]
    assert again[kept].equals(read.codings[kept])


def test_a_table_that_is_written_gives_the_same_counts(corpus, tmp_path):
    home = tmp_path / "interviews"
    home.mkdir()
    turns = "Ann: The parcel was late.\n\nBob: Never again.\n\nAnn: Not once.\n"
    for name in ("a.txt", "b.txt", "c.txt"):
        (home / name).write_text(turns, encoding="utf-8")
    journal, _ = open_journal(tmp_path / "codings" / "Aki.jsonl", "Aki")
    start = turns.index("late")
    journal.append(
        [
            {"op": "code", "op_id": "c", "code": "=SUM(1)"},
            op("1", start, code="=SUM(1)", end=start + 4, memo="+1;=2", **proof_of("late")),
            {"op": "read", "op_id": "r", "document": "a.txt", "to": turns.index("Never")},
            {"op": "read", "op_id": "s", "document": "b.txt", "to": len(turns)},
        ]
    )
    before = interviews.read_corpus(home, codings=tmp_path / "codings")
    coder = interviews.code(before, coder="Aki", folder=tmp_path / "codings", interactive=False)
    after = interviews.read_corpus(home, codings=coder.to_csv(tmp_path / "Aki.csv"))
    counts = [interviews.prevalence(each).frame for each in (before, after)]
    assert counts[0][["interviews", "n", "units"]].to_numpy().tolist() == [[1, 2, 1]]
    assert counts[1].equals(counts[0])
    assert after.read.frame.equals(before.read.frame)
    assert after.codings["memo"].tolist() == before.codings["memo"].tolist() == ["+1;=2", ""]
    # and of what was read from the table alone
    again = interviews.code(after, coder="Aki", folder=tmp_path / "none", interactive=False)
    twice = interviews.read_corpus(home, codings=again.to_csv(tmp_path / "again.csv"))
    assert interviews.prevalence(twice).frame.equals(counts[0])


def test_torn_lines_are_told(corpus, tmp_path):
    path = open_journal(tmp_path / "Aki.jsonl", "Aki")[0].path
    with path.open("ab") as file:
        file.write(b'{"op"')
    [note] = interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=True).notes
    assert "cut off while being written (2)" in str(note)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"document": "c.txt"}, ParameterError, "document='c.txt' is not one of"),
        ({"coder": " "}, ParameterError, "coder='' is empty"),
        ({"coder": "settled"}, ParameterError, "no coder"),
        ({"show": ["Nobody"]}, ParameterError, "show='Nobody' is not one of"),
        ({"language": "xx"}, ParameterError, "language='xx' is not one of"),
        ({"languge": "ja"}, ParameterError, "no parameter 'languge'; did you mean 'language'"),
    ],
)
@pytest.mark.parametrize("interactive", [True, False])
def test_parameters_are_refused_with_the_next_step(
    corpus, tmp_path, changes, error, said, interactive
):
    given = {"coder": "Aki", "folder": tmp_path / "new", "interactive": interactive, **changes}
    with pytest.raises(error) as caught:
        interviews.code(corpus, **given)
    assert said in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_an_empty_corpus_is_refused(corpus, tmp_path):
    empty = dataclasses.replace(corpus, documents=corpus.documents[:0])
    with pytest.raises(EmptyDataError, match="no transcript to code"):
        interviews.code(empty, coder="Aki", folder=tmp_path)


@pytest.mark.parametrize("interactive", [True, False])
def test_a_transcript_that_was_changed_is_refused(corpus, tmp_path, interactive):
    open_journal(tmp_path / "Aki.jsonl", "Aki")[0].append([op("1", first="other words")])
    with pytest.raises(SourceError, match="the transcript was changed"):
        interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=interactive)


def test_what_was_taken_over_by_an_earlier_cxlib_is_not_doubled(corpus):
    ops = taken_over(corpus, "Kim")
    [added] = [op for op in ops if op["op"] == "add"]
    assert len(added["sha"]) == 12
    content = {n: v for n, v in added.items() if n not in ("sha", "op_id", "id")}
    content = json.dumps(["Kim", content], ensure_ascii=False, sort_keys=True)
    assert added["op_id"] == "o" + hashlib.sha256(f"1 {content}".encode()).hexdigest()[:20]


def test_interviews_that_the_corpus_does_not_have_stay_in_the_file(corpus, tmp_path):
    journal = open_journal(tmp_path / "Aki.jsonl", "Aki")[0]
    journal.append([op("1"), op("2", document="gone.txt")])
    coder = interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=True)
    assert len(coder.codings) == 2
    assert bundle(interviews.code(corpus, coder="Aki", folder=tmp_path, interactive=False))


def test_without_a_session_there_is_no_widget(corpus, tmp_path):
    coder = interviews.code(corpus, coder="Kim", folder=tmp_path, interactive=False)
    with pytest.raises(ParameterError, match="no widget"):
        coder._session(lambda message, buffers: None)


CELL = """
    from pathlib import Path
    from cxlib import interviews
    corpus = interviews.read_corpus({home!r})
    interviews.code(corpus, coder="Aki", folder={folder!r})
"""


def test_a_kernel_knows_whether_somebody_is_there(tmp_path):
    home = tmp_path / "interviews"
    home.mkdir()
    (home / "a.txt").write_text("Ann: Secret words.\n\nBob: More of them.\n", encoding="utf-8")
    cell = textwrap.dedent(CELL).format(home=str(home), folder=str(tmp_path / "codings"))
    manager, client = start_new_kernel()
    try:
        shown = []
        for there in (False, True):
            outputs = []
            client.execute_interactive(
                cell, allow_stdin=there, output_hook=outputs.append, timeout=60
            )
            shown.append([m for m in outputs if m["msg_type"] == "execute_result"])
            assert not [m for m in outputs if m["msg_type"] == "error"]
            assert (tmp_path / "codings").exists() == there
            if there:
                assert "Secret words" not in json.dumps([m["content"] for m in outputs])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    [[static], [widget]] = shown
    assert set(static["content"]["data"]) == {"text/plain", "text/html"}
    assert "application/vnd.jupyter.widget-view+json" in widget["content"]["data"]
    assert "text/html" not in widget["content"]["data"]
