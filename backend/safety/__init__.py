"""A phrase agreed with somebody in danger, and what happens from the moment she writes it until she is safe."""
