"""What one process sends is what the other reads, whatever else is said, and however it ends."""

import io
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.messages import read_messages, send_message

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=3)
)
messages = st.lists(st.dictionaries(st.text(), values, max_size=4), max_size=5)


@given(messages)
def test_messages_come_as_they_were_sent(sent):
    stream = io.StringIO()
    for message in sent:
        send_message(stream, message)
    assert list(read_messages(io.StringIO(stream.getvalue()))) == sent


@given(messages, st.data())
def test_what_was_torn_off_is_no_message(sent, data):
    stream = io.StringIO()
    for message in sent:
        send_message(stream, message)
    whole = stream.getvalue()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    assert list(read_messages(io.StringIO(cut))) == sent[: cut.count("\n")]


def test_where_nobody_reads_nothing_happens():
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:
        send_message(stream, {"a": 1})
        with pytest.raises(BrokenPipeError):  # the stream's own last attempt
            stream.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)


BEGIN = "from cxlib.report.messages import own_channel, requests, send_message\n"


def test_what_libraries_print_is_no_message():
    program = (
        "import os, subprocess\nchannel = own_channel()\nprint('{')\nos.write(1, b'loud')\n"
        "subprocess.run(['echo', 'child'])\nsend_message(channel, {'a': '顧客'})"
    )
    told = subprocess.run(
        [sys.executable, "-c", BEGIN + program], capture_output=True, text=True, timeout=60
    )
    assert list(read_messages(io.StringIO(told.stdout))) == [{"a": "顧客"}]
    assert all(said in told.stderr for said in ("{", "loud", "child"))


def test_a_process_that_nobody_asks_any_more_ends_in_the_middle_of_its_work():
    program = (
        "import sys, time\nfor each in requests(sys.stdin):\n    print(each['n'], flush=True)\n"
        "    time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write('{"n": 1}\n{"n": 2}\n')
    process.stdin.flush()
    assert process.stdout.readline() == "1\n"
    said, _ = process.communicate(timeout=60)  # closes its input
    assert (process.returncode, said) == (0, "")
