"""No form of a secret survives, however it was written."""

import base64
import html
import json
import pprint
import random
import shlex
import time
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.secret_forms import forms, masked_forms, remains

MASK = "•••"
WAYS = {
    "as it is": str,
    "json": lambda s: json.dumps(s)[1:-1],
    "json, letters kept": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps(s)),
    "html": html.escape,
    "html, quotes kept": lambda s: html.escape(s, quote=False),
    "html in a notebook": lambda s: json.dumps(html.escape(s), ensure_ascii=False),
    "address": urllib.parse.quote,
    "address, all": lambda s: urllib.parse.quote(s, safe=""),
    "form": urllib.parse.quote_plus,
    "repr": repr,
    "ascii": ascii,
    "bytes": lambda s: repr(s.encode()),
    "repr in html": lambda s: html.escape(repr(s)),
    "repr in a notebook": lambda s: json.dumps(repr(s)),
    "shell": shlex.quote,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 for addresses": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "hexadecimal": lambda s: s.encode().hex(),
}
# no surrogates: an environment variable and a file are UTF-8
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00•")
secrets = st.text(letters, min_size=4, max_size=40)


def cut(text, *values):
    return masked_forms(text, forms(values), MASK)


@pytest.mark.parametrize("way", WAYS)
@given(
    secret=secrets,
    before=st.sampled_from(["", "password is ", '{"a": "']),
    behind=st.text("xyz .", max_size=5),
)
def test_no_form_survives(way, secret, before, behind):
    written = WAYS[way](secret)
    assert written not in cut(f"{before}{written}{behind}", secret)


@given(
    secrets.filter(lambda s: len(s.encode()) > 10),
    st.text("abcé", max_size=5),
    st.text("abcé", max_size=5),
)
def test_base64_of_what_it_stands_in_gives_too_little_of_it_away(secret, before, behind):
    """`Basic` headers are the name and the password as one."""
    code = base64.b64encode(f"{before}{secret}{behind}".encode()).decode()
    left = cut(code, secret)
    assert (
        len(left.replace(MASK, "")) <= 4 * (len(before.encode()) + len(behind.encode()) + 6) / 3 + 4
    )
    assert MASK in left


@given(st.lists(secrets, min_size=2, max_size=4))
def test_one_secret_within_another(found):
    text = " ".join([*found, "".join(found)])
    assert not [secret for secret in found if secret in cut(text, *found)]


def test_each_line_of_a_key_is_masked():
    lines = [base64.b64encode(random.Random(n).randbytes(48)).decode() for n in range(20)]
    key = "\n".join(
        ["-----BEGIN PRIVATE" + " KEY-----", *lines, "-----END PRIVATE" + " KEY-----", ""]
    )
    said = [key, repr(key), pprint.pformat(key), "\n".join(f"> {line}" for line in lines), lines[7]]
    for text in [*said, *map(json.dumps, said), *map(html.escape, said)]:
        assert not [line for line in lines if line in cut(text, key)]


@pytest.mark.parametrize("text", ["table: abcdefghij...", "abcdefghij…", "'abcdefgh...stuvwxyz'"])
def test_what_three_dots_have_left_is_masked(text):
    left = remains(text, "abcdefghijklmnopqrstuvwxyz", MASK)
    assert "abcdef" not in left
    assert "uvwxyz" not in left
    assert left.startswith(text[:1]) or text.startswith("abc")


def test_other_text_stays_and_so_do_pictures():
    picture = base64.b64encode(random.Random(1).randbytes(3_000_000)).decode()
    assert "1234" in picture
    assert cut(picture, "1234") == picture
    assert cut("the pin 1234 of", "1234") == f"the pin {MASK} of"
    assert cut("nothing... here", "hunter2Zq9") == "nothing... here"
    assert remains("nothing... here", "hunter2Zq9", MASK) == "nothing... here"


def test_a_notebook_of_three_megabytes_is_quick():
    notebook = json.dumps({"html": "<td>日本 12.5 customers said...</td>\n" * 60_000})
    wanted = forms(["hunter2&<Zq9>'\"é", "-----BEGIN KEY-----\n" + "a1B2" * 300])
    begun = time.process_time()
    assert masked_forms(notebook, wanted, MASK) == notebook
    assert remains(notebook, "hunter2&<Zq9>'\"é", MASK) == notebook
    assert time.process_time() - begun < 5  # 0.2 s on a quiet machine
