"""Cases: who asked for help, what she applied for, what is missing, and what happened."""
