"""Applications: which one it is for somebody today, what came in, as it was shown and attested."""
