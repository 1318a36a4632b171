"""Folders of transcripts made for a test, and what was said in them."""

from __future__ import annotations

import docx


def folder_of(tmp_path, **files):
    for name, content in files.items():
        stem, suffix = name.rsplit("_", 1)
        (tmp_path / f"{stem}.{suffix}").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
    return tmp_path


def said(read, document=None):
    """(speaker, words) of each turn, from text and offsets alone."""
    text = read.documents.set_index("document")["text"]
    turns = read.turns if document is None else read.turns[read.turns["document"] == document]
    return [(t.speaker, text[t.document][t.start : t.end]) for t in turns.itertuples()]


def write_docx(path, *paragraphs):
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(path)
