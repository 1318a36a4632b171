"""A file of reports is read as it was written, and what is wrong with it is said with its line."""

import pytest

from cxlib.errors import SourceError
from cxlib.report.suite_files import read_suite


def written(tmp_path, content):
    path = tmp_path / "suite.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_values_stay_as_they_were_written_and_entries_have_their_lines(tmp_path):
    suite = read_suite(
        written(
            tmp_path,
            """# a comment
defaults: {language: en}
reports:
  - notebook: a.ipynb
    grid:
      kind: [on, off, yes, NO, 2026Q3, 2026-07-01, 007, 1e3, null]

  # another
  - {notebook: b.ipynb}
""",
        )
    )
    assert suite.defaults == {"language": "en"}
    assert [line for line, _ in suite.reports] == [4, 9]
    assert suite.reports[0][1]["grid"]["kind"] == [
        "on", "off", "yes", "NO", "2026Q3", "2026-07-01", "007", "1e3", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("reports:\n  - a: [1\n  - b: 2\n", 3, "YAML"),
        ("reports:\n  - a: 1\n   b: 2\n", 3, "YAML"),
        ("reports:\n  - name: 'a\n", 3, "YAML"),
        ("reports:\n\t- a: 1\n", 2, "YAML"),
        ("reports:\n  - a: 1\n    a: 2\n", 2, "'a' is there twice"),
        ("reports: []\nreports: [{}]\n", 1, "'reports' is there twice"),
        ("reports:\n  - a: *none\n", 2, "undefined alias"),
        ("reports:\n  - {a}\n", 2, "has no value"),
        ("reports:\n  - !!python/object/apply:os.system [ls]\n", 2, "YAML"),
        (b"reports:\n  - a: 1\n  - b: \xff\n", 3, "UTF-8"),
        ("reports:\n  - a: \x07\n", 2, "U+0007"),
        ("reports: [{}]\ndefalts: {}\n", 2, "did you mean 'defaults'"),
        ("reports: [{}]\ndefaults: 3\n", 2, "defaults="),
    ],
)
def test_what_is_wrong_is_said_with_the_line(tmp_path, content, line, said):
    with pytest.raises(SourceError, match=rf"^suite\.yml, line {line}: ") as refusal:
        read_suite(written(tmp_path, content))
    assert said in str(refusal.value)


def bomb():
    rows = ["reports:", "  - &a0 [x, x]"]
    rows += [f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "\n".join(rows)


@pytest.mark.parametrize("content", ["reports: &a [*a]", bomb(), "[" * 20_000])
def test_what_never_ends_is_refused_at_once(tmp_path, content):
    with pytest.raises(SourceError, match="nest less"):
        read_suite(written(tmp_path, content))


def test_anchors_that_share_parameters_are_read(tmp_path):
    suite = read_suite(
        written(tmp_path, "reports:\n  - parameters: &p {a: 1}\n  - parameters: {<<: *p, b: 2}\n")
    )
    assert suite.reports[1] == (3, {"parameters": {"a": "1", "b": "2"}})


def test_a_file_that_is_not_there_or_not_one_of_reports_is_refused(tmp_path):
    with pytest.raises(SourceError, match="there is no file"):
        read_suite(tmp_path / "none.yml")
    with pytest.raises(SourceError, match="more than a file of reports"):
        read_suite(written(tmp_path, b"#" * (5 * 2**20)))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Tokio", "did you mean 'Asia/Tokyo'"),
        ("Tokyo", "did you mean 'Asia/Tokyo'"),
        ("[a]", "write one, as `zone: Asia/Tokyo`"),
        ("null", "write one, as `zone: Asia/Tokyo`"),
        ("../../etc/passwd", "is no time zone"),
    ],
)
def test_a_zone_that_is_none_is_refused_with_its_line(tmp_path, zone, said):
    path = tmp_path / "all.yml"
    path.write_text(f"reports:\n  - notebook: a.ipynb\nzone: {zone}\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 3") as refused:
        read_suite(path)
    assert said in str(refused.value)


def test_a_zone_stands_beside_the_reports(tmp_path):
    path = tmp_path / "all.yml"
    path.write_text("zone: Asia/Seoul\nreports:\n  - notebook: a.ipynb\n", encoding="utf-8")
    assert read_suite(path).zone == "Asia/Seoul"
