"""What a Dask worker is sent, and what it says, without a cluster: `test_dask.py` has one."""

import json
import threading
from pathlib import Path

import pytest

from cxlib.report import cluster, cluster_run, cluster_task


def asked(folder, *paths, **environment):
    return json.dumps(
        {
            "environment": cluster_task.environment() | environment,
            "folder": str(folder),
            "word": "word",
            "paths": [str(path) for path in paths],
        }
    )


def test_a_worker_says_what_it_does_not_see(tmp_path):
    probe = tmp_path / "shared" / "probe"
    assert json.loads(cluster_task.greet(asked(probe)))["wrong"] == (
        f"does not see '{tmp_path}/shared', as --out needs; put it where all machines see it under "
        "the same path"
    )
    probe.mkdir(parents=True)
    (probe / "word").touch()
    assert json.loads(cluster_task.greet(asked(probe, __file__)))["wrong"] == ""
    gone = tmp_path / "03_nps.ipynb"
    assert json.loads(cluster_task.greet(asked(probe, __file__, gone)))["wrong"] == (
        f"does not see '{gone}'; put it where all machines see it under the same path"
    )
    assert [path.name for path in probe.iterdir()] == ["word"]


def test_a_worker_compares_what_reports_are_made_with(tmp_path):
    (tmp_path / "word").touch()
    here = cluster_task.environment()
    versions = here["versions"]
    minor = ".".join(versions["python"].split(".")[:2])

    def said(**environment):
        return json.loads(cluster_task.greet(asked(tmp_path, **environment)))

    assert said() == {"wrong": "", "other": []}
    assert said(versions=versions | {"pandas": "2.2.3"})["wrong"].startswith(
        f"has pandas {versions['pandas']}, and this machine 2.2.3; install the same"
    )
    assert said(versions=versions | {"python": "3.9.1"})["wrong"].startswith("has python 3.")
    assert said(versions=versions | {"python": f"{minor}.99"}) == {"wrong": "", "other": ["Python"]}
    more = [*here["installed"], "boto3-1.0.dist-info"]
    assert said(installed=more) == {"wrong": "", "other": ["boto3"]}
    assert "another cxlib" in said(suite="0")["wrong"]


def test_what_workers_say_is_read_line_by_line_and_try_by_try(tmp_path):
    order = cluster_run.Order({"name": "nps"}, tmp_path)
    assert list(order.news()) == []
    assert not order.begun
    (tmp_path / "1.jsonl").write_text('{"worker": "a"}\n{"cell": 1, "cells": 2}\n{"ce')
    assert list(order.news()) == [{"worker": "a"}, {"cell": 1, "cells": 2}]
    assert list(order.news()) == []
    (tmp_path / "2.jsonl").write_text('{"worker": "b"}\n')
    assert list(order.news()) == [{"worker": "b"}]
    assert (order.begun, order.number, order.ended) == (True, 2, False)
    with open(tmp_path / "2.jsonl", "a") as file:
        file.write('{"end": true}\n')
    assert list(order.news()) == [{"end": True}]
    assert order.ended


def test_what_lasts_too_long_is_not_waited_for():
    never = threading.Event()
    with pytest.raises(TimeoutError):
        cluster_run.within(0.1, never.wait)
    never.set()
    assert cluster_run.within(5, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        cluster_run.within(5, lambda: 1 / 0)


@pytest.fixture
def order(tmp_path, monkeypatch):
    """An order to a worker that is this process, and the folder of its tries."""
    monkeypatch.setattr(cluster_task, "_worker", lambda: "tcp://here:1")
    place = tmp_path / "stage" / ".dask" / "0"
    job = {"name": "one", "folder": str(tmp_path / "stage" / "one")}
    told = {"job": job, "limits": {}, "place": str(place)}
    return told | {"environment": cluster_task.environment()}, place


def answer(order, **more):
    return json.loads(cluster_task.make_report(json.dumps(order | more)))["told"]


def test_a_worker_that_joins_late_is_looked_at_too(order):
    told = answer(order[0], environment=order[0]["environment"] | {"suite": "0"})
    assert told["refused"].startswith("the Dask worker tcp://here:1 has another cxlib 0.1.0: ")
    told = answer(order[0])  # its stage is not to be seen
    assert told["refused"].startswith("the Dask worker tcp://here:1 does not see '")


def test_a_third_worker_gets_no_try_and_none_is_left_where_nobody_waits(order):
    sent, place = order
    place.mkdir(parents=True)
    assert answer(sent)["error"]["message"] == (
        "The run that asked for the report was not heard of for 120 seconds"
    )
    assert [path.name for path in sorted(place.iterdir())] == ["1", "1.jsonl"]
    (place.parent / "alive").touch()
    (place / "1.jsonl").write_text('{"worker": "a"}\n')
    (place / "2.jsonl").write_text("")  # it died before it said who it is
    assert answer(sent)["error"]["message"] == (
        "2 Dask workers ended while they ran the notebook (a, then ?); see what they say, or give "
        "a --memory-limit"
    )


def test_the_probe_lies_where_the_reports_will_and_is_removed(tmp_path):
    with cluster._probe(tmp_path / "reports" / "published") as (folder, word):
        assert folder.parent == tmp_path
        assert (folder / word).is_file()
    assert list(tmp_path.iterdir()) == []
    assert isinstance(folder, Path)
