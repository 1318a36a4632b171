"""Names of reports are safe on every file system, told apart, and depend on their own value."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.report.folder_names import MOST_BYTES, check_name, is_reserved, name_all

HOSTILE = [
    "O'Brien", "x' or '1'='1", "../../etc", "a/b", "a\\b", "C:", "CON", "aux.txt", "nul", "", " ",
    ".", "..", "...", "a.", "a ", "-", "_x", "\u202eabc", "a\u202eb", "\x1b[31m", "a\nb", "\0",
    "🙂",
    "1️⃣", "か\u3099", "が", "한\u3164글", "हिन्दी", "東京 本店", "Ｔｏｋｙｏ", "x" * 400,
    "東" * 300,
    "<b>", "%00", "~", "*", "?", '"', "|", "\ud800",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([each for each in HOSTILE if each != "\ud800"]),
    st.text(max_size=12),
    st.text(st.sampled_from("aAbB -_.éß"), max_size=4),
)


def is_safe(name):
    """The rules of NTFS, APFS, ext4 and of shells that are careless, written anew."""
    assert name == unicodedata.normalize("NFC", name)
    assert 0 < len(name.encode()) <= MOST_BYTES
    assert not re.search(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\s\'$`;&(){}\[\]~#!%^=+,@]', name)
    assert not re.search(r"^[.\-_]|[. ]$|\.\.", name)
    assert not any(unicodedata.category(letter)[0] in "CZS" for letter in name)
    stem = name.split(".")[0].upper()
    assert not re.fullmatch(r"CON|PRN|AUX|NUL|(COM|LPT)[0-9¹²³]|CONIN\$|CONOUT\$", stem)


@given(st.lists(VALUES, min_size=1, max_size=8, unique=True), st.sampled_from(["nps", "顧客"]))
def test_every_value_gives_a_safe_name_of_its_own(values, base):
    names = name_all(base, [(value,) for value in values])
    for name in names:
        is_safe(name)
        assert check_name(name) == name
        assert name.startswith(f"{base}-")
    assert len({name.casefold() for name in names}) == len(values)


@given(st.lists(VALUES, min_size=2, max_size=8, unique=True))
def test_a_name_stays_when_other_values_come_or_go(values):
    """But for values that no file system may tell apart."""
    together = dict(zip(values, name_all("nps", [(value,) for value in values]), strict=True))
    for value, name in together.items():
        [alone] = name_all("nps", [(value,)])
        alike = [v for v in values if name_all("nps", [(v,)])[0].casefold() == alone.casefold()]
        if alike == [value]:
            assert name == alone


def test_hostile_words_of_every_kind():
    for value in HOSTILE:
        [name] = name_all("nps", [(value,)])
        is_safe(name)


def test_what_needs_no_change_is_kept_and_what_is_lost_is_told_apart():
    assert name_all("retention", [("plan", "on"), ("plan", "on_or_after")]) == [
        "retention-plan-on",
        "retention-plan-on_or_after",
    ]
    assert name_all("nps", [("東京",), ("e-mail",), ("in person",), ("2.5",), ("हिन्दी",)]) == [
        "nps-東京",
        "nps-e-mail",
        "nps-in-person",
        "nps-2.5",
        "nps-हिन्दी",
    ]
    both = name_all("nps", [("JP",), ("jp",)])
    assert all(re.fullmatch(r"nps-(JP|jp)-[0-9a-f]{8}", name) for name in both)
    assert len({name.casefold() for name in both}) == 2
    assert re.fullmatch(r"nps-O-Brien-[0-9a-f]{8}", name_all("nps", [("O'Brien",)])[0])
    assert len(set(name_all("nps", [("a", "b-c"), ("a-b", "c")]))) == 2


@pytest.mark.parametrize(
    "name",
    ["con", "NUL", "Aux", "aux.txt", "com1", "LPT9.log", "COM¹", "ＣＯＮ", "latest", "Index.HTML",
     "state.json", "a\u202eb", "🙂", "a\u200bb", "한\u3164글", "", ".", "a ", " a", "a.", "\ud800"],
)  # fmt: skip
def test_a_name_that_a_file_system_or_cx_keeps_is_refused_with_another(name):
    with pytest.raises(ParameterError, match="cannot be a folder's name") as refusal:
        check_name(name)
    for suggested in re.findall(r"such as '(.*)'$", str(refusal.value)):
        assert check_name(suggested) == suggested


@pytest.mark.parametrize(
    "name", ["nps", "nps-日本", "console", "com10", "nps.v2", "a--b", "latest-2"]
)
def test_other_names_are_kept(name):
    assert check_name(name) == name
    assert not is_reserved(name)
