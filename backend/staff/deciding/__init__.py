"""A month worked out, the decision written, signed and told, and the board that counts how long it took."""
