"""One turn as it is done: the thread locked and read, the turn taken, all of it written, and the calls it left."""
