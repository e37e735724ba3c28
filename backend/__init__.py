"""The half that knows the cases: one database per municipality, one door to each case."""
