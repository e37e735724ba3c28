"""Decisions: signed by a human, worded in approved texts, told the way the person chose."""
