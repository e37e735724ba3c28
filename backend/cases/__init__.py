"""Cases: who asked for help, what is missing, and what happened."""
