"""In step with the municipality's case system and its robot: what happens goes out, what is decided there comes in."""
