"""The server keeps a connection longer than whoever asks on it does."""

from fastapi import FastAPI

from bot import backend
from bot.serving import KEPT_OPEN, Server


def test_the_side_that_asks_lets_go_first() -> None:
    """Both let go after five seconds once: what was asked at that moment met a closed line, and she read a 503."""
    server = Server(FastAPI(), host="127.0.0.1", port=0)
    assert server.config.timeout_keep_alive == KEPT_OPEN
    assert KEPT_OPEN > 60 > backend.IDLE
