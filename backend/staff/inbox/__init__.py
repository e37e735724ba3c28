"""Who waits, and by when: the lists, one task on a page of its own, the search. It opens nobody's case."""
