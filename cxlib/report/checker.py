"""The process that checks reports before anything runs: one request a line on standard input, one
answer a line on standard output."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from cxlib.errors import CxError
from cxlib.report.checking import Ready, check_one
from cxlib.report.messages import own_channel, requests, send_message
from cxlib.report.plan import Planned, planned_from
from cxlib.report.refusals import Kind, kind_of
from cxlib.sources import named_connections


def main() -> None:
    """Check until standard input closes."""
    channel = own_channel()
    for request in requests(sys.stdin):
        answer = _answer(request)
        named_connections.end()  # a transaction that stays open is in the way of a database
        send_message(channel, answer)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "expand" in request:
        return _expanded(planned_from(request["expand"]))
    found = check_one(planned_from(request["check"]))
    if not isinstance(found, Ready):
        return {"refused": found.message, "kind": found.kind}
    ready = {name: getattr(found, name) for name in ("known", "counts_looks", "key")}
    return {"ready": {**ready, "checked": asdict(found.checked)}}


def _expanded(planned: Planned) -> dict[str, Any]:
    from cxlib.report.fan_out import expand  # it reads rows: pandas is loaded

    try:
        found = expand(planned)
    except CxError as error:
        return {"refused": str(error), "kind": kind_of(type(error).__name__)}
    except Exception as error:  # noqa: BLE001  a fault of one file must not stop the others
        said = f"its values could not be read ({type(error).__name__}: {error})"
        return {"refused": said, "kind": Kind.FILE}
    return {
        "reports": [asdict(each) for each in found.reports],
        "left_out": [
            {
                "name": each.name,
                "message": each.reason.text(found.language),
                "language": found.language,
            }
            for each in found.left_out
        ],
    }


if __name__ == "__main__":
    main()
