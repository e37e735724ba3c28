"""The pages people read in a browser: what they share, how a thread is shown, and the secure page."""
