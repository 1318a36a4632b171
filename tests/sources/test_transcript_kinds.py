"""Files that are no transcripts, or another kind than their suffix says, are named as what they
are, and what the refusal says to do works."""

from __future__ import annotations

import io
import json

import docx
import pytest

from cxlib import sources
from cxlib.errors import SourceError
from tests.sources.interviews import said
from tests.sources.test_open_document import odt

RTF = rb"{\rtf1\ansi Ana: yes\par Lee: no\par}"
HTML = b"<!DOCTYPE html><html><body><p>Ana: yes</p><p>Lee: no</p></body></html>"
WHISPER = json.dumps({"text": "yes", "segments": [{"start": 0.0, "end": 1.0, "text": "yes"}]})
ASSEMBLY = json.dumps({"utterances": [{"speaker": "A", "text": "네"}]}, ensure_ascii=False)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def docx_bytes():
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Ana: yes")
    document.save(file)
    return file.getvalue()


def folder(tmp_path, **files):
    for name, content in files.items():
        stem, suffix = name.rsplit("_", 1)
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / f"{stem}.{suffix}").write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(
    ("suffix", "content", "message"),
    [
        ("txt", RTF, "a Rich Text document; give it the suffix .rtf"),
        ("docx", RTF, "a Rich Text document; give it the suffix .rtf"),
        ("docx", HTML, r"a web page \(HTML\)"),
        ("docx", b"MIME-Version: 1.0\r\n", "a web page saved in one file"),
        ("docx", OLE, "old Office file or one with a password; take its password away"),
        ("docx", odt("<text:p>a</text:p>"), "an OpenDocument text; give it the suffix .odt"),
        ("odt", docx_bytes(), "a Word document; give it the suffix .docx"),
        ("rtf", docx_bytes(), "a Word document; give it the suffix .docx"),
        ("txt", docx_bytes(), "a Word document; give it the suffix .docx"),
        ("txt", b"%PDF-1.7\n", "a PDF; give it the suffix .pdf"),
        ("pdf", HTML, r"a web page \(HTML\)"),
        ("txt", HTML, r"a web page \(HTML\); open it in a browser"),
        ("txt", b"\xef\xbb\xbf \n<!-- saved from -->\n<HTML><BODY>Ana: yes", "a web page"),
        ("md", HTML, "a web page"),
        ("txt", "<p>田中：はい</p>\n<p>聞き手：そう</p>\n", "a web page"),
        ("srt", HTML, "a web page"),
        ("txt", WHISPER, "Whisper's JSON; export .vtt or .srt"),
        ("vtt", WHISPER, "Whisper's JSON; export .vtt or .srt"),
        ("md", f"\ufeff\n{ASSEMBLY}", "AssemblyAI's or Deepgram's JSON"),
        ("txt", '[{"speaker": "A", "text": "b"}]', "says but JSON"),
        ("txt", '{"text": "a"}\n{"text": "b"}\n', "says but JSON"),
        ("txt", '<?xml version="1.0"?><tt><body/></tt>', "XML; export .vtt or .srt"),
        ("doc", OLE, r"an old Word document, which is not read here; .* save it as \.docx"),
        ("hwp", OLE, r"a Hangul document"),
        ("pages", b"PK\x03\x04", r"Export To > Word"),
    ],
)
def test_kinds_are_named(tmp_path, suffix, content, message):
    files = {f"a_{suffix}": content, "b_txt": "Ana: yes\nLee: no\n"}
    with pytest.raises(SourceError, match=rf"'a\.{suffix}' is .*{message}"):
        sources.read_transcripts(folder(tmp_path, **files))


@pytest.mark.parametrize(
    ("content", "suffix"),
    [(RTF, "rtf"), (docx_bytes(), "docx"), (odt("<text:p>Ana: yes</text:p>"), "odt")],
)
def test_the_suffix_that_is_named_is_read(tmp_path, content, suffix):
    read = sources.read_transcripts(folder(tmp_path, **{f"a_{suffix}": content}))
    assert said(read)[0] == ("Ana", "yes")


@pytest.mark.parametrize(
    "content",
    [
        "[00:12] Ana: yes\n[00:14] Lee: no\n",
        "[Ana] yes\n[Lee] no\n[Ana] yes\n[Lee] no\n",
        "{sighs} Ana: yes\n",
        "<Ana> yes, the <p> and </p> tags\n<Lee> no\n",
        'Ana: we post {"segments": 3} to the server\n',
    ],
)
def test_text_that_only_looks_like_markup_is_read(tmp_path, content):
    assert sources.read_transcripts(folder(tmp_path, a_txt=content)).documents["text"][0] == content


def test_markdown_may_begin_with_a_tag(tmp_path):
    content = '<p align="center">Study</p>\n\n<p>3</p>\n\nAna: yes\n\nLee: no\n'
    assert len(sources.read_transcripts(folder(tmp_path, a_md=content)).turns) > 1


def test_companions_that_hold_a_transcript_are_told(tmp_path):
    folder(
        tmp_path,
        a_txt="Ana: yes\nLee: no\n",
        b_json=WHISPER,
        c_tsv="start\tend\ttext\n0\t1000\tyes\n",
        codes_json='{"codes": []}',
        codings_tsv="document\tstart\tend\n",
    )
    notes = [str(note) for note in sources.read_transcripts(tmp_path).notes]
    assert [note for note in notes if "for programs" in note] == [
        "Not read, because a transcript for programs stands in them (JSON, a table of times); if "
        "it is not here as .vtt, .srt or .txt too, export it so: b.json and c.tsv."
    ]


def test_a_folder_of_json_alone_is_refused_with_how_to_export(tmp_path):
    with pytest.raises(
        SourceError, match=r"it holds b.json; b.json holds one for programs; export"
    ):
        sources.read_transcripts(folder(tmp_path, b_json=WHISPER))
