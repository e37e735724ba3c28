"""How the promise of one working day goes: what is due, at risk and broken, by cause and never by name."""
