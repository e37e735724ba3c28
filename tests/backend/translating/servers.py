"""A LibreTranslate on this machine, as strict as its public API: what it lacks or was not told is a 400 with an error.

Source: libretranslate/app.py (LibreTranslate/LibreTranslate, read 2026-11-27) and docs.libretranslate.com: parameters
``q``, ``source``, ``target``, ``format`` (text or html), ``api_key``; statuses 200, 400, 403, 429, 500; an ``error``
that may repeat what was sent. DeepL's ``/v2/translate`` is spoken beside it (developers.deepl.com).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
LANGUAGES = ("ar", "en", "fa", "sv", "uk")
"""No Somali: there is no model of it."""
_PARAMETERS = {"q", "source", "target", "format", "alternatives", "api_key"}
_DEEPL = ("AR", "EN", "SV", "UK")


@dataclass
class Service:
    """``says``: what it gives for words it was sent, else the same words in capitals. ``status``: what it answers
    instead; ``used``: signs of DeepL's quota; ``hangs``: it takes the words and closes the line; ``answers``: a body
    instead of its own."""

    port: int = 0
    key: str = ""
    status: int = 0
    used: int = 0
    hangs: bool = False
    answers: bytes = b""
    says: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, path, _ = (await reader.readline()).decode().split(" ")
            headers: dict[str, str] = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            if method == "GET":
                await self._write(writer, *self._about(path, headers))
                return
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            assert (method, headers["content-type"]) == ("POST", "application/json")
            self.sent.append(body)
            if self.hangs:
                return
            status, said = self._deepl(body, headers) if path == "/v2/translate" else self._translate(path, body)
            await self._write(writer, status, said)
        finally:
            writer.close()

    async def _write(self, writer: asyncio.StreamWriter, status: int, said: Any) -> None:
        content = self.answers or json.dumps(said).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()

    def _about(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        """What it says of itself: LibreTranslate's to anybody, DeepL's by the key."""
        if path == "/languages":
            return 200, [{"code": code, "name": code, "targets": list(LANGUAGES)} for code in LANGUAGES]
        if self.status:
            return self.status, {"message": "no"}
        if headers.get("authorization") != f"DeepL-Auth-Key {self.key}":
            return 403, {}
        if path == "/v2/usage":
            return 200, {"character_count": self.used, "character_limit": 500_000}
        assert path == "/v2/languages?type=target"
        return 200, [{"language": code, "name": code} for code in ("AR", "EN-GB", "EN-US", "SV", "UK")]

    def _translate(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        assert path == "/translate"
        assert body.keys() <= _PARAMETERS
        if self.status:
            return self.status, {"error": f"Cannot translate text: {body.get('q')}"}
        if self.key and body.get("api_key") != self.key:
            return 403, {"error": "Invalid API key"}
        for name in ("q", "source", "target"):
            if not body.get(name):
                return 400, {"error": f"Invalid request: missing {name} parameter"}
        for language in (body["source"], body["target"]):
            if language not in LANGUAGES:
                return 400, {"error": f"{language} is not supported"}
        if body.get("format", "text") not in ("text", "html"):
            return 400, {"error": "format is not supported"}
        return 200, {"translatedText": self._given(body["q"])}

    def _deepl(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        if self.status:
            return self.status, {"message": "Quota exceeded"}
        if headers.get("authorization") != f"DeepL-Auth-Key {self.key}":
            return 403, {}
        targets = {"EN-GB", "EN-US", *_DEEPL} - {"EN"}
        if (
            body["source_lang"] not in _DEEPL
            or body["target_lang"] not in targets
            or not isinstance(body["text"], list)
        ):
            return 400, {"message": "Value for 'source_lang' not supported."}
        given = [{"detected_source_language": body["source_lang"], "text": self._given(one)} for one in body["text"]]
        return 200, {"translations": given}

    def _given(self, words: str) -> str:
        return self.says.get(words, words.upper())


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[Service]:
    listening = await asyncio.start_server(service.talk, HOST, 0)
    service.port = listening.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        listening.close()
