"""How long each table is kept, by which rule, and what is erased by it (gallring).

Nothing is erased that no rule names, by a rule that nobody has verified, or while somebody may still need it.
"""
