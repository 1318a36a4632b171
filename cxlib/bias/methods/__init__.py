"""Arrays and cells -> arrays: the arithmetic of the response-bias study, without words."""
