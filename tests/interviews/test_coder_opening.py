"""What a page is told as it opens an interview."""

import dataclasses
import json
import random

import pandas as pd
import pytest

from cxlib.interviews import coder_desk, coder_messages
from cxlib.interviews.journal import open_journal
from cxlib.interviews.journal_ops import History
from tests.interviews.talk import TEXT, Page, add, any_op, kinds, two_interviews


@pytest.fixture
def corpus(build):
    return two_interviews(build)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "codings" / "Aki.jsonl"


@pytest.fixture
def page(corpus, path):
    return Page(corpus, path)


def test_open_tells_all_that_a_page_shows(page):
    message, text, codings = page.open()
    assert (text, codings) == (TEXT, [])
    about = {name: message[name] for name in ("document", "coder", "language", "seq", "view")}
    assert about == {
        "document": "a.txt", "coder": "Aki", "language": "en", "seq": 0, "view": "v1"
    }  # fmt: skip
    assert message["journal"] == page.desk.journal.id
    assert message["documents"][0] == {
        "name": "a.txt", "length": len(TEXT), "coded": 0, "read": 0, "sha256": message["sha256"]
    }  # fmt: skip
    assert message["codes"][0]["name"] == "late"
    assert message["pinned"] == ["late"]
    assert message["others"] == []
    assert message["lang"] == "ja"
    assert message["turns"][0] == [0, 9, "A", "", None, True]
    assert message["units"][0] == [0, 9]
    assert message["undo"] == {"done": [], "undone": []}
    assert message["notes"] == []
    assert isinstance(message["labels"], dict)
    assert TEXT[:20] not in json.dumps(message)


@pytest.mark.parametrize("seed", range(20))
def test_the_last_ops_on_what_stood_before_are_what_is_there(corpus, path, monkeypatch, seed):
    monkeypatch.setattr(coder_messages, "TAIL", 5)
    rng, page, meant = random.Random(seed), Page(corpus, path), []
    for n in range(20):
        op = any_op(rng, n, meant)
        if op["op"] == "add" and rng.random() < 0.3:
            op["document"] = "b.txt"
        meant.append(op)
    assert "refused" not in kinds(page.ops(*meant))
    stands = page.desk.journal.state.codings
    for document in ("a.txt", "b.txt"):
        message, _, codings = page.open(document)
        assert len(message["tail"]) <= 5
        found = {c["id"]: (c["start"], c["end"], c["memo"]) for c in codings}
        assert found == {
            key: (c["start"], c["end"], c["memo"])
            for key, c in stands.items()
            if c["document"] == document
        }
    assert len(History(page.desk.journal.history.ops)) == 20


def test_another_interview_and_one_that_is_not_there(page):
    assert page.open("b.txt")[0]["document"] == "b.txt"
    assert page.open("none.txt")[0]["document"] == "a.txt"


def test_units_smaller_than_turns_are_joined_to_turns(corpus, path):
    text = "Ann: One. Two.\nBob: Three. Four.\n"
    rows = [("Ann", 5, 9), ("Ann", 10, 14), ("Bob", 20, 26), ("Bob", 27, 32)]
    units = pd.DataFrame(rows, columns=["speaker", "start", "end"]).assign(
        document="a.txt", unit=range(1, 5), role="", started_seconds=[1.5, None, None, None]
    )
    documents = corpus.documents.head(1).assign(text=text, characters=len(text))

    small = dataclasses.replace(corpus, documents=documents, units=units, unit="sentence")
    message = Page(small, path).open()[0]
    assert message["turns"] == [
        [5, 14, "Ann", "", 1.5, True],
        [20, 32, "Bob", "", None, True],
    ]
    assert len(message["units"]) == 4


def test_codes_that_were_made_get_the_keys_behind_the_codebook(page):
    made = [
        {"op": "code", "op_id": f"c{n}", "code": f"new {n}", "parent": "late" if n == 3 else None}
        for n in range(12)
    ]
    page.ops(*made)
    names = ["late", *(f"new {n}" for n in range(8))]
    assert page.open()[0]["pinned"] == names
    page.ops({"op": "undo", "op_id": "u", "undoes": "c0"})
    assert page.open()[0]["pinned"] == ["late", *(f"new {n}" for n in range(1, 9))]
    page.ops({"op": "undo", "op_id": "r", "undoes": "u"})
    assert page.open()[0]["pinned"] == names


def _nothing(page, other):
    pass


def _op_of_hers(page, other):
    page.ops(add())


def _line_of_another_kernel(page, other):
    journal, _ = open_journal(page.desk.journal.path, "Aki")
    journal.append([add(first="H", last="w")])


def _op_of_another_coder(page, other):
    other.ops(add(name="9", start=0, end=4))


def _earlier_copy_of_a_line(page, other):
    """As two copies of a file may hold it; the earlier one counts."""
    path = page.desk.journal.path
    op = json.loads(path.read_text("utf-8").splitlines()[-1])
    line = json.dumps(op | {"at": "2000" + op["at"][4:], "code": "earlier"}, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _another_file_with_as_many_lines(page, other):
    path = page.desk.journal.path
    text = path.read_text("utf-8")
    path.unlink()
    path.write_text(text.replace('"late"', '"replaced"'), encoding="utf-8")


MEANWHILE = (
    _nothing,
    _op_of_hers,
    _line_of_another_kernel,
    _op_of_another_coder,
    _earlier_copy_of_a_line,
    _another_file_with_as_many_lines,
)


@pytest.mark.parametrize("document", [None, "a.txt", "b.txt"])
@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_what_was_made_before_a_page_asked_is_what_is_there(corpus, path, meanwhile, document):
    other = Page(corpus, path.with_name("Ben.jsonl"), coder="Ben")
    pages = [Page(corpus, path, others=[other.desk]) for _ in range(2)]
    pages[0].ops(add(name="0", start=1, end=4))
    pages[0].session.prepare()
    meanwhile(pages[0], other)
    ready, asked = [page.open(document) for page in pages]
    assert ready == asked
    assert ready[0]["seq"] == len(pages[0].desk.journal.history)


def test_an_answer_that_is_ready_is_not_made_again(page, monkeypatch):
    page.session.prepare()
    monkeypatch.setattr(page.session, "_content", None)
    assert page.open()[1] == TEXT


def test_what_a_page_is_told_of_steps_has_a_bound(corpus, path, monkeypatch):
    monkeypatch.setattr(coder_desk, "STEPS", 3)
    page = Page(corpus, path)
    page.ops(*(add(name=str(n), start=n) for n in range(5)))
    assert page.open()[0]["undo"]["done"] == ["op-2", "op-3", "op-4"]
    page.ops(*({"op": "undo", "op_id": f"u{n}", "undoes": f"op-{n}"} for n in (4, 3, 2, 1)))
    told = page.open()[0]["undo"]
    assert told["done"] == ["op-0"]
    assert [entry["undo"] for entry in told["undone"]] == ["u3", "u2", "u1"]


def test_of_her_codings_only_what_is_unusual_is_sent(page, monkeypatch):
    monkeypatch.setattr(coder_messages, "TAIL", 1)
    page.ops(add(), add(name="2", memo="so", uncertain=True), add(name="3"))
    page.say("open", document=None, view="v1")
    usual, unusual = json.loads(page.buffers[0][1])
    assert usual == {"id": "id-1", "start": 5, "end": 9, "code": "late"}
    assert unusual == usual | {"id": "id-2", "memo": "so", "uncertain": True}
