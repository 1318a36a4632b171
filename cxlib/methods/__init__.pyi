from . import designs, multiplicity, proportions, survival

__all__ = ["designs", "multiplicity", "proportions", "survival"]
