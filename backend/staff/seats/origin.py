"""No other site may press our buttons: every write must come from a page of this same site.

The browser says where a request comes from (``Sec-Fetch-Site``, W3C Fetch Metadata; ``Origin``, RFC 6454), which no
page can forge, so no hidden tokens are needed. A write that says nothing about its origin is refused.
"""

from urllib.parse import urlsplit

from starlette.requests import Request

_READS = frozenset({"GET", "HEAD"})


def from_here(request: Request, public_url: str) -> bool:
    """Was this asked for by a page of ours (or is it only a reading)?"""
    if request.method in _READS:
        return True
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return False
    asked = urlsplit(origin)
    ours = urlsplit(public_url)
    here = (request.url.scheme, request.headers.get("host", ""))
    return (asked.scheme, asked.netloc) in {here, (ours.scheme, ours.netloc)}
