"""What the Telegram channel is made of: reading updates, writing messages, calling the Bot API, looking after a bot.

aiogram, the library beneath, takes seconds to load: nothing outside imports from here before a bot's token is given.
"""
