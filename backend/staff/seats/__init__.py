"""Who works here and who has the desk open: sessions, accounts, and what makes guessing hopeless. No pages."""
