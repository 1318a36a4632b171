"""Planned reports -> those whose parameters may be put into their notebooks, and what is wrong with
the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlib.errors import CxError
from cxlib.parameters import StudyParameters
from cxlib.report.notebook import Notebook, load_model, read_notebook
from cxlib.report.parameters import Checked, check_values, known_names
from cxlib.report.plan import Planned


@dataclass(frozen=True, slots=True)
class Ready:
    """A planned report whose parameters were checked; `run` fills `looks` where it is a parameter
    that nobody gave."""

    planned: Planned
    notebook: Notebook
    checked: Checked
    known: tuple[str, ...]
    counts_looks: bool = False


def ready_all(planned: Sequence[Planned]) -> tuple[list[Ready], list[str]]:
    """Check the parameters of reports; no kernel runs.

    Returns
    -------
    tuple of (list of Ready, list of str)
        What can be run, and one message for each report that cannot, and for each default of a YAML
        file that no notebook knows.
    """
    checked: list[Ready] = []
    problems: list[str] = []
    for one in planned:
        try:
            notebook = read_notebook(one.notebook)
            checked.append(ready(one, notebook, model=load_model(notebook)))
        except CxError as error:
            problems.append(f"{one.name}: {error}")
        except Exception as error:  # noqa: BLE001  a fault in one study's model must not stop the other reports
            problems.append(
                f"{one.name}: its parameters could not be checked ({type(error).__name__}: {error})"
            )
    return checked, problems + _unknown_defaults(planned, checked)


def ready(planned: Planned, notebook: Notebook, *, model: type[StudyParameters] | None) -> Ready:
    """Check a report's parameters; no kernel runs.

    Parameters
    ----------
    planned : Planned
        The report.
    notebook : Notebook
        Its notebook, as `read_notebook` returns it.
    model : type of StudyParameters, optional
        The one that the notebook's metadata names.

    Raises
    ------
    CxError
        If parameters are unknown, of the wrong kind, or name a file that cannot be opened or a
        column that it does not have.
    """
    known = known_names(notebook, model)
    given = {
        name: value for name, value in planned.defaults.items() if name in known
    } | planned.given
    checked = check_values(
        notebook,
        given,
        model=model,
        folder=planned.notebook.parent,
        relative_to=planned.relative_to,
    )
    counts_looks = model is not None and "looks" in known and "looks" not in given
    return Ready(planned, notebook, checked, tuple(known), counts_looks)


def _unknown_defaults(planned: Sequence[Planned], checked: Sequence[Ready]) -> list[str]:
    """Name the defaults of a YAML file that no notebook knows (said only where every notebook could
    be read)."""
    if len(checked) < len(planned):
        return []
    known = {name for one in checked for name in one.known}
    unknown = dict.fromkeys(name for one in planned for name in one.defaults if name not in known)
    return [f"defaults: no notebook has a parameter {name!r}" for name in unknown]
