"""Decoding a picture whole and drawing what people see of it. Runs only in the child process."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL import __version__ as pillow_version

from evidence.inspection.findings import Bounds, Found, NotAccepted, broken

#: Named in every derivative's row; raise the number when the drawing below changes.
TOOL: Final = f"gongduan-rendering/1 pillow/{pillow_version}"
#: Pixels. The short edge is bounded, not the long one: a chat screenshot of nine screens stays readable.
PREVIEW_SHORT_EDGE, PREVIEW_LONG_EDGE = 1200, 12_000
THUMBNAIL_EDGE = 320
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
        picture = _upright_in_srgb(image)
    return _drawing("preview", _bounded_preview(picture)), _drawing("thumbnail", _bounded_thumbnail(picture))


def _decode_every_frame(image: Image.Image, frames: int) -> None:
    for frame in range(frames - 1, -1, -1) if frames <= getattr(image, "n_frames", 1) else range(1):
        if frames > 1:
            image.seek(frame)
        image.load()


def _upright_in_srgb(image: Image.Image) -> Image.Image:
    """The picture as a person sees it: turned by EXIF, in sRGB, on white."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode in {"I", "F"} or turned.mode.startswith("I;16"):
        turned = _eight_bits(turned)
    if turned.mode in {"P", "PA", "LA", "RGBA", "La", "RGBa"} or "transparency" in turned.info:
        return _on_white(_in_srgb(turned.convert("RGBA"), None))
    return _in_srgb(turned, profile).convert("RGB")


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


def _bounded_preview(picture: Image.Image) -> Image.Image:
    scale = min(1.0, PREVIEW_SHORT_EDGE / min(picture.size), PREVIEW_LONG_EDGE / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _bounded_thumbnail(picture: Image.Image) -> Image.Image:
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
