import hashlib
import json
from dataclasses import replace

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.interviews import coder_widget
from cxlib.interviews.journal import read_journal
from tests.interviews.web.settle_page import CODED, Study


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


class Page:
    """A page that knows what it was told."""

    def __init__(self, settler):
        self.told, self.buffers = [], []
        self.session = settler._session(self._take)

    def _take(self, message, buffers):
        assert json.loads(json.dumps(message)) == message
        self.told.append(message)
        self.buffers.append(buffers)

    def say(self, kind, **content):
        self.told.clear()
        self.buffers.clear()
        self.session.receive({"v": 1, "kind": kind, **content}, [])
        return list(self.told)

    def open(self, document=None):
        self.say("open", document=document, view="v1")
        [message] = [each for each in self.told if each["kind"] == "document"]
        text, codings = self.buffers[self.told.index(message)]
        return message, text.decode(), json.loads(codings)

    def ops(self, *ops):
        journal = self.session.desk.journal.id
        return self.say("ops", document="a.txt", journal=journal, ops=list(ops))


def add(start, end, code="late", name="1", **more):
    about = {"op": "add", "op_id": f"op-{name}", "id": f"id-{name}", "document": "a.txt"}
    return {**about, "start": start, "end": end, "code": code, "from": ["Aki-0"], **more}


def item_of(message, code="late"):
    return next(item for item in message["settle"]["items"] if item["code"] == code)


def test_a_page_is_told_where_coders_differ_in_the_order_of_the_list(study):
    settler = study.settle()
    message, text, codings = Page(settler).open()
    found = interviews.disagreements(study.read()).frame
    here = found[found["document"] == "a.txt"]
    told = message["settle"]
    assert (told["coders"], told["by"]) == (["Aki", "Kim"], "Mori")
    items = told["items"]
    assert [item["code"] for item in items] == here["code"].tolist()
    assert [item["start"] for item in items] == here["start"].tolist()
    names = [", ".join(told["coders"][by] for by in item["gave"]) for item in items]
    assert names == here["applied_by"].tolist()
    assert all(sorted(item["gave"] + item["not"]) == [0, 1] for item in items)
    assert not any(item["elsewhere"] for item in items)
    [start, end, code] = told["agreed"][0]
    assert ("料金が" in text[start:end], code, len(told["agreed"])) == (True, "料金", 1)
    assert [(d["name"], d["items"], d["settled"]) for d in message["documents"]] == [
        ("a.txt", 6, 0), ("b.txt", 2, 0)
    ]  # fmt: skip
    own = {(text[c["start"] : c["end"]], c["code"], c["ref"]) for c in codings}
    assert ("came late", "late", "Aki-0") in own
    assert ("답답했어요", "service", "Kim-2") in own
    assert not any(coding["mine"] for coding in codings)
    assert len({coding["id"] for coding in codings}) == len(codings) == 9
    assert "settled" not in told["coders"]


def test_what_is_settled_is_read_back_and_the_coders_files_stay(study):
    def hashes():
        paths = [study.folder / f"{name}.jsonl" for name in ("Aki", "Kim")]
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    before, agreement = hashes(), interviews.agreement(study.read()).frame
    settler = study.settle()
    page = Page(settler)
    message, text, _ = page.open()
    late, service = item_of(message), item_of(message, "service")
    start = text.index("came late")
    told = page.ops(
        add(start, start + 9, holds=True, reason="said so", decided_by="Eve"),
        add(service["start"], service["end"], "service", "2", holds=False),
    )
    assert [each["kind"] for each in told] == ["ops", "ack"]
    assert [op["decided_by"] for op in told[0]["ops"]] == ["Mori", "Mori"]
    assert hashes() == before
    assert settler.decisions["reason"].tolist() == ["said so", ""]
    line = read_journal(study.folder / "settled.jsonl").history.ops[0]
    assert (line["from"], line["first"]) == (["Aki-0"], "came late")
    corpus = study.read()
    assert corpus.coders == ("Aki", "Kim")
    made = corpus.decisions.set_index("code")
    assert made["holds"].to_dict() == {"late": True, "service": False}
    assert made.loc["late", ["start", "end"]].tolist() == [late["start"], late["end"]]
    assert interviews.disagreements(corpus).summary().endswith(
        "2 of these 8 are settled; agreement is that before settling."
    )  # fmt: skip
    pd.testing.assert_frame_equal(interviews.agreement(corpus).frame, agreement)
    assert repr(settler) == (
        f"2 of 8 disagreements settled ({study.folder.as_posix()}/settled.jsonl); "
        "run the cells from the top to go on"
    )
    counted, _, _ = page.open()
    assert counted["documents"][0]["settled"] == 2
    again, _, shown = Page(study.settle()).open()
    assert not any(item["elsewhere"] for item in again["settle"]["items"])
    assert not any(coding["mine"] for coding in shown), "they are in the tail"
    assert [op["holds"] for op in again["tail"]] == [True, False]


def test_a_decision_that_was_taken_back_is_open_though_the_corpus_has_it(study):
    page = Page(study.settle())
    message, _, _ = page.open()
    late = item_of(message)
    page.ops(add(late["start"], late["end"], holds=True))
    settler = study.settle()
    page = Page(settler)
    page.ops({"op": "undo", "op_id": "u", "undoes": "op-1"})
    assert item_of(page.open()[0])["elsewhere"] is None
    assert (settler.disagreements.frame["settled"] == "open").all()
    assert settler.decisions.empty


def test_what_a_sheet_settled_is_told_as_such(study, tmp_path):
    path = interviews.write_settling(study.read(), tmp_path / "sheet.xlsx")
    import openpyxl

    book = openpyxl.load_workbook(path)
    row = next(row for row in book.active.iter_rows(min_row=2) if row[0].value == "late")
    row[9].value, row[10].value, row[11].value = "yes", "we met", "Kim"
    book.save(path)
    corpus = study.read(settled=path)
    settler = interviews.settle(corpus, folder=study.folder, by="Mori", interactive=True)
    message, _, _ = Page(settler).open()
    assert item_of(message)["elsewhere"] == {
        "holds": True, "reason": "we met", "decided_by": "Kim"
    }  # fmt: skip
    assert message["documents"][0]["settled"] == 1


def test_what_all_agree_on_may_be_taken_over_without_a_warning(study):
    page = Page(study.settle())
    message, _, _ = page.open()
    [start, end, code] = message["settle"]["agreed"][0]
    page.ops(add(start, end, code, holds=True))
    corpus = study.read()
    assert "interviews.settled_idle" not in [said.key for said in corpus.warnings]
    page.ops(
        add(start, end, "service", "2", holds=True), {"op": "remove", "op_id": "r", "id": "id-1"}
    )
    page.ops(add(start, end, "late", "3", holds=False))
    assert "interviews.settled_idle" in [said.key for said in study.read().warnings]


def test_where_nobody_is_there_it_is_a_sentence_and_what_is_open(study):
    settler = study.settle(interactive=False)
    assert not (study.folder / "settled.jsonl").exists()
    data, about = settler._repr_mimebundle_()
    found = interviews.disagreements(study.read())
    assert found.summary() in data["text/plain"]
    assert data["text/html"].count("<table") == 1
    assert data["text/html"].count("<tr") == 1 + len(found.frame)
    assert "&lt;img src=x" in data["text/html"]
    assert "<img" not in data["text/html"]
    assert about == {}
    assert data == study.settle(interactive=False)._repr_mimebundle_()[0]
    page = Page(study.settle())
    late = item_of(page.open()[0])
    page.ops(add(late["start"], late["end"], holds=True))
    data, _ = settler._repr_mimebundle_()
    assert data["text/html"].count("<tr") == len(found.frame)
    assert "1 of these 8 are settled" in data["text/plain"]
    for language in ("ja", "ko"):
        assert study.settle(interactive=False, language=language)._repr_mimebundle_()


def test_a_widget_has_nothing_of_the_interview(study):
    settler = study.settle()
    data, _ = settler._repr_mimebundle_()
    assert data["text/plain"] == repr(settler)
    assert "text/html" not in data
    state = settler._widget.get_state()
    assert state["_dom_classes"] == ("cx-settles", "cx-lang-ja")
    assert not any("parcel" in str(value) for name, value in state.items() if name != "_esm")


def test_without_anywidget_it_says_what_to_install(study, monkeypatch):
    monkeypatch.setattr(coder_widget, "is_installed", lambda: False)
    assert coder_widget.INSTALL in study.settle()._repr_mimebundle_()[0]["text/plain"]


def test_with_one_coder_or_none_there_is_nothing_to_settle(build, tmp_path):
    for coded in ([("a.txt", 1, "late", "Kim")], []):
        corpus = build({"a.txt": 4}, coded, {"late": ("", "")})
        settler = interviews.settle(corpus, folder=tmp_path, by="Mori", interactive=True)
        data, _ = settler._repr_mimebundle_()
        assert data["text/plain"] == repr(settler) != ""
        assert "text/html" in data
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_differs_no_file_is_made(study):
    corpus = study.read()
    alike = replace(corpus, codings=corpus.codings[corpus.codings["code"] == "料金"])
    settler = interviews.settle(alike, folder=study.folder, by="Mori", interactive=True)
    assert "no turn" in settler._repr_mimebundle_()[0]["text/plain"]
    assert not (study.folder / "settled.jsonl").exists()


def test_the_first_interview_with_something_open_is_shown(study):
    settler = study.settle()
    page = Page(settler)
    message, _, _ = page.open()
    ops = [
        add(item["start"], item["end"], item["code"], str(n), holds=True)
        for n, item in enumerate(message["settle"]["items"])
    ]
    page.ops(*ops)
    assert study.settle().document == "b.txt"
    assert study.settle(document="a.txt").document == "a.txt"


@pytest.mark.parametrize(
    "change",
    [
        {"op": "remove", "id": "Kim-0"},
        {"op": "edit", "id": "Kim-0", "code": "late"},
        {"op": "read", "document": "a.txt", "to": 1},
    ],
)
def test_files_that_were_changed_since_are_told(study, change):
    corpus = study.read()
    journal = read_journal(study.folder / "Kim.jsonl")
    assert journal.state.codings["Kim-0"]["code"] != "late"
    journal.append([{"op_id": "x", **change}])
    settler = interviews.settle(corpus, folder=study.folder, by="Mori", interactive=True)
    assert [note.text() for note in settler.notes] == [
        "These coders changed their files since they were read here: Kim. Read them again, so that "
        "what is settled is about what they say now."
    ]
    message, _, _ = Page(settler).open()
    assert message["notes"]


def test_codings_of_a_table_are_named_by_coder_and_place(build, tmp_path):
    corpus = build(
        {"a.txt": 4},
        [("a.txt", 1, "late", "Kim"), ("a.txt", 2, "late", "Mori")],
        {"late": ("", "")},
    )
    settler = interviews.settle(corpus, folder=tmp_path, by="Mori", interactive=True)
    _, _, codings = Page(settler).open()
    assert [coding["ref"] for coding in codings] == ["Kim:10-19", "Mori:20-29"]


def test_what_cannot_be_settled_is_refused(study, build, tmp_path):
    corpus = study.read()
    with pytest.raises(ParameterError, match="by='  ' names nobody"):
        interviews.settle(corpus, folder=study.folder, by="  ")
    with pytest.raises(ParameterError, match=r"document='c.txt'"):
        interviews.settle(corpus, "c.txt", folder=study.folder, by="Mori")
    with pytest.raises(ParameterError, match="language"):
        interviews.settle(corpus, folder=study.folder, by="Mori", language="xx")
    with pytest.raises(EmptyDataError, match="no transcript to settle"):
        interviews.settle(build({}, []), folder=tmp_path, by="Mori")
    page = Page(study.settle())
    late = item_of(page.open()[0])
    page.ops(add(late["start"], late["end"], holds=True))
    texts = {"a.txt": study.texts["a.txt"].replace("parcel", "paper parcel")}
    (study.home / "interviews" / "a.txt").write_text(texts["a.txt"], encoding="utf-8")
    with pytest.raises(SourceError, match=r"settled.jsonl.*another text|words that"):
        study.read()


def test_operations_of_another_form_are_refused_or_passed_over(study):
    page = Page(study.settle())
    late = item_of(page.open()[0])
    told = page.ops(
        add(late["start"], late["end"], holds="yes"),
        add(late["start"], 9999, name="2", holds=True),
        add(late["start"], late["end"], "nobody made it", "3", holds=True),
        7,
        {"op": "edit", "op_id": "e", "id": "nothing", "reason": "x"},
    )
    keys = [(each["op_id"], each["key"]) for each in told if each["kind"] == "refused"]
    assert keys == [
        ("op-1", "text"), ("op-2", "range"), ("op-3", "code"), (None, "text"), ("e", "unknown")
    ]  # fmt: skip
    assert page.session.desk.journal.state.codings == {}


def test_three_coders(tmp_path):
    study = Study(tmp_path, coded=(*CODED, ("Rin", "a.txt", "late", "late")))
    message, _, _ = Page(study.settle()).open()
    assert message["settle"]["coders"] == ["Aki", "Kim", "Rin"]
    by_start = [item for item in message["settle"]["items"] if item["code"] == "late"]
    assert by_start[0]["gave"] == [0, 2]
    assert by_start[0]["not"] == [1]
