"""The program that reads what people sent, in a process of its own: ``decoding.py PAGES``, the file on stdin.

It stands alone, knows nothing of the backend, and is started without its environment: a file that takes it over finds
no key and no address. It holds itself to little memory and little time, so a file that kills it kills nothing else. On
stdout comes one line of JSON, what was found, and then the paper as it is kept.

The decoder decides what a file is, never its name or what the sender called it. A picture is drawn anew, turned the
right way, without anything but the picture. Of a PDF everything is taken that runs, opens or carries something else.
"""

import io
import json
import resource
import sys
import zlib
from typing import Any, NoReturn

import pi_heif
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, StreamDecodeLevel
from PIL import Image, ImageCms, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

MEMORY = 1 << 30
CPU_SECONDS = 15
MOST_PIXELS = 60_000_000
"""A picture of 60 million points needs 180 MB; no telephone's ordinary picture is larger."""
MOST_UNPACKED = 200_000_000
"""What the streams of one PDF may be unpacked to, all together."""

PICTURES = ("JPEG", "PNG", "WEBP", "HEIF")

LOOKED_AT = 1000
"""The longest side, in points, of the small grey picture that is judged."""
BLURRED_BELOW = 400
DARK_BELOW = 60
SMALL_BELOW = 800

_ACTIONS = {"/GoTo", "/Named", "/URI"}
_ADDRESSES = ("http://", "https://", "mailto:", "tel:")
_CARRIERS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
_NEVER = (
    *(
        "/JS",
        "/JavaScript",
        "/OpenAction",
        "/AA",
        "/EmbeddedFiles",
        "/EmbeddedFile",
        "/EF",
        "/AF",
        "/XFA",
        "/Collection",
    ),
    *("/RichMediaContent", "/RichMediaSettings", "/Rendition", "/Renditions"),
)
_DEEPEST = 40
_PACKERS = ("/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL")
_PICTURES_INSIDE = ("/DCTDecode", "/DCT", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode", "/CCF")

# Every module of a format is loaded before a byte of the file is.
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
Image.init()
Image.MAX_IMAGE_PIXELS = None  # counted here, so that a picture just above is refused and not warned of


class Refused(Exception):
    """Why this is not taken: a word of the contract."""


def read(content: bytes, most_pages: int) -> tuple[dict[str, Any], bytes]:
    """What a file is, and the file as it is kept. Raises Refused."""
    try:
        picture = Image.open(io.BytesIO(content), formats=PICTURES)
    except UnidentifiedImageError:
        return _pdf(content, most_pages)
    return _picture(picture)


# --- Pictures ---------------------------------------------------------------------------------------------------------


def _picture(picture: Image.Image) -> tuple[dict[str, Any], bytes]:
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused("too-heavy")
    kind = {"PNG": "png", "WEBP": "webp"}.get(picture.format or "", "jpeg")
    # A telephone puts a second picture of its own behind a photo; of what moves, only the first is a paper.
    several = picture.format in ("PNG", "WEBP", "HEIF") and getattr(picture, "n_frames", 1) > 1
    picture.load()
    drawn = _plain(ImageOps.exif_transpose(picture))
    written = io.BytesIO()
    if kind == "png":
        drawn.save(written, "PNG")
    else:
        drawn.save(written, kind.upper(), quality=90)
    warnings = [*_warnings(drawn), *(["first-picture-only"] if several else [])]
    return {"kind": kind, "pages": 1, "warnings": warnings}, written.getvalue()


def _plain(picture: Image.Image) -> Image.Image:
    """The picture alone, in grey or in the colours of a screen, on white where one would see through."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode in ("I", "F"):
        low, high = picture.getextrema()
        scale = 255 / ((high - low) or 1)  # type: ignore[operator]  # one band has one pair
        picture = picture.point(lambda value: value * scale - low * scale).convert("L")  # type: ignore[operator]
    elif picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        picture = Image.new("RGB", seen.size, "white")
        picture.paste(seen, mask=seen.getchannel("A"))
    elif picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    if profile and picture.mode in ("RGB", "CMYK"):
        picture = _in_screen_colours(picture, profile)
    plain = picture.convert("RGB") if picture.mode == "CMYK" else picture
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def _in_screen_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture  # a profile nobody can read: the colours as they are
    return turned or picture


def _warnings(picture: Image.Image) -> list[str]:
    grey = picture.convert("L")
    grey.thumbnail((LOOKED_AT, LOOKED_AT), reducing_gap=2.0)
    found = []
    if max(picture.size) < SMALL_BELOW:
        found.append("small")
    if light(grey) < DARK_BELOW:
        found.append("dark")
    if sharpness(grey) < BLURRED_BELOW:
        found.append("blurred")
    return found


def light(grey: Image.Image) -> float:
    """How light the lightest tenth is, 0 to 255: paper in daylight is light however dark the table under it is."""
    counts, seen = grey.histogram(), 0
    for value in range(255, -1, -1):
        seen += counts[value]
        if seen * 10 >= grey.width * grey.height:
            return float(value)
    return 0.0


def sharpness(grey: Image.Image) -> float:
    """How sudden light and dark meet where they meet most: the variance of the Laplacian where it is sharpest.

    The contrast is stretched first, so that a dark photo is not taken for a blurred one.
    """
    if min(grey.size) < 5:
        return 0.0
    # The grain of a photo in poor light is sudden too, and is smoothed away first.
    stretched = ImageOps.autocontrast(grey.filter(ImageFilter.GaussianBlur(1)), cutoff=(0.1, 1))
    edges = stretched.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    edges = edges.crop((1, 1, edges.width - 1, edges.height - 1))
    across, down = max(1, edges.width // 64), max(1, edges.height // 64)
    wide, high = edges.width // across, edges.height // down
    tiles = sorted(
        ImageStat.Stat(edges.crop((x * wide, y * high, (x + 1) * wide, (y + 1) * high))).var[0]
        for x in range(across)
        for y in range(down)
    )
    return tiles[int(len(tiles) * 0.97)]


# --- PDF --------------------------------------------------------------------------------------------------------------


def _pdf(content: bytes, most_pages: int) -> tuple[dict[str, Any], bytes]:
    # A reader looks for the beginning in the first kilobyte; what has none is no PDF, whatever could be guessed of it.
    if b"%PDF-" not in content[:1024]:
        raise Refused("unreadable")
    try:
        with Pdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                raise Refused("unreadable")
            if pages > most_pages:
                raise Refused("too-many-pages")
            _weigh(pdf)
            _disarm(pdf)
            damaged = bool(pdf.get_warnings())
            written = io.BytesIO()
            # Streams go as they are: what is not needed is not unpacked.
            pdf.save(
                written,
                encryption=False,
                deterministic_id=True,
                compress_streams=False,
                stream_decode_level=StreamDecodeLevel.none,
            )
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    return {"kind": "pdf", "pages": pages, "warnings": ["damaged"] if damaged else []}, written.getvalue()


def _weigh(pdf: Pdf) -> None:
    """Refuse what would unpack to far more than it is, on this machine or on the one it is read at."""
    left = MOST_UNPACKED
    for found in pdf.objects:
        if isinstance(found, Stream):
            left -= _unpacked(found, left)


def _unpacked(stream: Stream, left: int) -> int:
    if stream.get("/Subtype") == Name.Image:
        width, height = _number(stream.get("/Width")), _number(stream.get("/Height"))
        if width * height > MOST_PIXELS:
            raise Refused("too-heavy")
    filters = stream.get("/Filter", Array())
    names = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    packers = [name for name in names if name in _PACKERS]
    if len(packers) > 1:
        raise Refused("too-heavy")  # nobody packs twice but to hide how much it is
    if names == ["/DCTDecode"]:
        _peek(stream.read_raw_bytes())
    if not packers:
        return 0
    if len(names) == 1 and names[0] in ("/FlateDecode", "/Fl"):
        return _inflated(stream.read_raw_bytes(), left)
    if any(name in _PICTURES_INSIDE for name in names):
        return 0
    # Rare ones: unpacked within the memory this process is allowed.
    size = len(stream.read_bytes())
    if size > left:
        raise Refused("too-heavy")
    return size


def _peek(jpeg: bytes) -> None:
    """What a picture inside says of its own size, whatever the PDF says."""
    try:
        inner = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    except UnidentifiedImageError:
        return
    if inner.width * inner.height > MOST_PIXELS:
        raise Refused("too-heavy")


def _inflated(packed: bytes, left: int) -> int:
    """How long it is unpacked, by pieces, none of which is kept."""
    inflate, size = zlib.decompressobj(), 0
    try:
        while packed and not inflate.eof:
            size += len(inflate.decompress(packed, 1 << 20))
            if size > left:
                raise Refused("too-heavy")
            packed = inflate.unconsumed_tail
    except zlib.error:
        return size  # broken there: no reader comes further
    return size


def _number(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload,no-any-return]  # whatever stood there
    except (TypeError, ValueError):
        return 0


def _disarm(pdf: Pdf) -> None:
    """Take everything out that runs, opens, sends or carries another file; what is drawn on the pages stays."""
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary):
        for tree in set(names.keys()) - {"/Dests"}:
            del names[tree]
    for found in [pdf.Root, pdf.trailer, *pdf.objects]:
        _clean(found, 0)


def _clean(found: object, depth: int) -> None:
    if depth > _DEEPEST:
        raise Refused("unreadable")
    if isinstance(found, Array):
        _clean_array(found, depth)
    elif isinstance(found, Dictionary | Stream):
        for key in [key for key in found.keys() if key in _NEVER or _forbidden(found.get(key))]:  # noqa: SIM118
            del found[key]
        for key in found.keys():  # noqa: SIM118  # a PDF dictionary iterates over nothing else
            _step_in(found.get(key), depth)


def _clean_array(found: Array, depth: int) -> None:
    for index in range(len(found) - 1, -1, -1):
        if _forbidden(found[index]):
            del found[index]
        else:
            _step_in(found[index], depth)


def _step_in(value: object, depth: int) -> None:
    # What is an object of its own comes by itself; only what lies directly inside is gone into.
    if isinstance(value, Array | Dictionary) and not value.is_indirect:
        _clean(value, depth + 1)


def _forbidden(value: object) -> bool:
    """Is it an action that does more than turn a page, or something that carries a file?"""
    if not isinstance(value, Dictionary):
        return False
    does, kind = value.get("/S"), value.get("/Subtype")
    if kind is not None and str(kind) in _CARRIERS:
        return True
    if str(value.get("/Type", "")) in ("/Filespec", "/F"):
        return True
    if does is None or not _is_action(value):
        return False
    if str(does) not in _ACTIONS:
        return True
    return str(does) == "/URI" and not str(value.get("/URI", "")).lower().startswith(_ADDRESSES)


def _is_action(value: Dictionary) -> bool:
    # Other things have an /S too (page labels, borders, parts of the text's structure); those name what they are.
    if str(value.get("/Type", "")) == "/Action":
        return True
    return str(value.get("/S")) in (
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition", "/Movie", "/Sound"),
        *("/GoToR", "/GoToE", "/GoTo3DView", "/RichMediaExecute", "/Hide", "/SetOCGState", "/Thread", "/Trans", "/URI"),
    )


# --- The process ------------------------------------------------------------------------------------------------------


def _hold_back() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def main() -> NoReturn:
    """Read stdin, write what was found and the paper."""
    _hold_back()
    kept = b""
    try:
        said, kept = read(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Refused as refused:
        said = {"refused": str(refused)}
    except MemoryError:
        said = {"refused": "too-heavy"}
    except Exception:  # noqa: BLE001  # whatever a decoder stumbles over, it could not read it
        said = {"refused": "unreadable"}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)
    sys.stdout.buffer.flush()
    sys.exit(0)


if __name__ == "__main__":
    main()
