"""Interpreters: what they speak and how they work, and the orders they confirm or decline."""
