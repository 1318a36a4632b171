"""Random schedules of a coder's work and of faults in a real JupyterLab, by seed."""

from __future__ import annotations

import contextlib
import json
import random
import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error

from cxlib.errors import SourceError
from cxlib.interviews.journal import open_journal, read_journal
from tests.lab import faults
from tests.lab.notebook import Notebook, until
from tests.lab.proxy import Proxy
from tests.lab.study import SETUP, write_notebook

CODES = ("goal", "obstacle", "waiting", "信頼")  # of the keys 1 to 4
LINES = tuple(f"Point {n:02d} was told in words of its own." for n in range(1, 17))
VIEWS = 'shown = cx.interviews.code(corpus, "points.txt", coder="Aki", folder="{folder}")'
STEPS = 14
Codings = dict[str, tuple[str, bool]]  # words -> code, whether it is uncertain


class Schedule:
    """One coder's afternoon: what she means is kept beside what is done to the page.

    Parameters
    ----------
    book : Notebook
        From `prepare`.
    line : Proxy
        Between its page and the server.
    seed : int
    """

    def __init__(self, book: Notebook, line: Proxy, seed: int) -> None:
        self.book, self.line, self.seed = book, line, seed
        self.random = random.Random(seed)
        self.folder = f"codings{seed}"
        book.coder_folder = self.folder
        self.now: Codings = {}
        self.past: list[Codings] = []
        self.future: list[Codings] = []
        self.trace: list[str] = []
        self.is_dead = self.is_cut = self.is_full = False
        self.view = 0

    def run(self, steps: int = STEPS) -> list[str]:
        """Do it, and return what is wrong at the end."""
        self._begin()
        for _ in range(steps):
            work, possible = self._work(), self._faults()
            chosen = self.random.choice(work if self.random.random() < 0.65 else possible)
            self.trace.append(chosen.__name__.strip("_"))
            chosen()
        self._mend()
        return self._problems()

    def _begin(self) -> None:
        source = VIEWS.format(folder=self.folder) + "\nshown"
        self.book.page.evaluate("(source) => desk.write(2, source)", source)
        self.book.save()  # without outputs: a reloaded page may not show what was before
        self._run_cells()

    def _run_cells(self) -> None:
        self.book.page.evaluate("() => desk.ready()")
        self.book.run(*((1, 2, 3) if self._lacks_corpus() else (2, 3)))
        self.is_dead = False
        for view in (0, 1):
            self.book.usable(view)

    def _lacks_corpus(self) -> bool:
        return self.is_dead or not (self.book.folder / "pid").is_file() or not self.book.is_alive()

    # what she does

    def _work(self) -> list[Callable[[], None]]:
        free = [line for line in LINES if line not in self.now]
        able = [self._code, self._code, self._undo, self._redo] if free else [self._undo]
        return [*able, *([self._uncertain, self._remove] if self.now else [])]

    def _do(self, then: Codings, *keys: str, words: str = "") -> None:
        """Press keys, on words where there are some, and see at once what they have done; where a
        dialog of JupyterLab came between, do it again, as she would."""
        self.trace[-1] += f" {words[6:8]}"
        before, page = self._seen(self.view), self.book.page
        for _ in range(3):
            dialogs = page.evaluate("() => desk.dialogs")
            place = page.evaluate(
                "([i, words]) => { desk.focus(i); return words && desk.place(i, words); }",
                [self.view, words],
            )
            if words:
                page.mouse.click(*place["from"])
            self.book.press(*keys)
            with contextlib.suppress(AssertionError):
                until(lambda: self._seen(self.view) == then, within=1)
            if self._seen(self.view) != before or page.evaluate("() => desk.dialogs") == dialogs:
                break
        self._is_seen(self.view, then)
        self.now = then

    def _change(self, then: Codings, *keys: str, words: str) -> None:
        before = self.now
        self._do(then, *keys, words=words)
        self.past.append(before)
        self.future = []

    def _code(self) -> None:
        words = self.random.choice([line for line in LINES if line not in self.now])
        key = self.random.randrange(len(CODES))
        then = {**self.now, words: (CODES[key], False)}
        self._change(then, "s", str(key + 1), words=words)

    def _uncertain(self) -> None:
        words = self.random.choice(list(self.now))
        code, doubt = self.now[words]
        self._change({**self.now, words: (code, not doubt)}, "u", words=words)

    def _remove(self) -> None:
        words = self.random.choice(list(self.now))
        then = {key: value for key, value in self.now.items() if key != words}
        self._change(then, "Delete", words=words)

    def _undo(self) -> None:
        before = self.now
        self._do(self.past.pop() if self.past else before, "Control+z")
        if before != self.now:
            self.future.append(before)

    def _redo(self) -> None:
        before = self.now
        self._do(self.future.pop() if self.future else before, "Control+Shift+z")
        if before != self.now:
            self.past.append(before)

    # what goes wrong

    def _faults(self) -> list[Callable[[], None]]:
        if self.is_cut:
            return [self._line_mended]
        if self.is_dead:
            return [self._cell_run, self._cell_run, self._page_reloaded]
        found = [self._restarted, self._killed, self._line_cut, self._page_reloaded, self._busy]
        found += [self._other_view, self._other_kernel, self._other_view, self._other_kernel]
        return [*found, self._disk_empty if self.is_full else self._disk_full]

    def _restarted(self) -> None:
        faults.restart(self.book)
        self.is_dead, self.is_full = True, False

    def _killed(self) -> None:
        faults.kill(self.book)
        self.is_dead, self.is_full = True, False

    def _cell_run(self) -> None:
        self._run_cells()

    def _line_cut(self) -> None:
        self.line.cut()
        self.is_cut = True

    def _line_mended(self) -> None:
        self.line.mend()
        self.book.reconnect()
        self.is_cut = False

    def _page_reloaded(self) -> None:
        if self.random.random() < 0.5:
            self.book.save()
        self.book.reload()
        with contextlib.suppress(AssertionError):
            if not self.is_dead:
                both = "() => desk.isUsable(0) && desk.isUsable(1)"
                until(lambda: self.book.page.evaluate(both), within=2)
                return
        self._run_cells()

    def _busy(self) -> None:
        code = "import time; time.sleep(1)"
        self.book.page.evaluate(
            "(code) => { desk.panel.sessionContext.session.kernel.requestExecute({code}); }", code
        )

    def _disk_full(self) -> None:
        faults.fill_disk(self.book)
        self.is_full = True

    def _disk_empty(self) -> None:
        faults.empty_disk(self.book)
        self.is_full = False

    def _is_calm(self) -> bool:
        """Whether all views know all of it: elsewhere, what was undone last would be a guess."""
        if self.is_full:
            return False
        for view in (0, 1):
            self.book.saved(view)
        self._wait_for_views()
        return True

    def _wait_for_views(self) -> None:
        with contextlib.suppress(AssertionError):
            until(lambda: all(self._seen(view) == self.now for view in (0, 1)), within=8)
        for view in (0, 1):
            self._is_seen(view, self.now)

    def _is_seen(self, view: int, then: Codings) -> None:
        seen = self._seen(view)
        more, less = seen.items() - then.items(), then.items() - seen.items()
        assert seen == then, f"view {view} shows {sorted(more)} too many and not {sorted(less)}"

    def _other_view(self) -> None:
        if self._is_calm():
            self.view = 1 - self.view

    def _other_kernel(self) -> None:
        free = [line for line in LINES if line not in self.now]
        if not free or not self._is_calm():
            return
        words, code = self.random.choice(free), self.random.choice(CODES)
        at = self._text().index(words)
        about = {"document": "points.txt", "start": at, "end": at + len(words), "code": code}
        ids = {"op_id": secrets.token_hex(10), "id": secrets.token_hex(10)}
        proof = {"first": words[:12], "last": words[-12:], "memo": "", "uncertain": False}
        journal, _new = open_journal(self.book.journal_path, "Aki")
        journal.append([{"op": "add", **ids, **about, **proof}])
        self.past.append(self.now)
        self.now, self.future = {**self.now, words: (code, False)}, []
        self._is_calm()

    # the end

    def _mend(self) -> None:
        if self.is_cut:
            self._line_mended()
        if self.is_full:
            self._disk_empty()
        if self.is_dead:
            self._cell_run()
        for view in (0, 1):
            self.book.saved(view)

    def _text(self) -> str:
        return (self.book.folder / "talks" / "points.txt").read_text(encoding="utf-8")

    def _seen(self, view: int) -> Codings:
        """Return what a view shows; code by its chip."""
        told = self.book.page.evaluate("(i) => desk.codings(i)", view)
        by_chip = {code[:2]: code for code in CODES}
        return {words: (by_chip[chip], doubt) for words, chip, doubt in told}

    def _problems(self) -> list[str]:
        found = []
        ids = Counter(op["op_id"] for op in self.book.lines())
        if ids and max(ids.values()) > 1:
            found.append("an operation is there twice")
        try:
            frame = read_journal(self.book.journal_path).to_frame()
        except SourceError as error:
            return [*found, str(error)]
        text = self._text()
        spans = [
            (text[row.start : row.end], (row.code, bool(row.uncertain)))
            for row in frame.itertuples(index=False)
        ]
        if len(spans) != len(dict(spans)) or dict(spans) != self.now:
            found.append(f"the file has {spans}, and meant was {self.now}")
        try:
            self._wait_for_views()
        except AssertionError as error:
            found.append(str(error))
        left = self.book.page.evaluate(
            "() => Object.keys(localStorage).filter((key) => key.startsWith('cx-coder'))"
        )
        journal = read_journal(self.book.journal_path).id
        here = [key for key in left if journal in key]
        return [*found, f"left in the page's storage: {here}"] if here else found

    def told(self, problems: list[str]) -> str:
        return json.dumps(
            {"seed": self.seed, "problems": problems, "did": self.trace}, ensure_ascii=False
        )


def write_points(folder: Path) -> None:
    """Write the study of the schedules: one interview of as many turns as fit on a screen."""
    (folder / "talks").mkdir(parents=True)
    said = "\n\n".join(f"Ann: {line}" for line in LINES)
    (folder / "talks" / "points.txt").write_text(f"{said}\n", encoding="utf-8")
    codes = "".join(f"  - {{name: {code}}}\n" for code in CODES)
    (folder / "codebook.yaml").write_text(f"codes:\n{codes}", encoding="utf-8")
    setup = SETUP.split(",\n    speakers=")[0] + ")"
    write_notebook(folder / "coding.ipynb", setup, "shown = None", "shown")


def run_schedules(
    book: Notebook, line: Proxy, seeds: range, *, did: Counter[str] | None = None
) -> list[str]:
    """Run schedules one after the other in an open notebook; return those that failed, which are
    printed too. `did` takes how often each step was done."""
    failed = []
    for seed in seeds:
        schedule = Schedule(book, line, seed)
        try:
            problems = schedule.run()
        except (AssertionError, Error, OSError) as error:  # its seed is told, and others are tried
            problems = [f"{type(error).__name__}: {str(error)[:3000]}"]
            line.mend()
            book.page.goto("about:blank")
            book.server.end_sessions()
            (book.folder / "pid").unlink(missing_ok=True)
            book.open()
        if problems:
            failed.append(schedule.told(problems))
            print(failed[-1], flush=True)
        if did is not None:
            did.update(step.split()[0] for step in schedule.trace)
    return failed
