"""The whole first study without leaving JupyterLab: two people code an interview in each of three
languages with the mouse and by keys, settle by keys where they differ, and run notebook 01 on it.

What stands on the disk is compared with what was meant, and what the notebook shows with a count
made here.
"""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from cxlib.interviews.journal import read_journal
from tests.lab import team
from tests.lab.coding_by_hand import Hand
from tests.notebooks.test_whole_way import alpha

pytestmark = pytest.mark.browser
Unit = tuple[str, int]  # an interview, and which answer in it


def span(name: str, words: str) -> tuple[str, int, int]:
    text = team.text_of(name)
    assert text.count(words) == 1 or words == "問い合わせ", words
    at = text.rindex(words)
    return name, at, at + len(words)


def answers(name: str) -> list[tuple[int, int]]:
    """Where in an interview those who were asked speak."""
    return [span(name, said)[1:] for who, said in team.SAID[name] if who not in team.ASKING]


def given(coder: str) -> dict[Unit, frozenset[str]]:
    """The codes that a coder means each answer that she read to have."""
    found = {}
    for name, acts in team.CODERS[coder].items():
        text = team.text_of(name)
        last = text.index(team.READ_TO.get((coder, name), text[-20:]))
        for unit, (start, end) in enumerate(answers(name)):
            if start <= last:
                codes = [a.code for a in acts if start <= span(name, a.words)[1] < end]
                found[name, unit] = frozenset(codes)
    return found


def differing() -> set[tuple[Unit, str]]:
    first, second = map(given, team.CODERS)
    both = set(first) & set(second)
    return {(unit, code) for unit in both for code in first[unit] ^ second[unit]}


def holding() -> set[tuple[Unit, str]]:
    """What holds when all is settled: of all who read it, or as it was settled."""
    sides = [given(coder) for coder in team.CODERS]
    found = set()
    for unit in sides[0]:
        read = [side[unit] for side in sides if unit in side]
        found |= {(unit, code) for code in frozenset.intersection(*read)}
    for (name, code), (_, words) in team.SETTLED.items():
        if words:
            start = span(name, words)[1]
            [unit] = [n for n, (low, high) in enumerate(answers(name)) if low <= start < high]
            found.add(((name, unit), code))
    return found


def code_all(book, coder: str, view: int) -> None:
    """Code the three interviews as one person, and mark how far they were read."""
    hand = Hand(book, view)
    for n, (name, acts) in enumerate(sorted(team.CODERS[coder].items())):
        if n:
            hand.document(name, *(("ArrowDown",) if coder == "김" else ()))
        book.focus(view)
        assert hand.marks() == []  # nobody sees what others coded
        for act in acts:
            hand.does(act)
        end = team.READ_TO.get((coder, name))
        hand.press(*((f"find:{end}",) if end else ("Control+End",)), "x")
        book.saved(view)


def settle_all(book, view: int) -> None:
    """Settle by keys what differs, once wrongly and taken back."""
    hand = Hand(book, view)
    book.focus(view)
    hand.press("ArrowRight", "Control+z")
    for n in range(len(team.SETTLED)):
        keys, _ = team.SETTLED[hand.current()]
        hand.press(*keys)
        book.saved(view)
        if n + 1 < len(team.SETTLED):
            before = hand.current()
            hand.press("Enter")
            book.page.wait_for_function(
                "([i, was]) => desk.text(i, '.cx-settle-head .cx-name') !== was[1]"
                "|| desk.root(i).querySelector('.cx-top select').value !== was[0]",
                arg=[view, before],
            )


def run_the_study(book) -> dict[str, list[dict[str, str]]]:
    """Open notebook 01, type the parameters, run all of it, and return what its cells show."""
    page = book.page
    book.path = book.path.with_name(team.STUDY)
    book.open()
    cell = page.locator(".jp-CodeCell .cm-content").first
    before = page.evaluate("() => desk.cells()[3][1]")
    after = "\n".join(map(changed, before.splitlines()))
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(after)
    assert page.evaluate("() => desk.cells()[3][1]") == after
    book.run(3)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        "() => desk.isDone() && desk.outputs().every(([, n]) => n)", timeout=60_000
    )
    shown = {cell_id: outputs for cell_id, _, outputs in page.evaluate("() => desk.outputs()")}
    assert not [data for outputs in shown.values() for data in outputs if "ename" in data]
    return shown


def changed(line: str) -> str:
    name = line.partition(" = ")[0]
    return f"{name} = {team.PARAMETERS[name]!r}" if name in team.PARAMETERS else line


@pytest.fixture
def book(notebook):
    book = notebook(*team.CELLS, write=team.write_team)
    book.open()
    return book


def test_two_code_settle_and_report_in_one_jupyterlab(book):
    for view, coder in enumerate(team.CODERS):
        book.run(*((1, 2) if view == 0 else (2 + view,)))
        book.usable(view)
        code_all(book, coder, view)
    coded_on_disk(book.folder)
    book.run(4)
    book.usable(2)
    settle_all(book, 2)
    settled_on_disk(book.folder)
    coded_on_disk(book.folder)  # settling leaves the coders' files alone
    shown = run_the_study(book)
    spans_are_counted(shown)
    agreement_is_that_before_settling(shown)
    what_was_settled_counts(shown)


def said(outputs: list[dict[str, str]]) -> str:
    return "\n".join(data["text/plain"] for data in outputs)


def rows(outputs: list[dict[str, str]]) -> list[dict[str, str]]:
    """The exact values behind a table."""
    return list(csv.DictReader(io.StringIO(outputs[0]["text/csv"])))


def spans_are_counted(shown) -> None:
    spans = Counter(
        act.code
        for interviews in team.CODERS.values()
        for acts in interviews.values()
        for act in acts
    )
    assert {row["code"]: int(row["spans"]) for row in rows(shown["cell-62"])} == spans
    read = said(shown["cell-06"])
    assert "3 interviews were read: 13 turns of those who were asked" in read
    assert f"{spans.total()} spans were marked in them with 5 codes; coders: aoki and 김." in read
    left = len(set(given("aoki")) - set(given("김")))
    assert f"{left} units are not yet read by 김" in said(shown["cell-46"])


def agreement_is_that_before_settling(shown) -> None:
    aoki, kim = map(given, team.CODERS)
    by_code = {row["code"]: float(row["alpha"]) for row in rows(shown["cell-26"])}
    for code in team.CODES:
        alone = [{unit: codes & {code} for unit, codes in side.items()} for side in (aoki, kim)]
        assert by_code[code] == pytest.approx(alpha(*alone), abs=1e-9)
    assert float(rows(shown["cell-69"])[0]["value"]) == pytest.approx(alpha(aoki, kim), abs=1e-9)


def what_was_settled_counts(shown) -> None:
    differ = differing()
    n = len(differ)
    told = said(shown["cell-36"])
    assert f"Coders differ {n} times about a code on a turn" in told
    assert f"{n} of these {n} are settled" in told
    listed = Counter((row["document"], row["code"]) for row in rows(shown["cell-37"]))
    assert listed == Counter((name, code) for (name, _), code in differ)
    whys = {(row["document"], row["code"]): row["reason"] for row in rows(shown["cell-37"])}
    assert whys["ko.txt", team.BILL] == "料金 = 요금"
    units = {row["code"]: int(row["units"]) for row in rows(shown["cell-22"])}
    assert units == Counter(code for _, code in holding())


def coded_on_disk(folder) -> None:
    for coder, interviews in team.CODERS.items():
        journal = read_journal(folder / "codings" / f"{coder}.jsonl")
        meant = [(*span(n, a.words), a.code) for n, acts in interviews.items() for a in acts]
        frame = journal.to_frame()[["document", "start", "end", "code"]]
        assert sorted(frame.itertuples(index=False, name=None)) == sorted(meant)
        read = {}
        for name in interviews:
            end = team.READ_TO.get((coder, name))
            text = team.text_of(name)
            read[name] = text.index(end) + len(end) if end else len(text.rstrip())
        seen = {n: len(team.text_of(n)[:to].rstrip()) for n, to in journal.state.read_to.items()}
        assert seen == read


def settled_on_disk(folder) -> None:
    codings = read_journal(folder / "codings" / "settled.jsonl").state.codings.values()
    made = {
        (c["document"], c["code"]): team.text_of(c["document"])[c["start"] : c["end"]]
        if c["holds"]
        else None
        for c in codings
    }
    assert made == {place: words for place, (_, words) in team.SETTLED.items()}
