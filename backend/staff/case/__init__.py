"""One case, opened and logged: its overview, application, papers, controls, letters and log."""
