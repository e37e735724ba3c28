"""What every page shares: the reader's language, forms that are not taken, the hour as the hero."""

import re

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from httpx2 import ASGITransport, AsyncClient

from bot.pages import page


def reader(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "sv"),
        ({"accept_language": "ar-SY,ar;q=0.9,en;q=0.5"}, "ar"),
        ({"accept_language": "en-GB,en;q=0.9,ar;q=0.2"}, "en"),
        ({"accept_language": "de-DE,de;q=0.9,ar;q=0.2"}, "ar"),  # the first one we speak
        ({"accept_language": "de"}, "sv"),
        ({"accept_language": "ar;q=oops, ;;;"}, "sv"),
        ({"accept_language": "sv", "cookie": "imorgon_language=ar"}, "ar"),  # chosen here goes before the browser's
        ({"cookie": "imorgon_language=<script>"}, "sv"),
    ],
)
def test_the_language_of_a_page_is_the_readers(headers: dict[str, str], language: str) -> None:
    assert page.language_of(reader(**headers)) == language


def test_a_language_is_called_what_its_speakers_call_it() -> None:
    assert [page.own_name(code) for code in ("sv", "ar")] == ["Svenska", "العربية"]


def test_the_hour_stands_out_and_the_rest_is_escaped() -> None:
    assert page.large_hour("kl 9.30") == 'kl <b class="hour">9.30</b>'
    assert page.large_hour("\u2066الساعة \u20669.30\u2069\u2069").count("<b") == 1
    assert page.large_hour("<b>13.15") == '&lt;b&gt;<b class="hour">13.15</b>'


def test_a_telephone_number_becomes_one_that_can_be_dialled() -> None:
    assert page.dial("040-628 04 00") == "0406280400"


def test_a_number_in_a_sentence_is_rung_with_one_press_and_the_rest_is_escaped() -> None:
    rung = page.to_ring("I fara: ring <112>. Stängt: ring 070-174 06 92, 'nu'.")
    assert re.findall('href="tel:([^"]*)">([^<]*)</a>', rung) == [("112", "112"), ("0701740692", "070-174 06 92")]
    assert re.sub("<[^>]+>", "", rung) == "I fara: ring &lt;112&gt;. Stängt: ring 070-174 06 92, &#39;nu&#39;."


@pytest.fixture
async def form() -> AsyncClient:
    app = FastAPI()

    @app.post("/form")
    async def _(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await page.fields(request))
        except page.Refused as refused:
            return JSONResponse(None, refused.status)

    return AsyncClient(transport=ASGITransport(app=app), base_url="http://imorgon.test")


async def test_a_form_is_read_in_order_and_whole(form: AsyncClient) -> None:
    body = "words=%D9%85%D8%B1%D8%AD%D8%A8%D8%A7&kind=1&kind=2&empty=&zero=a%00b"
    answer = await form.post("/form", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.json() == [["words", "مرحبا"], ["kind", "1"], ["kind", "2"], ["empty", ""], ["zero", "ab"]]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://imorgon.test"}, 200),
        ({"Origin": "http://elsewhere.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
async def test_only_our_own_pages_post_and_only_words(form: AsyncClient, headers: dict[str, str], status: int) -> None:
    given = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    assert (await form.post("/form", content="words=hej", headers=given)).status_code == status


async def test_a_form_may_only_be_so_long(form: AsyncClient) -> None:
    given = {"Content-Type": "application/x-www-form-urlencoded"}
    longest = "words=" + "x" * (page.LONGEST_FORM - len("words="))
    assert (await form.post("/form", content=longest, headers=given)).status_code == 200
    assert (await form.post("/form", content=longest + "x", headers=given)).status_code == 413
