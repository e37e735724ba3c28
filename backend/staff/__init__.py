"""The staff pages: inbox, case desk, interpreter desk and the list for tomorrow, in Swedish."""
