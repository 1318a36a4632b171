"""Bad input for the notebooks of the project: one message that names parameter, value and next
step, and no report."""

import base64
import csv
import io
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

from cxlib import cli
from cxlib.report import crew
from cxlib.report.pages import load_template
from cxlib.report.refusals import Kind
from cxlib.shown.language import word
from tests.conftest import ROOT

TURN, LONG = "\u202eReversed", "とても長い名前" * 15
SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("https://evil.example","x")'


@pytest.fixture(scope="module")
def bad(sample, tmp_path_factory):
    """A folder of files that the sample company would never write."""
    folder = tmp_path_factory.mktemp("bad")
    answers = pd.read_csv(sample / "responses.csv")
    answers.drop(columns="score").to_csv(folder / "no_score.csv", index=False)
    answers.assign(score="very good").to_csv(folder / "words.csv", index=False)
    answers.head(0).to_csv(folder / "header.csv", index=False)
    (folder / "empty.csv").write_bytes(b"")
    (folder / "no_transcript").mkdir()
    codings = pd.read_csv(sample / "interviews" / "codings.csv")
    codings.drop(columns="code").to_csv(folder / "no_code.csv", index=False)
    codings.assign(start="early").to_csv(folder / "start.csv", index=False)
    pd.read_csv(sample / "customers.csv").drop(columns="plan").to_csv(
        folder / "no_plan.csv", index=False
    )
    orders = pd.read_parquet(sample / "orders.parquet").head(500)
    orders.drop(columns="customer_id").to_csv(folder / "no_customer.csv", index=False)
    orders.assign(amount="much").to_csv(folder / "amount.csv", index=False)
    orders.assign(ordered_at="soon").to_csv(folder / "time.csv", index=False)
    pd.read_csv(sample / "subscriptions.csv").assign(started_on="soon").to_csv(
        folder / "started.csv", index=False
    )
    return folder


def called(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["cx", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


@pytest.mark.parametrize(
    ("notebook", "given", "said"),
    [
        # a missing column
        (
            "01_interviews",
            "case=langage",
            "case='langage': there is no such column; did you mean 'language'",
        ),
        ("02_bias", "score=skore", "score='skore': there is no such column; did you mean 'score'"),
        ("02_bias", "margins=country,plam", "margins='plam'"),
        ("02_bias", "frame=no_plan.csv", "margins='plan'"),
        ("03_nps", "survey=no_score.csv", "score='score': there is no such column"),
        (
            "03_nps",
            "segment=contact",
            "segment='contact': there is no such column; did you mean 'contact_type'",
        ),
        (
            "04_retention",
            "orders=no_customer.csv",
            "customer='customer_id': there is no such column",
        ),
        (
            "04_retention",
            "time=orderd_at",
            "time='orderd_at': there is no such column; did you mean 'ordered_at'",
        ),
        # an empty file
        ("02_bias", "survey=empty.csv", "survey='{bad}/empty.csv': "),
        ("02_bias", "frame=empty.csv", "frame='{bad}/empty.csv': "),
        ("03_nps", "survey=empty.csv", "export it again"),
        ("04_retention", "orders=empty.csv", "orders='{bad}/empty.csv'"),
        ("04_retention", "customers=empty.csv", "customers='{bad}/empty.csv'"),
        # words where numbers should be
        (
            "03_nps",
            "scale=1-10",
            "scale='1-10': is not a list of values; write them with commas, like 0,10",
        ),
        # a wave that does not exist, and a date that is no date
        ("04_retention", "as_of=soon", "as_of='soon': is not a date; write it like 2026-01-31"),
        (
            "04_retention",
            "as_of=2026-13-45",
            "as_of='2026-13-45': is not a date; write it like 2026-01-31",
        ),
        # a definition that is not whole, or not known
        (
            "04_retention",
            "kind=bracket",
            "brackets=None: kind='bracket' needs the first and last age of each span",
        ),
        (
            "04_retention",
            "brackets=[[1,3],[3,6]]",
            "brackets=[(1, 3), (3, 6)]: (3, 6) is no bracket; give pairs of whole ages",
        ),
        ("04_retention", "brackets=1-3", "brackets='1-3' are no pairs of whole ages"),
        (
            "04_retention",
            "preset=mixpanell",
            "preset='mixpanell': Input should be 'amplitude', 'mixpanel', ",
        ),
        # a path that is empty, a folder, or leads nowhere
        ("01_interviews", "transcripts=", "transcripts='' is empty; give a path"),
        ("03_nps", "survey=no_transcript", "is a folder; give the path of a file"),
        ("03_nps", "survey=none.csv", "there is no file"),
        # further columns by the part they play
        (
            "03_nps",
            "columns={comment: coment}",
            "columns.comment='coment': there is no such column; did you mean 'comment'",
        ),
        ("03_nps", "columns={cluster: 店舗}", "columns.cluster='店舗': there is no such column"),
        ("03_nps", "columns={weight: score}", "is the column with the score"),
        ("03_nps", "columns={weight: negative}", "columns.weight='negative'"),
        ("03_nps", "columns={weigth: csat}", "'columns.weigth' is unknown; did you mean 'weight'"),
        ("03_nps", "columns={comment: [a, b]}", "columns.comment=['a', 'b']: is not a text"),
        (
            "03_nps",
            "columns={weight}",
            "columns='{{weight}}': is not a mapping of names to values; write it like {{name: "
            "value}}",
        ),
        ("03_nps", "columns=comment", "columns='comment': is not a mapping of names to values"),
        ("03_nps", "columns=null", "columns='null': is not a mapping of names to values"),
        (
            "03_nps",
            "columns.comment=comment",
            "is one of the names within 'columns'; write it like columns={{comment: comment}}",
        ),
        # dates that make waves, the smallest difference that matters, and how often was looked
        (
            "03_nps",
            "wave_by=week",
            "wave_by='week': Input should be 'value', 'unordered', 'month', 'quarter' or 'year'",
        ),
        ("03_nps", "margin=0", "margin='0': Input should be greater than 0"),
        ("03_nps", "margin=-5", "margin='-5'"),
        ("03_nps", "margin=201", "margin='201': Input should be less than or equal to 200"),
        ("03_nps", "margin=nan", "margin='nan'"),
        ("03_nps", "margin=five", "margin='five': is not a number"),
        ("03_nps", "looks=0", "looks='0': each number must be from 1 to 1,000,000"),
        ("03_nps", "looks=1.5", "looks='1.5': is not a whole number"),
        ("03_nps", "looks=twice", "looks='twice': is not"),
        ("03_nps", "looks=None", "looks='None': is not a whole number"),
        # an unknown parameter
        ("00_start_here", "wave=2026Q3", "'wave' is unknown; there is 'language'"),
        ("01_interviews", "casee=language", "'casee' is unknown; did you mean 'case'"),
        ("02_bias", "wavee=2026Q3", "'wavee' is unknown; did you mean 'wave'"),
        ("03_nps", "wavee=2026Q3", "'wavee' is unknown; did you mean 'wave'"),
        ("04_retention", "asof=2026-10-01", "'asof' is unknown; did you mean 'as_of'"),
    ],
)
def test_it_is_refused_before_a_kernel_starts(
    bad, tmp_path, monkeypatch, capsys, notebook, given, said
):
    monkeypatch.setattr(crew, "work", lambda *_, **__: pytest.fail("a kernel would have started"))
    monkeypatch.chdir(bad)
    status, printed, complaint = called(
        monkeypatch,
        capsys,
        "run",
        ROOT / "notebooks" / f"{notebook}.ipynb",
        "-p",
        given,
        "--out",
        tmp_path / "out",
    )
    assert (status, printed) == (2, f"\nIndex: {tmp_path}/out/index.html\n")
    assert said.format(bad=bad.as_posix()) in complaint
    assert "Traceback" not in complaint
    assert complaint.count("\n") == 2  # of what kind it is, and one message
    assert not list((tmp_path / "out").glob("*/*/"))


# what only rows tell: the notebook's first cells refuse it
IN_THE_KERNEL = [
    ("01_interviews", "codings=no_code.csv", "codings='no_code.csv' has no column 'code'"),
    ("01_interviews", "codings=empty.csv", "codings='empty.csv' is empty; it needs"),
    (
        "01_interviews",
        "transcripts=no_transcript",
        "no_transcript' holds no transcript (docx, md, odt",
    ),
    ("03_nps", "survey=header.csv", "no responses; export it with"),
    ("01_interviews", "codings=start.csv", "start='early' must be a whole number"),
    ("02_bias", "survey=words.csv", "(first: 'very good', not a score); name the column"),
    ("02_bias", "weight=comment", "weights are no numbers, negative or infinite"),
    ("03_nps", "survey=words.csv", "(first: 'very good', not a score); name the column"),
    ("04_retention", "orders=amount.csv", "(such as 'much'); write them"),
    ("02_bias", "wave=2031Q1", "wave='2031Q1' is not one of the possible values; did you mean"),
    ("03_nps", "wave=2031Q1", "wave='2031Q1' is not one of the possible values; did you mean"),
    ("04_retention", "as_of=1999-01-01", "as_of=1999-01-01 is not after the first event"),
    ("04_retention", "orders=time.csv", "time='ordered_at'"),
    (
        "04_retention",
        "subscriptions=started.csv",
        "values cannot be read as dates (such as 'soon'); write them as 2026-07-01",
    ),
    ("03_nps", "columns={weight: response_id}", "weight='response_id': "),
    (
        "03_nps",
        "wave_by=month",
        "wave_by='month': wave_column='wave': 1,063 of 1,063 values cannot be read as dates (such "
        "as '2024Q4', ",
    ),
]


@pytest.fixture(scope="module")
def in_the_kernel(bad, tmp_path_factory):
    """Run all of these as one set of reports; return the status, what was said, and the folder."""
    folder = tmp_path_factory.mktemp("kernel")
    reports = []
    for number, (notebook, given, _) in enumerate(IN_THE_KERNEL):
        name, _, value = given.partition("=")
        path = bad / value
        parameters = {name: str(path) if path.exists() else yaml.safe_load(value)}
        reports.append(
            {
                "name": f"r{number}",
                "notebook": str(ROOT / "notebooks" / f"{notebook}.ipynb"),
                "parameters": parameters,
            }
        )
    (folder / "all.yml").write_text(yaml.safe_dump({"reports": reports}), encoding="utf-8")
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run", "all.yml"]
    ran = subprocess.run(
        [*command, "--out", "out"], cwd=folder, env=_environment(), capture_output=True, text=True
    )
    return ran, folder / "out"


def _environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("number", range(len(IN_THE_KERNEL)))
def test_it_is_refused_in_the_kernel_in_one_sentence(bad, in_the_kernel, number):
    ran, _ = in_the_kernel
    complaints = [line for line in ran.stderr.splitlines() if line.startswith(f"r{number}: ")]
    assert len(complaints) == 1, ran.stdout + ran.stderr
    assert IN_THE_KERNEL[number][2].format(bad=bad.as_posix()) in complaints[0]


def test_what_is_refused_in_the_kernel_ends_as_before_it(in_the_kernel):
    ran, out = in_the_kernel
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    kinds = {word(kind) for kind in Kind}
    others = [line for line in ran.stderr.splitlines() if not re.match(r"r\d+: ", line)]
    assert {line.removesuffix(":") for line in others} <= {each.removesuffix(":") for each in kinds}
    assert not list(out.glob("*/*/"))
    assert len(list(out.glob("*/state.json"))) == len(IN_THE_KERNEL)


@pytest.fixture(scope="module")
def attacked(sample, tmp_path_factory):
    """Reports on customers who write markup and formulas: in comments, waves, segments, codes,
    themes and glosses."""
    root = tmp_path_factory.mktemp("attacked")
    answers = pd.read_csv(sample / "responses.csv").query("wave >= '2026Q2'")
    answers["comment"] = [SCRIPT + " late again", FORMULA + " late again"] * (len(answers) // 2) + [
        SCRIPT
    ] * (len(answers) % 2)
    names = {
        "e-mail": SCRIPT,
        "phone": FORMULA,
        "live chat": TURN,
        "in person": LONG,
        "survey": 'a "b",\n{c: d}',
    }
    answers["contact_type"] = answers["contact_type"].replace(names)
    answers["wave"] = answers["wave"].replace(
        {"2026Q2": f"2026Q2 {SCRIPT}", "2026Q3": f"2026Q3 {TURN}"}
    )
    answers["store"] = FORMULA + answers["customer_id"].str[-2:]
    answers.to_csv(root / "answers.csv", index=False)
    shutil.copytree(sample / "interviews", root / "interviews")
    book = yaml.safe_load((root / "interviews" / "codebook.yaml").read_text(encoding="utf-8"))
    codes = {"too much piles up": FORMULA, "late or missing delivery": SCRIPT}
    for code in book["codes"]:
        del code["label"]  # in any language it is called by its name
        code.update(
            name=codes.get(code["name"], code["name"]),
            theme=FORMULA if code["name"] in codes else code["theme"],
        )
    (root / "interviews" / "codebook.yaml").write_text(
        yaml.safe_dump(book, allow_unicode=True), encoding="utf-8"
    )
    codings = pd.read_csv(root / "interviews" / "codings.csv").replace({"code": codes})
    codings["gloss"] = SCRIPT + FORMULA
    codings.to_csv(root / "interviews" / "codings.csv", index=False)
    folder = ROOT / "notebooks"
    (root / "all.yml").write_text(
        yaml.safe_dump(
            {
                "reports": [
                    {
                        "notebook": str(folder / "03_nps.ipynb"),
                        "parameters": {
                            "survey": str(root / "answers.csv"),
                            "columns": {"cluster": "store", "mode": "contact_type"},
                        },
                    },
                    {
                        "notebook": str(folder / "01_interviews.ipynb"),
                        "parameters": {
                            "transcripts": str(root / "interviews"),
                            "cases": str(root / "interviews" / "cases.csv"),
                            "resamples": 100,
                            "codebook": str(root / "interviews" / "codebook.yaml"),
                            "codings": str(root / "interviews" / "codings.csv"),
                        },
                    },
                ]
            }
        ),
        encoding="utf-8",
    )
    return root


def test_markup_and_formulas_of_customers_are_inert(attacked, monkeypatch, capsys):
    status, said, complaint = called(
        monkeypatch, capsys, "run", attacked / "all.yml", "--out", attacked / "out"
    )
    assert status == 0, said + complaint
    for name in ("nps", "interviews"):
        [page] = attacked.glob(f"out/{name}/*/report.html")
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        assert not soup.find_all(["iframe", "object"])
        search = load_template("rows.js.j2").render().strip()
        assert {script.get_text().strip() for script in soup.find_all("script")} <= {search}
        assert SCRIPT in soup.article.get_text()
        assert FORMULA in soup.article.get_text()
        assert not soup.find_all(href=re.compile("evil"))
        cells = [
            cell
            for link in soup.select("a.download")
            for row in csv.reader(io.StringIO(_saved(link, page.parent)))
            for cell in row
        ]
        assert "'" + FORMULA in cells
        assert not [cell for cell in cells if _runs(cell)]
        assert not re.search("[\u202a-\u202e]", page.read_text(encoding="utf-8"))
    [figures] = attacked.glob("out/nps/*/figures.csv")
    rows = list(csv.DictReader(io.StringIO(figures.read_text(encoding="utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row.values() if _runs(cell)]
    league = " ".join(row["segment"] for row in rows if row["figure"].startswith("league."))
    assert all(name in league.replace('""', '"') for name in ("alert(1)", "evil.example", LONG))
    index = BeautifulSoup((attacked / "out" / "index.html").read_text(encoding="utf-8"), "lxml")
    assert {script.get_text().strip() for script in index.find_all("script")} <= {_filter().strip()}


def _filter():
    """The one script that the index has: its own filter box."""
    return load_template("filter.js.j2").render()


def _runs(cell):
    return re.match(r"\s*[=+@-]", cell) and not re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", cell)


def _saved(link, folder):
    if not link["href"].startswith("data:"):
        return (folder / link["href"]).read_text(encoding="utf-8-sig")
    return base64.b64decode(link["href"].partition("base64,")[2]).decode("utf-8-sig")
