"""Two hundred random schedules of coding and faults: nothing is lost, nothing is there twice."""

from __future__ import annotations

import pytest

from tests.interviews.web.page import HERE, coder_page, kernel_options

pytestmark = pytest.mark.browser
SCHEDULES = 100


@pytest.mark.parametrize(
    ("several", "tail"),
    [(False, 200), (True, 200), (True, 4)],
    ids=["one view", "several views", "what was undone is not known"],
)
def test_the_log_is_what_was_meant(browser, several, tail):
    page = coder_page(browser)
    page.add_script_tag(content=(HERE / "schedules.js").read_text(encoding="utf-8"))
    failed = page.evaluate(
        """async ([kernel, n, several]) => {
          const failed = [];
          for (let seed = 1; seed <= n; seed++) {
            const problem = await runSchedule(seed, kernel, {several});
            if (problem) failed.push(problem);
          }
          return failed; }""",
        [kernel_options(tail=tail), SCHEDULES, several],
    )
    assert failed[:3] == [], f"{len(failed)} of {SCHEDULES}"
    assert page.problems == []
    page.close()
