"""Figures, not tests: how fast, how much, how small. Run by ``make bench``."""
