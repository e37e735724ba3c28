"""Handover: threads as staff read them, and what staff send into them."""
