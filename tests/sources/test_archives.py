"""Archives unpack within bounds, or are refused before they do; measured in their own process."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from contextlib import suppress

import docx
import openpyxl
import pytest

from cxlib.errors import SourceError
from cxlib.sources import archives, word

MOST_SECONDS, MOST_MEGABYTES = 5, 300
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


def parts_of(save):
    buffer = io.BytesIO()
    save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book():
    made = openpyxl.Workbook()
    made.active.append(["a", "b"])
    made.active.append([1, 2])
    return made


def document():
    made = docx.Document()
    made.add_paragraph("P1: hello")
    return made


def zipped(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def nested():
    content = b"x" * 1000
    for _ in range(12):
        content = zipped({f"{n}.zip": content for n in range(10)})
    return content


def with_sheet(content):
    return zipped({**parts_of(book().save), "xl/worksheets/sheet1.xml": content})


def with_words(change):
    parts = parts_of(document().save)
    return zipped({**parts, "word/document.xml": change(parts["word/document.xml"])})


def far_cell():
    made = book()
    made.active["XFD1048576"] = "x"
    return zipped(parts_of(made.save))


def many_strings():
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return zipped(
        {
            **parts_of(book().save),
            "xl/sharedStrings.xml": strings + b"<si><t>a</t></si>" * 2_000_000 + b"</sst>",
        }
    )


DOCTYPE = b'<!DOCTYPE w [<!ENTITY a "words">]>'
HOSTILE = {
    "far.xlsx": (far_cell, "at most 10,000 columns"),
    "wide.xlsx": (
        lambda: with_sheet(
            SHEET + b'<row r="1">' + b'<c t="inlineStr"><is><t>q</t></is></c>' * 16_384 + b"</row>"
            b"" + END
        ),
        "at most 10,000 columns",
    ),
    "bomb.xlsx": (
        lambda: with_sheet(
            SHEET + b'<row r="1"><c><v>' + b"1" * (1 << 26) + b"</v></c></row>" + END
        ),
        "unpacks from",
    ),
    "strings.xlsx": (many_strings, "unpacks from"),
    "members.xlsx": (lambda: zipped({f"xl/{n}.xml": b"" for n in range(12_000)}), "12,000 members"),
    "deep.xlsx": (nested, "not what its suffix says"),
    "entity.xlsx": (
        lambda: with_sheet(DOCTYPE + SHEET + b"<row><c><v>1</v></c></row>" + END),
        "declares entities",
    ),
    "deep.zip": (nested, "is a zip archive"),
    "line.csv": (lambda: b"a,b\n" + b"x" * (300 << 20), "a line of more than"),
    "wide.csv": (
        lambda: (",".join(f"q{n}" for n in range(16_384)) + "\n" + "1," * 16_383 + "1\n").encode(),
        "16,384 columns",
    ),
    "nul_bytes.csv": (lambda: b"a,b\n1,\0\n" * 1000, "zero bytes"),
    "picture.csv": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a picture"),
    "unmarked.csv": (lambda: "score,wave\n9,Q1\n".encode("utf-16-le"), "UTF-16"),
    "CON.csv": (lambda: b"a\n1\n", "rename"),
    "nps\u202exslx.csv": (lambda: b"a\n1\n", "rename"),
    "bomb.docx": (
        lambda: with_words(lambda xml: xml.replace(b"hello", b"h" * (1 << 28))),
        "unpacks",
    ),
    "paragraphs.docx": (
        lambda: with_words(lambda xml: xml.replace(b"<w:p>", b"<w:p/>" * 3_000_000 + b"<w:p>", 1)),
        "unpacks from",
    ),
    "entity.docx": (
        lambda: with_words(
            lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1).replace(b"hello", b"&a;")
        ),
        "declares entities",
    ),
    "deep.docx": (nested, "not what its suffix says"),
}
# each file in a copy of one process that has loaded the readers: what it takes is the file's alone
READ = """import json, os, resource, sys, time
from pathlib import Path
import docx, openpyxl, pandas, pyarrow.parquet, pyreadstat
from cxlib.errors import CxError
from cxlib.sources import headers, surveys, word
most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for path in map(Path, sys.argv[1:]):
    if pid := os.fork():
        assert os.waitpid(pid, 0)[1] == 0, path
        continue
    before, began, said = most(), time.monotonic(), []
    readers = (
        [lambda: word.lines(path.read_bytes(), name=path.name)]
        if path.suffix == ".docx"
        else [lambda: surveys.read_survey(path), lambda: headers.read_header(path)]
    )
    for read in readers:
        try:
            read()
        except CxError as refusal:
            said.append(str(refusal))
    print(json.dumps([path.name, said, time.monotonic() - began, most() - before]), flush=True)
    os._exit(0)"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """What was said of each hostile file, and the seconds and megabytes that it took."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _) in HOSTILE.items():
        (folder / name).write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-c", READ, *(str(folder / name) for name in HOSTILE)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    return {name: told for name, *told in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_one_sentence_soon_and_small(refused, name):
    said, seconds, megabytes = refused[name]
    assert len(said) == (1 if name.endswith(".docx") else 2)
    for sentence in said:
        assert HOSTILE[name][1] in sentence
        assert "\n" not in sentence
        assert "\u202e" not in sentence
    assert seconds < MOST_SECONDS * len(said)
    assert megabytes < MOST_MEGABYTES


def test_an_honest_archive_opens():
    rows = openpyxl.Workbook(write_only=True)
    sheet = rows.create_sheet()
    for _ in range(60_000):  # the same answer over and over shrinks best
        sheet.append([10, "2026Q2", "JP", "basic"])
    buffer = io.BytesIO()
    rows.save(buffer)
    with archives.open_archive(buffer, name="s.xlsx") as archive:
        assert sum(member.file_size for member in archive.infolist()) > archives._FREE_RATIO
    assert word.lines(zipped(parts_of(document().save)), name="d.docx")[0] == ("P1: hello", False)


def test_what_is_no_archive_or_a_damaged_one_is_left_to_its_reader():
    whole = zipped(parts_of(book().save))
    with pytest.raises(zipfile.BadZipFile):
        archives.open_archive(io.BytesIO(b"a,b\n"), name="s.xlsx")
    with pytest.raises(zipfile.BadZipFile):
        archives.open_archive(io.BytesIO(whole[: len(whole) // 2]), name="s.xlsx")


def test_a_password_is_named():
    with zipfile.ZipFile(io.BytesIO(zipped({"xl/a.xml": b"<a/>"}))) as archive:
        at = archive.infolist()[0].header_offset
    data = bytearray(zipped({"xl/a.xml": b"<a/>"}))
    data[at + 6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="has a password"):
        archives.open_archive(io.BytesIO(bytes(data)), name="s.xlsx")


def test_any_damage_is_one_refusal():
    whole, chance = zipped(parts_of(document().save)), random.Random(1)
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(SourceError):
            word.lines(bytes(damaged), name="d.docx")
