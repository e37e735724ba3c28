"""Letters by post: what of a case can be put into one, in words, and when it was sent. Sending is no telling."""
