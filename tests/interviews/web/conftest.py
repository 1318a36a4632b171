"""The coding widget in a bare page, with the focus in its text."""

import pytest

from tests.interviews.web.by_hand import focus
from tests.interviews.web.page import coder_page, mount


@pytest.fixture
def page(browser):
    page = coder_page(browser)
    mount(page)
    focus(page)
    yield page
    assert page.problems == []
    page.close()
