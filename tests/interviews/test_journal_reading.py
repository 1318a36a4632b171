import json
import subprocess

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import SourceError
from cxlib.interviews.coded_words import hash_of
from cxlib.interviews.corpus import PROGRESS
from cxlib.interviews.journal import open_journal

TEXT = "Ann: The parcel was late.\n\nBob: Nobody told me why it was late.\n\nAnn: 料金が🙂高い。\n"


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "interviews"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_text(TEXT.replace("late", "slow"), encoding="utf-8")
    (tmp_path / "codebook.yaml").write_text(
        "codes:\n  - {name: late, kind: obstacle, theme: Delivery}\n  - {name: price}\n"
    )
    return tmp_path


def texts(home):
    corpus = interviews.read_corpus(home / "interviews")
    return dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))


def add(home, words, *, code="late", document="a.txt", op_id=None, **more):
    text = texts(home)[document]
    start = text.index(words)
    name = op_id or f"{code}-{words}-{document}"
    return {
        "op": "add",
        "op_id": name,
        "id": f"id-{name}",
        "document": document,
        "start": start,
        "end": start + len(words),
        "code": code,
        "first": words[:12],
        "last": words[-12:],
        **more,
    }


def write(home, coder, *ops, name=None):
    journal, _ = open_journal(home / "codings" / f"{name or coder}.jsonl", coder)
    journal.append(ops)
    return journal


def read(home, **changes):
    given = {"codings": home / "codings", "codebook": home / "codebook.yaml", **changes}
    return interviews.read_corpus(home / "interviews", **given)


def said(messages):
    return {message.key: str(message) for message in messages}


def test_a_journal_reads_as_codings_and_progress(home):
    end = len(texts(home)["a.txt"])
    write(
        home,
        "Aki",
        add(home, "parcel was late", memo="how late?"),
        add(home, "料金が🙂高い", code="price"),
        {"op": "read", "op_id": "r", "document": "a.txt", "to": end},
    )
    corpus = read(home)
    rows = corpus.codings
    words = [texts(home)["a.txt"][s:e] for s, e in rows[["start", "end"]].to_numpy()]
    assert words == ["parcel was late", "料金が🙂高い"]
    assert rows["coder"].unique().tolist() == ["Aki"]
    assert rows["memo"].tolist() == ["how late?", ""]
    assert rows["coded_at"].str.endswith("Z").all()
    assert "uncertain" not in rows.columns
    assert corpus.progress.to_numpy().tolist() == [["a.txt", "Aki", end]]
    assert said(corpus.notes)["coder.read"] == "Aki.jsonl holds 2 codings of Aki."
    assert "coder.half" not in said(corpus.notes)


def test_without_a_mark_what_lies_behind_the_furthest_coding_is_not_yet_read(home):
    added = add(home, "Nobody told me")
    write(home, "Aki", added)
    corpus = read(home)
    assert corpus.progress["read_to"].tolist() == [added["end"]]
    assert "a.txt" in said(corpus.notes)["coder.half"]
    grid = interviews.counts.grid(corpus)
    assert grid.opened[:, 0].tolist() == [True, True, False]


def test_coded_behind_the_own_mark_is_told(home):
    added = add(home, "Nobody told me")
    mark = {"op": "read", "op_id": "r", "document": "a.txt", "to": 3}
    write(home, "Aki", added, mark)
    [flag] = [flag for flag in read(home).flags if flag.key == "interviews.read_behind"]
    assert str(flag).endswith(". Press x in the widget where reading ended.")


def test_who_codes_in_the_widget_and_in_a_table_is_told_of_both(home):
    write(home, "Aki", add(home, "Nobody told me"))
    write(home, "Aki", {"op": "read", "op_id": "r", "document": "a.txt", "to": 3})
    own = add(home, "parcel was slow", document="b.txt")
    row = {name: own[name] for name in ("document", "start", "end", "code")} | {"coder": "Aki"}
    pd.DataFrame([row]).to_csv(home / "codings" / "old.csv", index=False)
    [flag] = [flag for flag in read(home).flags if flag.key == "interviews.read_behind"]
    assert "Press x in the widget where reading ended; in a table, write done" in str(flag)


def test_a_mark_alone_says_that_nothing_was_found(home):
    write(home, "Aki", {"op": "read", "op_id": "r", "document": "a.txt", "to": 30})
    corpus = read(home)
    assert corpus.codings[["document", "code", "end"]].to_numpy().tolist() == [["a.txt", "", 0]]
    assert corpus.progress["read_to"].tolist() == [30]


def test_what_was_undone_is_not_there(home):
    write(
        home,
        "Aki",
        add(home, "parcel was late"),
        add(home, "Nobody told me", op_id="x"),
        {"op": "undo", "op_id": "u", "undoes": "x"},
    )
    assert len(read(home).codings) == 1


def test_uncertain_is_a_column_where_somebody_was(home):
    write(home, "Aki", add(home, "parcel was late", uncertain=True), add(home, "Nobody told me"))
    write(home, "Kim", add(home, "parcel was late", document="b.txt".replace("b", "a")))
    corpus = read(home)
    assert corpus.codings.set_index("coder")["uncertain"].to_dict() is not None
    assert corpus.codings["uncertain"].tolist() == [True, False, False]
    sure = corpus.certain()
    assert "uncertain" not in sure.codings.columns
    assert len(sure.codings) == 2
    assert sure.certain() is sure
    assert interviews.agreement(corpus).frame is not None
    assert interviews.agreement(sure).frame is not None


def test_how_many_were_uncertain_is_told_with_agreement_without_them(home):
    doubted = add(home, "parcel was late", uncertain=True)
    write(home, "Aki", doubted, add(home, "Nobody told me"))
    [told] = [each for each in read(home).warnings if "warn_uncertain" in each.key]
    assert told.key == "interviews.warn_uncertain"  # nobody else read
    write(home, "Kim", add(home, "Nobody told me"))
    write(home, "Kim", {"op": "read", "op_id": "r", "document": "a.txt", "to": 60})
    corpus = read(home)
    [told] = [each for each in corpus.warnings if "warn_uncertain" in each.key]
    now, then = (
        interviews.agreement(each).frame["alpha"].iloc[0] for each in (corpus, corpus.certain())
    )
    assert round(now, 3) != round(then, 3)
    assert str(told) == (
        "1 of 3 codings was marked as uncertain and counts as any other; without it the alpha of "
        f"all codes would be {then:.3f} instead of {now:.3f}. To look without it, use "
        "corpus.certain()."
    )
    assert told not in corpus.flags


def test_who_was_sure_of_nothing_has_read_all_the_same(home):
    write(home, "Aki", add(home, "parcel was late", uncertain=True))
    sure = read(home).certain()
    assert sure.codings[["document", "coder", "code"]].to_numpy().tolist() == [["a.txt", "Aki", ""]]
    assert sure.coders == ("Aki",)


def test_new_codes_enter_the_codebook_with_what_is_known_of_them(home):
    made = {"op": "code", "op_id": "c1", "code": "no news", "parent": "late", "definition": "Why?"}
    below = {"op": "code", "op_id": "c2", "code": "silence", "parent": "no news", "kind": "goal"}
    top = {"op": "code", "op_id": "c3", "code": "yen", "parent": "price"}
    lost = {"op": "code", "op_id": "c4", "code": "lost", "parent": "nowhere"}
    circle = [{"op": "code", "op_id": f"k{a}", "code": a, "parent": b} for a, b in ("PQ", "QP")]
    write(home, "Aki", made, below, top, lost, *circle, add(home, "Nobody", code="no news"))
    book = read(home).codebook.set_index("name")
    assert book.loc["no news", ["parent", "theme", "definition"]].tolist() == [
        *("late", "Delivery", "Why?")
    ]
    assert book.loc["silence", ["parent", "theme", "kind"]].tolist() == [
        *("no news", "Delivery", "goal")
    ]
    assert book.loc["yen", ["parent", "theme"]].tolist() == ["price", "price"]
    assert book.loc["price", "theme"] == "price"
    assert book.loc["lost", "parent"] == ""
    assert "" in book.loc[["P", "Q"], "parent"].tolist()
    assert len(interviews.codebook(read(home)).frame) == len(book)
    assert "no news" in said(read(home).warnings)["interviews.new_codes"]


def test_new_codes_without_a_codebook(home):
    made = {"op": "code", "op_id": "c1", "code": "no news", "definition": "Why?"}
    write(home, "Aki", made, add(home, "Nobody", code="no news"))
    book = read(home, codebook=None).codebook
    assert book[["name", "definition"]].to_numpy().tolist() == [["no news", "Why?"]]


def test_spellings_are_joined_as_those_of_tables_are(home):
    write(home, "Aki", add(home, "Nobody", code="Late"))
    corpus = read(home)
    assert corpus.codings["code"].tolist() == ["late"]
    assert "interviews.spelling_joined" in said(corpus.notes)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("parcel was late", "parcel wax late", "begin with ‘parcel was l’, and ‘parcel wax l’"),
        ("parcel was late", "parcel was lade", "end with ‘cel was late’, and ‘cel was lade’"),
    ],
)
def test_a_drifted_span_is_refused_with_file_line_words_and_next_step(home, old, new, told):
    write(home, "Aki", add(home, "Nobody told"), add(home, "parcel was late"))
    path = home / "interviews" / "a.txt"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=r"codings='Aki.jsonl', line \d: 'late' was") as caught:
        read(home)
    assert told in str(caught.value)
    assert "put it back as it was coded" in str(caught.value)


WORDS = "料金が🙂高い" + "、とても" * 9 + "困る"


@pytest.mark.parametrize("has_hash", [True, False])
def test_other_words_inside_a_span_are_refused_where_the_line_has_a_hash(home, has_hash):
    path = home / "interviews" / "a.txt"
    path.write_text(TEXT.replace("料金が🙂高い", WORDS), encoding="utf-8")
    proof = {"sha": hash_of(WORDS)} if has_hash else {}
    write(home, "Aki", add(home, WORDS, **proof))
    assert read(home).codings["start"].tolist() == [texts(home)["a.txt"].index(WORDS)]
    other = WORDS[:20] + "ば" + WORDS[21:]
    path.write_text(TEXT.replace("料金が🙂高い", other), encoding="utf-8")
    if not has_hash:
        assert len(read(home).codings) == 1
        return
    with pytest.raises(SourceError, match=r"codings='Aki.jsonl', line 2: 'late' was") as caught:
        read(home)
    assert "of 'a.txt' and begins and ends as they did" in str(caught.value)
    assert "put it back as it was coded" in str(caught.value)


def test_a_moved_span_has_the_hash_of_its_own_words(home):
    added = add(home, "parcel was late", sha=hash_of("parcel was late"), op_id="x")
    moved = {name: add(home, "Nobody told")[name] for name in ("start", "end", "first", "last")}
    write(home, "Aki", added, {"op": "edit", "op_id": "e", "id": added["id"], **moved})
    assert read(home).codings["start"].tolist() == [moved["start"]]


def test_the_line_that_is_named_is_that_of_the_last_edit(home):
    added = add(home, "parcel was late", op_id="x")
    moved = add(home, "料金が🙂高い")
    edit = {name: moved[name] for name in ("start", "end", "first", "last")}
    write(home, "Aki", added, {"op": "edit", "op_id": "e", "id": added["id"], **edit})
    assert read(home).codings["start"].tolist() == [moved["start"]]
    path = home / "interviews" / "a.txt"
    path.write_text(TEXT.replace("高い。", ""), encoding="utf-8")
    with pytest.raises(SourceError, match=r"line 3: 'late' was coded on .* code points"):
        read(home)


def test_an_interview_that_is_gone_is_refused(home):
    write(home, "Aki", add(home, "parcel was late"))
    (home / "interviews" / "a.txt").unlink()
    with pytest.raises(SourceError, match=r"line 2: document='a.txt' is not among") as caught:
        read(home)
    assert "put the transcript back" in str(caught.value)


def test_a_torn_line_is_flagged(home):
    path = write(home, "Aki", add(home, "parcel was late")).path
    with path.open("ab") as file:
        file.write(b'{"op": "add", "op_id')
    corpus = read(home)
    assert "1 line was cut off" in said(corpus.flags)["coder.torn"]
    assert "(3)" in said(corpus.flags)["coder.torn"]


def _table(home, ops, coder="Aki"):
    columns = ["document", "start", "end", "code", "memo"]
    rows = [[op.get(name, "") for name in columns] for op in ops]
    pd.DataFrame(rows, columns=columns).assign(coder=coder).to_csv(
        home / "codings" / "old.csv", index=False
    )


CONFLICT = ("<<<<<<< HEAD\n", "=======\r\n", ">>>>>>> kim/second reading\n")


def test_conflict_markers_of_git_are_passed_over_where_all_else_is_whole(home):
    write(home, "Aki", add(home, "parcel was late"), add(home, "Nobody told me"))
    path = home / "codings" / "Aki.jsonl"
    head, one, two = path.read_text(encoding="utf-8").splitlines(keepends=True)
    begin, between, end = CONFLICT
    path.write_text("".join([head, begin, one, between, two, end]), encoding="utf-8", newline="")
    corpus = read(home)
    assert len(corpus.codings) == 2
    [note] = [note for note in corpus.notes if note.key == "coder.conflict"]
    assert "conflict markers of git were passed over (3 lines: 2, 4" in str(note)
    assert not [flag for flag in corpus.flags if flag.key == "coder.torn"]
    write(home, "Aki", add(home, "料金が🙂高い"))  # the last marker without its end, and on
    assert len(read(home).codings) == 3


def test_beside_a_torn_line_markers_are_torn_lines_too(home):
    write(home, "Aki", add(home, "parcel was late"))
    path = home / "codings" / "Aki.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write("<<<<<<< HEAD\n{\n=======")
    corpus = read(home)
    [flag] = [flag for flag in corpus.flags if flag.key == "coder.torn"]
    assert "3 lines were cut off" in str(flag)
    assert "coder.conflict" not in said(corpus.notes)
    path.write_text(path.read_text(encoding="utf-8").replace("{\n", ""), encoding="utf-8")
    corpus = read(home)
    assert "coder.conflict" in said(corpus.notes)  # the last without its end
    assert "coder.torn" not in said(corpus.flags)


def test_a_table_and_a_journal_that_are_alike_count_once(home):
    ops = [add(home, "parcel was late", memo="m"), add(home, "Nobody")]
    write(home, "Aki", *ops)
    _table(home, ops)
    corpus = read(home)
    assert len(corpus.codings) == 2
    assert "interviews.same_twice" in said(corpus.notes)


def test_a_table_and_a_journal_that_differ_are_refused(home):
    ops = [add(home, "parcel was late"), add(home, "Nobody")]
    write(home, "Aki", *ops)
    _table(home, ops[:1])
    with pytest.raises(SourceError, match="they differ; keep the one that counts"):
        read(home)


def _study_of_two(home, *, kim):
    write(home, "Aki", add(home, "parcel was late"), add(home, "Nobody told", code="price"))
    write(home, "Kim", *kim)
    for coder in ("Aki", "Kim"):
        write(home, coder, {"op": "read", "op_id": "r", "document": "a.txt", "to": 64})


def test_what_was_settled_stands_above_the_coders(home):
    _study_of_two(home, kim=[add(home, "The parcel", op_id="k")])
    write(
        home,
        "settled",
        add(home, "was late", reason="a fact", **{"from": ["x"]}, decided_by="Kim"),
        add(home, "Nobody told", code="price", holds=False, reason="no price"),
    )
    corpus = read(home)
    assert corpus.coders == ("Aki", "Kim")
    decisions = corpus.decisions.set_index("code")
    assert decisions["holds"].to_dict() == {"late": True, "price": False}
    assert decisions["reason"].to_dict() == {"late": "a fact", "price": "no price"}
    assert decisions["decided_by"].to_dict() == {"late": "Kim", "price": "settled"}
    unit = corpus.units.set_index(["document", "start", "end"]).index
    assert set(corpus.decisions.set_index(["document", "start", "end"]).index) <= set(unit)
    assert "coder.settled_read" in said(corpus.notes)
    assert not any("codings of settled" in note.text("en") for note in corpus.notes)
    shares = interviews.prevalence(corpus).frame.set_index("code")["interviews"]
    assert shares.to_dict() == {"late": 1, "price": 0}


def test_of_spans_on_one_unit_one_that_holds_settles_it(home):
    _study_of_two(home, kim=[])
    write(
        home,
        "settled",
        add(home, "The parcel", holds=False),
        add(home, "was late"),
    )
    assert read(home).decisions["holds"].tolist() == [True]


def test_nothing_but_what_was_settled_is_refused(home):
    write(home, "settled", add(home, "was late"))
    with pytest.raises(Exception, match=r"settled='settled.jsonl' settles codings, and there are"):
        read(home)


def test_codes_of_coders_who_are_not_looked_at_settle_nothing(home):
    _study_of_two(home, kim=[add(home, "The parcel", op_id="k", code="mine")])
    write(home, "settled", add(home, "was late", code="mine"))
    corpus = read(home, coders=["Aki"])
    assert corpus.decisions.empty


def test_journals_of_two_branches_merge_in_git_without_conflict(home, monkeypatch):
    def git(*words):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        return subprocess.run(
            ["git", *who, *words], cwd=home, check=True, capture_output=True, text=True
        )

    git("init", "-q", "-b", "main")
    (home / ".gitattributes").write_text("*.jsonl text eol=lf merge=union\n")
    write(home, "Aki", add(home, "parcel was late"))
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "train")
    write(home, "Aki", add(home, "Nobody told"))
    git("commit", "-qam", "two")
    git("checkout", "-q", "main")
    write(home, "Aki", add(home, "料金が🙂高い", code="price"))
    git("commit", "-qam", "three")
    git("merge", "-q", "train", "-m", "both")
    assert len(read(home).codings) == 3


def test_a_journal_alone_and_a_list_of_files(home):
    path = write(home, "Aki", add(home, "parcel was late")).path
    assert len(read(home, codings=path).codings) == 1
    assert len(read(home, codings=[path]).codings) == 1
    assert read(home).progress.columns.tolist() == list(PROGRESS)


def test_a_memo_on_an_interview_is_a_row_without_a_code(home):
    memo = {"op": "memo", "op_id": "m", "document": "b.txt", "text": "tired, short answers"}
    write(home, "Aki", add(home, "parcel was late"), memo)
    rows = read(home).codings.set_index("document")
    assert rows.loc["b.txt", ["start", "end", "code", "memo"]].tolist() == [
        *(0, 0, "", "tired, short answers")
    ]
    assert json.dumps(memo)


def test_the_project_and_new_ones_merge_journals_by_line():
    from tests.conftest import ROOT

    lines = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "*.jsonl text eol=lf merge=union" in lines
