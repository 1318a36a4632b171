"""Promoters, passives and detractors as arrays -> arrays: the arithmetic of the NPS."""
