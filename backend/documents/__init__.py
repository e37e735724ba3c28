"""Papers people hand in: examined, scanned, sealed, kept and served. See ``service`` for the way of one."""
