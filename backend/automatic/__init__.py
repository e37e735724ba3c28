"""Decided automatically: a renewal in which nothing is different, granted in full, where the municipality allows it."""
