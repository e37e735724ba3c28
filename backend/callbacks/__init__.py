"""Calls from us at an hour somebody chose: the hours with room, a task for whoever rings, one for the interpreter."""
