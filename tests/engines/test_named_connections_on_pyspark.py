"""Named connections to Spark: tables that another process wrote, and folders that are none of
Parquet."""

import subprocess
import sys

import pandas as pd
import pytest

from cxlib import sources
from cxlib.errors import SourceError
from cxlib.sources.named_connections import end, facts, look, open_table, refuse_engine_errors
from cxlib.sources.table_names import read_source

WRITER = """
import sys
from pyspark.sql import SparkSession

warehouse = sys.argv[1]
spark = (SparkSession.builder.master("local[1]").config("spark.sql.warehouse.dir", warehouse)
    .config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").getOrCreate())
rows = spark.createDataFrame([("a", 1), ("b", 2), ("c", 2)], "who string, `月 month` int")
rows.write.saveAsTable("orders")
spark.sql("CREATE DATABASE raw")
rows.write.partitionBy("月 month").saveAsTable("raw.parted")
spark.stop()
"""


@pytest.fixture
def lake(spark_session_url, tmp_path, monkeypatch):
    """The folder of the connection `lake`."""
    (tmp_path / "warehouse").mkdir()
    told = tmp_path / "connections.toml"
    told.write_text(f'[lake]\nengine = "spark"\nwarehouse = "{tmp_path}/warehouse"')
    monkeypatch.setenv("CX_CONNECTIONS", str(told))
    yield tmp_path / "warehouse"
    end()


def write(folder, n):
    folder.mkdir(parents=True, exist_ok=True)
    rows = pd.DataFrame({"n": range(n)})
    rows.to_parquet(folder / f"part-{len(list(folder.iterdir()))}.parquet")


def refusal(text):
    with pytest.raises(SourceError) as refused:
        open_table(read_source(text))
    return str(refused.value)


def test_pyspark_finds_what_another_process_wrote(lake, tmp_path):
    subprocess.run([sys.executable, "-c", WRITER, lake], check=True, cwd=tmp_path, timeout=120)
    assert look("lake").tables == ("orders", "raw.parted")
    assert open_table(read_source("lake:orders")).count().execute() == 3
    parted = open_table(read_source("lake:raw.parted"))
    assert parted.filter(parted["月 month"] == 2).who.count().execute() == 2
    assert facts(read_source("lake:default.orders")).table == (
        "spark_catalog",
        "default",
        "orders",
    )


@pytest.mark.filterwarnings("ignore:toPandas attempted Arrow")
def test_pyspark_reads_the_files_of_the_first_look(lake):
    write(lake / "orders", 3)
    name = read_source("lake:orders")
    table = open_table(name)
    assert table.count().execute() == 3
    write(lake / "orders", 2)
    assert table.count().execute() == 3
    assert open_table(name).count().execute() == 3
    assert facts(name).snapshot is None
    next(lake.glob("orders/part-0.parquet")).unlink()
    with pytest.raises(SourceError) as refused, refuse_engine_errors(name):
        table.n.sum().to_pyarrow()
    said = str(refused.value)
    assert said.startswith("source 'lake:orders': its files were exchanged while they were read (")
    assert said.endswith("); run again")
    assert "\n" not in said


def test_pyspark_tells_apart_tables_that_differ_in_capitals(lake):
    write(lake / "orders", 3)
    write(lake / "Orders", 2)
    assert [open_table(read_source(f"lake:{x}rders")).count().execute() for x in "oO"] == [3, 2]


def test_pyspark_refuses_folders_of_other_formats(lake):
    for log, made_by in [("_delta_log", "Delta"), ("metadata", "Iceberg"), (".hoodie", "Hudi")]:
        write(lake / made_by, 3)
        (lake / made_by / log).mkdir()
        said = refusal(f"lake:{made_by}")
        assert said == (
            f"'{lake}/{made_by}' is a table of {made_by}, whose folder also holds rows that were "
            "deleted; give Spark its catalog (spark-defaults.conf) and name the table there, or "
            "write its rows as Parquet"
        )


def test_pyspark_refuses_another_master(lake, tmp_path):
    write(lake / "orders", 3)
    open_table(read_source("lake:orders"))
    told = tmp_path / "connections.toml"
    told.write_text('[other]\nengine = "spark"\nmaster = "local[1]"')
    assert refusal("other:orders") == (
        f"connection 'other' in {told}: this process has Spark at 'local[*]' open already, and "
        "only one can be, and not 'local[1]' beside it; restart the kernel, or give the "
        "connections the same master"
    )


def test_pyspark_refuses_a_warehouse_that_is_not_there(lake):
    lake.rmdir()
    assert refusal("lake:orders").endswith(
        f"there is no folder '{lake}'; write the whole path of the folder in which Spark keeps its "
        "tables"
    )


def test_a_connection_to_pyspark_takes_names_as_they_are(spark_session_url, tmp_path):
    connection = sources.connect(spark_session_url)
    write(tmp_path / "rows", 3)
    rows = connection._session.read.parquet(str(tmp_path / "rows"))
    for name in ("Order Lines 注文", "back`tick", "注文"):
        rows.createOrReplaceTempView("`" + name.replace("`", "``") + "`")
        assert connection.table(name).count().execute() == 3
    with pytest.raises(Exception, match="No Lines"):
        connection.table("No Lines")
