"""The refusals of the suite: each says what was wrong, with which value, by which rule, and what to
do next."""


class CxError(ValueError):
    """A refusal: the data or the parameters do not allow an honest answer."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: where in our code it was said helps nobody."""
        return [str(self)]


class ParameterError(CxError):
    """A parameter is unknown, of the wrong kind, or disagrees with the data it names."""


class ColumnError(CxError):
    """A column is absent, or holds another kind of value than the study needs."""


class EmptyDataError(CxError):
    """No usable rows are left, so there is nothing to estimate."""


class ScoreRangeError(CxError):
    """Scores lie outside the scale, are not whole, or are not scores."""


class ScaleError(CxError):
    """The answers contradict the scale that was given for them."""


class WeightError(CxError):
    """Weights or targets are missing, negative, infeasible or not converged."""


class CohortError(CxError):
    """Cohort or duration counts contradict each other."""


class SourceError(CxError):
    """A file cannot be read as what it was said to be."""
