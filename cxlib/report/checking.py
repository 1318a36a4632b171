"""Planned reports -> those whose parameters may be put into their notebooks, and what is wrong with
the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxlib.check import did_you_mean
from cxlib.errors import CxError
from cxlib.parameters import StudyParameters
from cxlib.report import provenance
from cxlib.report.notebook import Notebook, load_model, read_notebook
from cxlib.report.parameters import Checked, check_values, known_names
from cxlib.report.plan import Planned
from cxlib.report.refusals import Kind, Refusal
from cxlib.report.translation import in_language


@dataclass(frozen=True, slots=True)
class Ready:
    """A planned report whose parameters were checked.

    Attributes
    ----------
    planned : Planned
    checked : Checked
    known : tuple of str
        Names of the notebook's parameters.
    counts_looks : bool
        Whether `run` fills `looks`: it is a parameter that nobody gave.
    key : dict
        Hashes of what the report would be made of now; empty where that cannot be known, since no
        model says which parameters are files.
    """

    planned: Planned
    checked: Checked
    known: tuple[str, ...] = ()
    counts_looks: bool = False
    key: dict[str, Any] | None = None


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
        found = check_one(one)
        if isinstance(found, Ready):
            checked.append(found)
        else:
            problems.append(f"{one.name}: {found.message}")
    return checked, problems + unknown_defaults(planned, checked)


def check_one(planned: Planned) -> Ready | Refusal:
    """Check the parameters of a report; return what is wrong where it cannot be run."""
    try:
        notebook = read_notebook(planned.notebook)
        return ready(planned, notebook, model=load_model(notebook))
    except CxError as error:
        return Refusal.of(error)
    except Exception as error:  # noqa: BLE001  a fault in one study's model must not stop the other reports
        said = f"its parameters could not be checked ({type(error).__name__}: {error})"
        return Refusal(said, Kind.NOTEBOOK)


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
    everywhere = {"language": planned.language} if planned.language else {}
    given = {
        name: value for name, value in (everywhere | planned.defaults).items() if name in known
    } | planned.given
    checked = check_values(
        notebook,
        given,
        model=model,
        folder=planned.notebook.parent,
        relative_to=planned.relative_to,
    )
    counts_looks = model is not None and "looks" in known and "looks" not in given
    key = None
    if model is not None:
        seen = provenance.look_at(checked.inputs, root=planned.root)
        folder, day = planned.notebook.parent, checked.day
        notebook = in_language(notebook, planned.notebook, checked.values.get("language", "en"))
        key = provenance.key(notebook, checked.values, seen.records, folder=folder, day=day)
    return Ready(planned, checked, tuple(known), counts_looks, key)


def unknown_defaults(planned: Sequence[Planned], checked: Sequence[Ready]) -> list[str]:
    """Name the defaults of a YAML file that no notebook knows (said only where every notebook could
    be read)."""
    if len(checked) < len(planned):
        return []
    known = {name for one in checked for name in one.known}
    unknown = dict.fromkeys(name for one in planned for name in one.defaults if name not in known)
    return [
        f"defaults: no notebook has a parameter {name!r}{did_you_mean(name, sorted(known))}"
        for name in unknown
    ]
