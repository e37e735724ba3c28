"""One catalogue for each language, and the command that keeps them in step with the code."""
