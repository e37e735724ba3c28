"""One conversation: read, answered, handed back, and what staff have heard about the number it comes from."""
