"""What customer service does for a person at her word: each press once, with who did it and how she said it."""
