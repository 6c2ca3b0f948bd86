"""Decoding a picture whole and drawing what people see of it. Runs only in the child process."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageFile
from PIL import __version__ as pillow_version

from evidence.inspection.findings import Bounds, Found, NotAccepted, broken

#: Named in every derivative's row; raise the number when the drawing below changes.
TOOL: Final = f"gongduan-rendering/1 pillow/{pillow_version}"
#: Pixels. The short edge is bounded, not the long one: a chat screenshot of nine screens stays readable.
PREVIEW_SHORT_EDGE, PREVIEW_LONG_EDGE = 1200, 12_000
THUMBNAIL_EDGE = 320
#: The EXIF tag, and what undoes each of its values (EXIF 3.0, table 6).
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One re-encoded JPEG without any metadata of the original."""

    variant: str
    body: bytes
    width: int
    height: int


def render(data: bytes, found: Found, bounds: Bounds) -> tuple[Drawing, ...]:
    """Decode every frame, then draw preview and thumbnail of the first. Raises NotAccepted."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # Bounds were held against the headers, and are again below.
    if found.media_type == "image/heic":
        import pillow_heif  # noqa: PLC0415 - a large library that only this type needs

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        return _drawings(data, found, bounds)
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, RuntimeError) as error:
        raise broken(f"cannot be decoded: {type(error).__name__}") from error


def _drawings(data: bytes, found: Found, bounds: Bounds) -> tuple[Drawing, ...]:
    with Image.open(io.BytesIO(data), formats=[_FORMATS[found.media_type]]) as image:
        if image.width * image.height > bounds.max_pixels:
            raise NotAccepted("picture_too_large", width=image.width, height=image.height, max_pixels=bounds.max_pixels)
        _decode_every_frame(image, found.frames or 1)
        preview = _upright(_on_white_in_srgb(_shrunk(_in_plain_mode(image))), image.getexif().get(_ORIENTATION, 1))
    return _drawing("preview", preview), _drawing("thumbnail", _thumbnail(preview))


def _decode_every_frame(image: Image.Image, frames: int) -> None:
    """Leaves the first frame loaded. Forward only: going back, a decoder would begin anew for each frame."""
    for frame in range(1, min(frames, getattr(image, "n_frames", 1))):
        image.seek(frame)
        image.load()
    image.seek(0)
    image.load()


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized, without a second copy of the common ones."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return _eight_bits(image)
    if image.mode in {"P", "PA", "La", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L") if image.mode == "1" else image


def _shrunk(picture: Image.Image) -> Image.Image:
    scale = min(1.0, PREVIEW_SHORT_EDGE / min(picture.size), PREVIEW_LONG_EDGE / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    if size == picture.size:
        return picture
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    small.info = picture.info
    return small


def _on_white_in_srgb(picture: Image.Image) -> Image.Image:
    if picture.mode in {"LA", "RGBA"}:
        return _on_white(picture.convert("RGBA"))
    return _in_srgb(picture, picture.info.get("icc_profile")).convert("RGB")


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits scaled to eight, which a plain conversion would clip."""
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image  # A wrong colour profile is no reason to refuse a photo.


def _thumbnail(picture: Image.Image) -> Image.Image:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return small


def _drawing(variant: str, picture: Image.Image) -> Drawing:
    """Pixels alone are carried over, so no EXIF, XMP, profile or comment can follow."""
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    body = io.BytesIO()
    clean.save(body, "JPEG", quality=85, optimize=True)
    return Drawing(variant=variant, body=body.getvalue(), width=clean.width, height=clean.height)
