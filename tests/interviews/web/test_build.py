"""The widget's one file is made of its modules, which can be joined."""

import re
from collections import Counter

import pytest

from cxlib.interviews.web.build import BUILT, CORE, FOLDER, ORDER, STYLES, join

MODULES = sorted(path.stem for path in FOLDER.glob("*.js"))
_TOP = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|var|function\*?|class) (?:(\w+)|\{([^}]*)\})", re.M
)
_EXPORT = re.compile(r"^export (?:async )?(?:const|let|function\*?|class) (\w+)", re.M)
_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.M)


def source(name):
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


def test_the_committed_file_is_what_the_modules_make():
    made = join()
    assert BUILT.read_text(encoding="utf-8") == made, "run python cxlib/interviews/web/build.py"


def test_every_module_and_style_has_its_place():
    assert set(MODULES) <= set(ORDER)
    assert len(set(ORDER)) == len(ORDER)
    assert {path.stem for path in FOLDER.glob("*.css")} <= set(STYLES)


def test_no_name_is_given_twice():
    names = Counter[str]()
    for module in MODULES:
        for single, several in _TOP.findall(source(module)):
            names.update([single] if single else re.findall(r"\w+", several))
    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_joined(module):
    text = source(module)
    begun = re.findall(r"^import\b.*$", text, re.M)
    assert [found[0] for found in _IMPORT.finditer(text)] == begun, "one line, no renaming"
    for names, other in _IMPORT.findall(text):
        exported = set(_EXPORT.findall(source(other))) if other != "sheet" else {"SHEET"}
        assert set(names.split(", ")) <= exported
    assert not re.search(r"^export \{|^export \*|import\(", text, re.M)
    assert ("export default" in text) == (module == "jupyter")
    assert "innerHTML" not in text
    assert max(map(len, text.splitlines())) <= 100
    assert len(text.splitlines()) <= 400


def test_what_is_joined_has_neither_imports_nor_exports():
    joined = join(CORE, ("transcript",))
    assert joined.startswith("const SHEET = ")
    assert not re.search(r"^(?:import|export)\b", joined, re.M)
