"""What the backend has to tell the bot: a feed of notices, gap-free and in commit order."""
