"""Whatever a person can do herself, done for her at a desk, at her word."""
