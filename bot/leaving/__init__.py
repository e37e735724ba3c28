"""What goes out: how each kind is sent, when it may leave, by what carrier, and what became of it."""
