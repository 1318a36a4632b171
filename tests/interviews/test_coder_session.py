import asyncio
import gc
import os
import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cxlib.interviews import coder_desk, journal_lock
from cxlib.interviews.coded_words import hash_of
from cxlib.interviews.coder_desk import desk_of
from cxlib.interviews.journal import open_journal, read_journal
from tests.interviews.talk import TEXT, Page, add, kinds, refusals, two_interviews


@pytest.fixture
def corpus(build):
    return two_interviews(build)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "codings" / "Aki.jsonl"


@pytest.fixture
def page(corpus, path):
    return Page(corpus, path)


def test_ops_are_written_acknowledged_and_told_to_all(corpus, path):
    one, two = Page(corpus, path), Page(corpus, path)
    told = one.ops(add(), {"op": "read", "op_id": "r", "document": "a.txt", "to": 9})
    assert sorted(kinds(told)) == ["ack", "ops"]
    [ack] = [message for message in told if message["kind"] == "ack"]
    assert (ack["op_ids"], ack["seq"]) == (["op-1", "r"], 2)
    [ops] = two.told
    assert ops == next(message for message in told if message["kind"] == "ops")
    assert (ops["document"], ops["seq"]) == ("a.txt", 2)
    assert ops["ops"][0]["coder"] == "Aki"
    assert ops["ops"][1]["at"] == ack["at"]
    assert read_journal(path).state.codings["id-1"]["first"] == TEXT[5:9]
    assert read_journal(path).state.codings["id-1"]["sha"] == hash_of(TEXT[5:9])
    message, _, codings = two.open()
    assert codings == [
        {
            "id": "id-1", "start": 5, "end": 9, "code": "late", "memo": "",
            "uncertain": False, "coder": "Aki", "mine": True,
        }
    ]  # fmt: skip
    assert (message["read_to"], message["seq"]) == (9, 2)
    assert message["documents"][0]["coded"] == 1
    assert message["undo"]["done"] == ["op-1", "r"]


def test_an_op_that_is_sent_again_is_acknowledged_and_counts_once(page, path):
    page.ops(add())
    before = path.read_bytes()
    assert kinds(page.ops(add())) == ["ack"]
    assert kinds(page.ops(add(), add("2"), add("2"))) == ["ops", "ack"]
    assert len(read_journal(path).history) == 2
    assert path.read_bytes().startswith(before)


def test_undo_and_redo_across_kernels(corpus, path):
    page = Page(corpus, path)
    page.ops(add("1"), add("2", batch="b"), add("3", batch="b"))
    page.ops({"op": "undo", "op_id": "u", "undoes": ["op-2", "op-3"]})
    del page
    gc.collect()
    page = Page(corpus, path)
    message, _, codings = page.open()
    assert [coding["id"] for coding in codings] == ["id-1"]
    undone = [{"undo": "u", "step": ["op-2", "op-3"]}]
    assert message["undo"] == {"done": ["op-1"], "undone": undone}
    page.ops({"op": "undo", "op_id": "r", "undoes": "u"})
    message, _, codings = page.open()
    assert len(codings) == 3
    assert message["undo"] == {"done": ["op-1", ["op-2", "op-3"]], "undone": []}


LONG = len(TEXT)
WRONG = [
    (add(start=9, end=9), "range"),
    (add(start=5, end=LONG + 1), "range"),
    (add(start=-1), "text"),
    (add(start="5"), "text"),
    (add(start=5.0), "text"),
    (add(start=True), "text"),
    (add(code="other"), "code"),
    (add(document="none.txt"), "document"),
    (add(first="zzz"), "document"),
    (add(last="zzz"), "document"),
    (add(memo="x" * 100_001), "text"),
    (add(memo=3), "text"),
    ({"op": "edit", "op_id": "e", "id": "none", "memo": "m"}, "unknown"),
    ({"op": "undo", "op_id": "e", "undoes": "none"}, "unknown"),
    ({"op": "undo", "op_id": "e"}, "text"),
    ({"op": "read", "op_id": "e", "document": "a.txt", "to": LONG + 1}, "range"),
    ({"op": "read", "op_id": "e", "document": "none", "to": 1}, "document"),
    ({"op": "code", "op_id": "e", "code": "  "}, "text"),
    ({"op": "code", "op_id": "e", "code": "c" * 501}, "text"),
    ({"op": "fly", "op_id": "e"}, "text"),
    ({"op": ["add"], "op_id": "e"}, "text"),
    ({"op": "add", "op_id": 3}, "text"),
    ({}, "text"),
    (None, "text"),
    ("add", "text"),
    ([], "text"),
]


@pytest.mark.parametrize(("op", "key"), WRONG)
def test_what_may_not_be_written_is_refused_in_a_sentence(page, path, op, key):
    before = path.read_bytes()
    told = page.ops(op)
    assert kinds(told) == ["refused"]
    op_id = op.get("op_id") if isinstance(op, dict) else None
    assert refusals(told) == [(op_id if isinstance(op_id, str) else None, key)]
    assert told[0]["reason"].endswith(".")
    assert told[0]["detail"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_refusals_are_in_the_readers_language_with_an_exact_detail(corpus, path, language):
    page = Page(corpus, path, language=language)
    [told] = page.ops(add(code="other"))
    assert told["reason"].isascii() == (language == "en")
    assert told["detail"] == "code='other' is not in the codebook, and nobody made it"


def test_good_and_bad_ops_of_one_message(page, path):
    told = page.ops(
        {"op": "code", "op_id": "c", "code": "new", "parent": None},
        add("1", code="new"),
        add("2", code="bad"),
        {"op": "edit", "op_id": "e", "id": "id-1", "memo": "\ud83d\ude42 \ud83d", "at": "x"},
        {"op": "edit", "op_id": "f", "id": "id-2", "memo": "lost"},
    )
    assert refusals(told) == [("op-2", "code"), ("f", "unknown")]
    [ack] = [message for message in told if message["kind"] == "ack"]
    assert ack["op_ids"] == ["c", "op-1", "e"]
    coding = read_journal(path).state.codings["id-1"]
    assert coding["memo"] == "🙂 \ufffd"
    assert any(code["name"] == "new" for code in page.open()[0]["codes"])


def test_a_removal_of_what_is_gone_is_no_trouble_and_undo_brings_back(page):
    page.ops(add())
    page.ops({"op": "remove", "op_id": "r1", "id": "id-1"})
    assert kinds(page.ops({"op": "remove", "op_id": "r2", "id": "id-1"})) == ["ops", "ack"]
    told = page.ops(
        {"op": "undo", "op_id": "u", "undoes": ["r1", "r2"]},
        {"op": "edit", "op_id": "e", "id": "id-1", "memo": "back"},
    )
    assert refusals(told) == []
    assert page.open()[2][0]["memo"] == "back"


@pytest.mark.parametrize(
    "message",
    [
        None, 3, "open", [], {}, {"v": 2, "kind": "open"}, {"v": 1}, {"v": 1, "kind": "fly"},
        {"v": 1, "kind": ["open"]}, {"v": 1, "kind": "ops"}, {"v": 1, "kind": "ops", "ops": {}},
    ],
)  # fmt: skip
def test_what_is_no_message_is_passed_over(page, message):
    page.session.receive(message, None)
    assert page.told == []


def test_ping_is_answered(page):
    assert page.say("ping") == [{"v": 1, "kind": "pong", "seq": 0}]


def test_ops_for_another_file_are_told_to_open_again(page, path):
    before = path.read_bytes()
    assert kinds(page.ops(add(), journal="0" * 16)) == ["changed"]
    assert path.read_bytes() == before


def test_a_replaced_file_is_read_anew_and_the_page_told(corpus, path):
    page, other = Page(corpus, path), Page(corpus, path)
    page.ops(add("1"), add("2"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.with_name("x").write_bytes(b"".join(lines[:2]))
    os.replace(path.with_name("x"), path)
    other.told.clear()
    told = page.ops(add("3"))
    assert kinds(told)[0] == "changed"
    assert kinds(other.told)[0] == "changed"
    assert {coding["id"] for coding in page.open()[2]} == {"id-1", "id-3"}


def test_a_file_that_is_gone_is_made_again_with_another_id(page, path):
    page.ops(add("1"))
    old = page.desk.journal.id
    path.unlink()
    told = page.ops(add("2"), journal=old)
    assert (kinds(told), told[0]["gone"]) == (["changed"], True)
    assert page.open()[0]["journal"] != old
    assert page.open()[2] == []


def test_a_file_that_is_gone_for_a_while_is_told_and_not_made_again(page, path):
    page.ops(add("1"))
    os.replace(path, path.with_name("away"))
    page.told.clear()
    page.desk.look()
    page.desk.look()
    assert refusals(page.told) == [(None, "gone")]
    assert page.told[0]["reason"].startswith("The file of codings was deleted or moved.")
    assert not path.exists()
    os.replace(path.with_name("away"), path)
    page.desk.look()
    assert kinds(page.ops(add("2"))) == ["ops", "ack"]
    assert len(read_journal(path).history) == 2


def test_a_full_disk_is_told_once_and_the_ops_can_be_sent_again(page, path):
    page.ops(add("1"))
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))
        told = page.ops(add("1"), add("2"), add("3"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (kinds(told), refusals(told)) == (["ack", "refused"], [("op-2", "disk")])
    assert path.read_bytes() == before
    assert kinds(page.ops(add("2"), add("3"))) == ["ops", "ack"]


def test_lines_of_another_kernel_are_followed(corpus, path):
    page = Page(corpus, path)
    other, _ = open_journal(path, "Aki")
    other.append([add("1"), {**add("2"), "document": "b.txt"}, add("3")])
    page.told.clear()
    page.desk.look()
    assert [(m["document"], m["seq"], len(m["ops"])) for m in page.told] == [
        *[("a.txt", 1, 1), ("b.txt", 2, 1), ("a.txt", 3, 1)]
    ]
    other.append([{"op": "remove", "op_id": "r", "id": "id-2"}])
    other.append([{"op": "undo", "op_id": "u", "undoes": "r"}])
    page.told.clear()
    told = page.ops(add("4"))
    seqs = [(m["document"], m["seq"]) for m in told if m["kind"] == "ops"]
    assert seqs == [("b.txt", 5), ("a.txt", 6)]


def test_a_kernel_with_a_loop_looks_by_itself(corpus, path, monkeypatch):
    monkeypatch.setattr(coder_desk, "EVERY", 0.01)

    async def work():
        page = Page(corpus, path)
        other, _ = open_journal(path, "Aki")
        for number in range(3):
            other.append([add(str(number))])
            await asyncio.sleep(0.1)
        return page

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test may have left a loop in this one
        page = elsewhere.submit(asyncio.run, work()).result()
    assert kinds(page.told) == ["ops"] * 3


def test_a_line_that_is_no_operation_is_told_once(corpus, path):
    page = Page(corpus, path)
    with path.open("ab") as file:
        file.write(b"[1]\n")
    page.desk.look()
    page.desk.look()
    assert kinds(page.told) == ["refused"]
    assert "line 2 is no operation" in page.told[0]["detail"]
    assert kinds(page.ops(add())) == ["refused"]


def test_views_that_are_gone_are_forgotten(corpus, path):
    page = Page(corpus, path)
    desk = page.desk
    assert len(desk._watchers) == 1
    del page
    gc.collect()
    assert len(desk._watchers) == 0
    assert desk_of(path, "Aki") is desk
    assert desk_of(path.parent / ".." / "codings" / "Aki.jsonl", "Aki") is desk


def test_others_are_seen_only_where_they_are_named(corpus, path):
    blind = Page(corpus, path)
    assert blind.open()[2] == []
    shown = Page(corpus, path, others=["Kim"])
    message, _, codings = shown.open()
    assert message["others"] == ["Kim"]
    assert [(row["coder"], row["mine"], row["code"]) for row in codings] == [("Kim", False, "late")]


def test_another_coders_file_is_followed_where_she_is_shown(corpus, path):
    kim = Page(corpus, path.with_name("Kim.jsonl"), coder="Kim")
    kim.ops(add("k"))
    desk = desk_of(path.with_name("Kim.jsonl"), "Kim", writes=False)
    page, blind = Page(corpus, path, others=[desk]), Page(corpus, path)
    assert [row["coder"] for row in page.open()[2]] == ["Kim"]
    page.told.clear()
    kim.ops(add("l"))
    assert [op["coder"] for op in page.told[0]["ops"]] == ["Kim"]
    assert blind.told == []


def test_a_lock_is_not_kept_by_a_thread_that_ends(path):
    journal, _ = open_journal(path, "Aki")
    worker = threading.Thread(target=lambda: journal.append([add("1")]))
    worker.start()
    worker.join()
    with journal_lock.locked(path, os.O_RDWR):
        pass
    journal.append([add("2")])
    assert len(journal.history) == 2


def test_undo_is_of_one_interview(page):
    page.ops(add("1"), add("2"))
    page.ops({"op": "code", "op_id": "c", "code": "new", "batch": "b"},
             add("3", document="b.txt", code="new", batch="b"))  # fmt: skip
    page.ops({"op": "code", "op_id": "d", "code": "alone"}, document="b.txt")
    page.ops({"op": "undo", "op_id": "u", "undoes": "op-2"})
    page.ops(add("4", document="b.txt"), document="b.txt")
    here, there = page.open("a.txt")[0], page.open("b.txt")[0]
    undone = [{"undo": "u", "step": ["op-2"]}]
    assert here["undo"] == {"done": ["op-1", "d"], "undone": undone}
    assert there["undo"] == {"done": [["c", "op-3"], "d", "op-4"], "undone": []}
    assert (here["elsewhere"], there["elsewhere"]) == (["late", "new"], ["late"])
