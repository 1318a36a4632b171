"""Weights that the study of bias writes into a table, and that the NPS takes from there."""

from pathlib import Path

import pandas as pd
import pytest

from cxlib import bias, nps
from cxlib.errors import SourceError
from cxlib.sources.named_connections import column_names, end
from cxlib.sources.table_names import read_source
from tests.conftest import ROOT

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
SAMPLE = ROOT / "data" / "sample"
LIKE = {
    "survey": SAMPLE / "responses.csv",
    "frame": SAMPLE / "customers.csv",
    "customer": "customer_id",
    "margins": ["country", "plan"],
    "answer_id": "response_id",
}
COLUMNS = {"weight": "weight", "respondent": "customer_id"}


@pytest.fixture(scope="module")
def desk(postgres_url, tmp_path_factory):
    """A schema in which a role may make tables, and one in which it may only read."""
    folder = tmp_path_factory.mktemp("desk")
    host = postgres_url.partition("host=")[2]
    settings = f'engine = "postgres"\nhost = "{host}"\ndatabase = "postgres"\n'
    (folder / "connections.toml").write_text(
        f'[desk]\n{settings}user = "researcher"\n'
        f'[guest]\n{settings}user = "guest_of_desk"\npassword = "secret://GUEST"\n'
    )
    (folder / "GUEST").write_text("guest")
    with (
        pytest.MonkeyPatch.context() as patched,
        psycopg.connect(postgres_url, autocommit=True) as owner,
    ):
        patched.setenv("CX_CONNECTIONS", str(folder / "connections.toml"))
        patched.setenv("CX_SECRETS_DIR", str(folder))
        owner.execute(
            "CREATE SCHEMA \"分析 desk\"; CREATE ROLE guest_of_desk LOGIN PASSWORD 'guest'; "
            'GRANT USAGE ON SCHEMA "分析 desk" TO guest_of_desk'
        )
        yield owner
        end()
        owner.execute('DROP SCHEMA "分析 desk" CASCADE')


def write(target):
    p = bias.Parameters(**LIKE, weights_out=target)
    return bias.write_weights(p, bias.read(p))


def score(weights):
    p = nps.Parameters(survey=LIKE["survey"], weights=weights, columns=COLUMNS, segment=None)
    return nps.score(nps.read(p).current, score=p.score, weight="weight").frame


@pytest.mark.parametrize("place", ["postgres", "duckdb"])
def test_weights_of_a_table_are_those_of_a_file(desk, tmp_path, place):
    file = tmp_path / "weights.parquet"
    table = 'desk:"分析 desk".weights' if place == "postgres" else f"{tmp_path}/w.duckdb#weights"
    written, again = write(file), write(table)
    assert again.frame.equals(written.frame)
    assert again.summary().replace(again.file.name, "") == written.summary().replace(file.name, "")
    pd.testing.assert_frame_equal(score(table), score(file))
    end()
    with pytest.raises(SourceError, match="is there already and is left as it is"):
        bias.read(bias.Parameters(**LIKE, weights_out=table))  # before anything is computed
    another = table.replace("weights", "others") if place == "postgres" else f"{table}_2"
    bias.read(bias.Parameters(**LIKE, weights_out=another))
    end()
    with pytest.raises(SourceError, match="no table"):
        column_names(read_source(Path(another)))


def test_a_role_that_may_make_no_table(desk):
    with pytest.raises(SourceError, match=r"cannot be made \(permission denied for schema"):
        write('guest:"分析 desk".mine')
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = '分析 desk' AND tablename = 'mine'"
    assert desk.execute(query).fetchone() == (0,)
