"""Meetings and the week planned with her: the note, who is away, hours lent, interpreters, calendars to follow."""
