"""Signing in and out, and the desks somebody holds open."""
