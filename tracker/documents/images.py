"""Photographs as they are kept: decoded, turned upright, bounded, and written anew.

What comes out holds the pixels and nothing else: no place of shooting, no name of a telephone, no colour profile, no
archive or script hidden behind the picture.
"""

import threading
import warnings
from io import BytesIO

from PIL import Image, ImageOps

from tracker.documents import rules

# 48 megapixels is what telephones take; a flat picture of more would fill the memory from a few kilobytes.
MAX_PIXELS = 50_000_000
# Enough for a sheet of A4 at 200 points an inch (2339 × 1654).
LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 320
QUALITY = 85
FORMATS = {rules.JPEG: "JPEG", rules.PNG: "PNG", rules.WEBP: "WEBP"}

# One picture at a time in a process: the pixels of one may take 150 MB.
_DECODING = threading.Lock()
# Between Pillow's two bounds it only warns.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class UnsoundImage(Exception):
    """Why a picture is not taken, as the end of a French sentence."""


def reencoded(content: bytes, media_type: str) -> bytes:
    """The same picture, in the same format, without anything but its pixels. Raises UnsoundImage."""
    with _DECODING:
        image = _decoded(content, media_type)
        return _written(image, FORMATS[media_type])


def _decoded(content: bytes, media_type: str) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=[FORMATS[media_type]]) as image:
            _check(image, media_type)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert(_mode(upright))
    except UnsoundImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnsoundImage("est une image démesurée : 50 millions de points au plus sont attendus") from error
    # Pillow closes no list of what a broken file may raise (OSError, SyntaxError, ValueError, struct.error …).
    except Exception as error:
        raise UnsoundImage("est une image abîmée ou tronquée, qui ne peut pas être lue") from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain.info.clear()
    return plain


def _check(image: Image.Image, media_type: str) -> None:
    """Before a single point is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnsoundImage(f"mesure {width} × {height} points : 50 millions au plus sont attendus")
    # A telephone's JPEG may carry a second picture (depth, a miniature): the first is the photograph.
    if media_type != rules.JPEG and getattr(image, "n_frames", 1) > 1:
        raise UnsoundImage("est une image animée : une image fixe est attendue")


def _mode(image: Image.Image) -> str:
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") else "RGB"


def _written(image: Image.Image, form: str) -> bytes:
    target = BytesIO()
    if form == "JPEG":
        image.convert("L" if image.mode == "L" else "RGB").save(target, form, quality=QUALITY, optimize=True)
    elif form == "WEBP":
        image.save(target, form, quality=QUALITY)
    else:
        image.save(target, form, optimize=True)
    return target.getvalue()


def thumbnail(stored: bytes) -> bytes:
    """A small JPEG of a picture we wrote ourselves, on white where it was transparent."""
    with _DECODING, Image.open(BytesIO(stored), formats=list(FORMATS.values())) as image:
        image.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        small = image.convert("RGBA")
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        white = Image.new("RGBA", small.size, "white")
        white.alpha_composite(small)
        target = BytesIO()
        white.convert("RGB").save(target, "JPEG", quality=80)
        return target.getvalue()
