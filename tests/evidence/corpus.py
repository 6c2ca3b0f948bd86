"""Files good and bad, made by code: nothing here was ever somebody's."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms, ImageDraw

from tests.evidence.documents import pdf, pdf_with_packed_objects
from tests.evidence.films import mp4, webm


@dataclass(frozen=True, slots=True)
class Case:
    """A file as somebody would send it, and what the gate should say."""

    title: str
    name: str
    body: Callable[[], bytes]
    #: A kind when it is good, a code when it is bad.
    expected: str
    declared_type: str = ""


def picture(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A drawing with edges and colours, so that decoding it is worth something."""
    image = Image.new("RGB", size, "navy")
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, size[0] - 8, size[1] - 8), fill="orange")
    draw.line((0, 0, *size), fill="white", width=3)
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    body = io.BytesIO()
    image.save(body, form, **options)
    return body.getvalue()


def jpeg(**options: object) -> bytes:
    return saved(picture(), "JPEG", **options)


def png(**options: object) -> bytes:
    return saved(picture(), "PNG", **options)


def gif(frames: int = 1, size: tuple[int, int] = (32, 32)) -> bytes:
    images = [Image.new("L", size, index % 256) for index in range(frames)]
    return saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=40)


def webp(frames: int = 1) -> bytes:
    images = [picture(size=(64 + index, 48)).resize((64, 48)) for index in range(frames)]
    return saved(images[0], "WEBP", save_all=frames > 1, append_images=images[1:])


def heic() -> bytes:
    from pillow_heif import from_pillow

    body = io.BytesIO()
    from_pillow(picture(size=(128, 96))).save(body, quality=60)
    return body.getvalue()


def photo_with_position(orientation: int = 6) -> bytes:
    """A phone's photo: turned by EXIF, with the place where it was taken and the phone's name."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0110] = "Somephone 12"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 10.0, 0.0)})
    return jpeg(exif=exif)


def sixteen_bit_png() -> bytes:
    image = Image.new("I;16", (40, 40))
    image.putdata([min(65535, 40 * index) for index in range(1600)])
    return saved(image, "PNG")


@cache
def profiled_jpeg() -> bytes:
    """Made once: a profile carries the time at which it was made."""
    return jpeg(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def motion_photo() -> bytes:
    """What many phones write: a JPEG with a short film behind it."""
    return jpeg() + mp4()


def transparent_png() -> bytes:
    image = picture("RGBA")
    image.putalpha(128)
    return saved(image, "PNG")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, *between: bytes, rows: bytes = b"") -> bytes:
    """A PNG whose header promises what its data need not keep."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows or b"\0" * (width + 1) * min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(between) + data + chunk(b"IEND", b"")


def png_with_text_bomb() -> bytes:
    return png_of(4, 4, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 64_000_000, 9)))


def jpeg_promising(width: int, height: int) -> bytes:
    body = bytearray(jpeg())
    start = body.index(b"\xff\xc0")
    struct.pack_into(">HH", body, start + 5, height, width)
    return bytes(body)


def jpeg_of_many_scans() -> bytes:
    body = saved(picture(), "JPEG", progressive=True)
    start = body.rindex(b"\xff\xda")
    scan = body[start:-2]
    return body[:-2] + scan * 200 + b"\xff\xd9"


def jpeg_with_comment(comment: bytes) -> bytes:
    body = jpeg()
    return body[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + body[2:]


def jpeg_of_garbage() -> bytes:
    """Proper markers around a scan whose tables are missing."""
    body = jpeg()
    table = body.index(b"\xff\xc4")
    length = int.from_bytes(body[table + 2 : table + 4], "big")
    first = body[:table] + body[table + 2 + length :]
    scan = first.index(b"\xff\xda")
    while (table := first.find(b"\xff\xc4")) >= 0 and table < scan:
        length = int.from_bytes(first[table + 2 : table + 4], "big")
        first = first[:table] + first[table + 2 + length :]
        scan = first.index(b"\xff\xda")
    return first[: scan + 4] + b"\x09\x07\x33" + first[scan + 7 :]


def zip_archive() -> bytes:
    import zipfile

    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("run.sh", "#!/bin/sh\n")
    return body.getvalue()


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROGRAM = b"MZ" + b"\x90\0\x03" + b"\0" * 200 + b"PE\0\0"
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 200
PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/secret\n#EXT-X-ENDLIST\n"


def good() -> list[Case]:
    return [
        Case("photo", "照片.jpg", jpeg, "image", "image/jpeg"),
        Case("progressive photo", "p.jpeg", lambda: jpeg(progressive=True), "image"),
        Case("photo with EXIF", "IMG_1.JPG", photo_with_position, "image"),
        Case("motion photo", "MVIMG.jpg", motion_photo, "image"),
        Case("CMYK photo", "print.jpg", lambda: saved(picture("CMYK"), "JPEG"), "image"),
        Case("grey photo", "grey.jpg", lambda: saved(picture("L"), "JPEG"), "image"),
        Case("photo with colour profile", "p3.jpg", profiled_jpeg, "image"),
        Case("screenshot", "chat.png", png, "image", "image/png"),
        Case("long screenshot", "long.png", lambda: saved(picture(size=(108, 2400)), "PNG"),
             "image"),
        Case("16-bit PNG", "scan.png", sixteen_bit_png, "image"),
        Case("transparent PNG", "logo.png", transparent_png, "image"),
        Case("palette PNG", "p.png", lambda: saved(picture("P"), "PNG"), "image"),
        Case("one pixel", "dot.png", lambda: saved(Image.new("RGB", (1, 1)), "PNG"), "image"),
        Case("WebP called jpg", "from-web.jpg", webp, "image", "image/jpeg"),
        Case("moving WebP", "sticker.webp", lambda: webp(4), "image"),
        Case("moving GIF", "loop.gif", lambda: gif(12), "image"),
        Case("HEIC photo", "IMG_0001.HEIC", heic, "image"),
        Case("film", "unboxing.mp4", mp4, "video", "video/mp4"),
        Case("QuickTime film", "IMG_2.MOV", lambda: mp4(brand=b"qt  "), "video"),
        Case("index behind the data", "slow.mp4", lambda: mp4(index_last=True), "video"),
        Case("WebM film", "screen.webm", webm, "video"),
        Case("browser recording", "rec.webm", lambda: webm(live=True), "video"),
        Case("PDF", "invoice.pdf", lambda: pdf(2), "document"),
        Case("PDF 1.5", "new.pdf", lambda: pdf_with_packed_objects(3), "document"),
        Case("UTF-8 text", "chat.txt", "卖家:明天发货\n".encode, "text"),
        Case("GB 18030 text", "chat.txt", lambda: "买家：还没有收到".encode("gb18030"), "text"),
        Case("UTF-16 text", "note.txt", lambda: "记录\n".encode("utf-16"), "text"),
        Case("no extension", "photo", jpeg, "image"),
    ]  # fmt: skip


def disguised() -> list[Case]:
    return [
        Case("HTML called png", "a.png", lambda: HTML, "file_disguised"),
        Case("HTML after blanks", "a.jpg", lambda: b"\n \t" + HTML, "file_disguised"),
        Case("HTML in UTF-16", "a.jpg", lambda: HTML.decode().encode("utf-16"), "file_disguised"),
        Case("SVG called jpg", "a.jpg", lambda: SVG, "file_disguised"),
        Case("ZIP called jpg", "a.jpg", zip_archive, "file_disguised"),
        Case("program called jpg", "a.jpg", lambda: PROGRAM, "file_disguised"),
        Case("ELF called mp4", "a.mp4", lambda: ELF, "file_disguised"),
        Case("playlist called mp4", "a.mp4", lambda: PLAYLIST, "file_disguised"),
        Case("text called jpg", "a.jpg", lambda: b"not a photo", "file_disguised"),
        Case("PDF called png", "a.png", pdf, "file_disguised"),
        Case("photo called pdf", "a.pdf", jpeg, "file_disguised"),
        Case("photo called php", "a.jpg.php", jpeg, "file_disguised"),
        Case("photo called html", "a.html", jpeg, "file_disguised"),
        Case("TIFF called jpg", "a.jpg", lambda: saved(picture(), "TIFF"), "file_disguised"),
        Case("BMP called png", "a.png", lambda: saved(picture(), "BMP"), "file_disguised"),
        Case("PostScript called pdf", "a.pdf", lambda: b"%!PS-Adobe EPSF", "file_disguised"),
        Case("HTML before a PDF", "a.pdf", lambda: HTML + pdf(), "file_disguised"),
        Case("virus test called txt", "a.txt", lambda: EICAR, "file_disguised"),
        Case("script called txt", "a.txt", lambda: b"#!/bin/sh\nrm -rf /\n", "file_disguised"),
        Case("SVG called svg", "a.svg", lambda: SVG, "file_type_not_accepted"),
        Case("HTML called html", "a.html", lambda: HTML, "file_type_not_accepted"),
        Case("ZIP called zip", "a.zip", zip_archive, "file_type_not_accepted"),
        Case("Matroska", "a.mkv", lambda: webm(document_type=b"matroska"),
             "file_type_not_accepted"),
        Case("AVIF", "a.avif", lambda: saved(picture(), "AVIF"), "file_type_not_accepted"),
        Case("sound without picture", "a.mp4", lambda: mp4(handler=b"soun"),
             "file_disguised"),
        Case("random bytes", "a.bin", lambda: bytes(range(256)) * 8, "file_type_not_accepted"),
        Case("zero bytes as text", "a.txt", lambda: b"a" * 5000 + b"\0" * 50, "file_disguised"),
    ]  # fmt: skip


def hiding() -> list[Case]:
    return [
        Case("ZIP behind a photo", "a.jpg", lambda: jpeg() + zip_archive(), "file_hides_another"),
        Case("ZIP behind noise", "a.jpg", lambda: jpeg() + b"\x01" * 99 + zip_archive(),
             "file_hides_another"),
        Case("HTML behind a photo", "a.jpg", lambda: jpeg() + HTML, "file_hides_another"),
        Case("HTML in a comment", "a.jpg", lambda: jpeg_with_comment(HTML), "file_hides_another"),
        Case("script in a late comment", "a.jpg",
             lambda: jpeg_with_comment(b" " * 9000 + b"<script>"), "file_hides_another"),
        Case("virus test behind a photo", "a.jpg", lambda: jpeg() + EICAR, "file_hides_another"),
        Case("program behind a PNG", "a.png", lambda: png() + PROGRAM, "file_hides_another"),
        Case("PDF behind a GIF", "a.gif", lambda: gif() + pdf(), "file_hides_another"),
        Case("HTML in a PNG text", "a.png",
             lambda: png_of(4, 4, chunk(b"tEXt", b"Comment\0" + HTML)), "file_hides_another"),
        Case("script in a GIF", "a.gif",
             lambda: b"GIF89a/*" + b"\x08\0\0\0\0" + b"*/=1;<script>alert(1)</script>", "file_hides_another"),
        Case("film fetching its data", "a.mp4", lambda: mp4(outside_data=True),
             "file_hides_another"),
    ]  # fmt: skip


def broken() -> list[Case]:
    return [
        Case("empty", "a.jpg", lambda: b"", "file_empty"),
        Case("blank text", "a.txt", lambda: b" \n\n", "file_empty"),
        Case("cut photo", "a.jpg", lambda: jpeg()[:-200], "file_cut_short"),
        Case("only a photo's head", "a.jpg", lambda: jpeg()[:20], "file_cut_short"),
        Case("cut PNG", "a.png", lambda: png()[:-30], "file_cut_short"),
        Case("changed PNG", "a.png", lambda: png()[:60] + b"!" + png()[61:], "file_broken"),
        Case("PNG of too few rows", "a.png", lambda: png_of(500, 500), "file_broken"),
        Case("photo without tables", "a.jpg", jpeg_of_garbage, "file_broken"),
        Case("cut GIF", "a.gif", lambda: gif(3)[:-40], "file_cut_short"),
        Case("cut WebP", "a.webp", lambda: webp()[:-20], "file_cut_short"),
        Case("cut HEIC", "a.heic", lambda: heic()[:-50], "file_cut_short"),
        Case("cut film", "a.mp4", lambda: mp4()[:-30], "file_cut_short"),
        Case("film without index", "a.mp4", lambda: mp4(index=False), "file_cut_short"),
        Case("cut WebM", "a.webm", lambda: webm()[:-10], "file_cut_short"),
        Case("cut PDF", "a.pdf", lambda: pdf()[:-60], "file_cut_short"),
        Case("PDF of nothing", "a.pdf", lambda: b"%PDF-1.4\nstartxref\n0\n%%EOF", "file_broken"),
    ]  # fmt: skip


def bombs() -> list[Case]:
    return [
        Case("PNG of 50,000 squared", "a.png", lambda: png_of(50_000, 50_000), "picture_too_large"),
        Case("photo of 65,500 squared", "a.jpg", lambda: jpeg_promising(65_500, 65_500),
             "picture_too_large"),
        Case("GIF of too many frames", "a.gif", lambda: gif(600, (8, 8)), "too_many_frames"),
        Case("PNG with a text bomb", "a.png", png_with_text_bomb, "file_too_heavy"),
        Case("photo of 200 scans", "a.jpg", jpeg_of_many_scans, "file_too_heavy"),
        Case("PDF of 2,000 pages", "a.pdf", lambda: pdf(2000), "too_many_pages"),
        Case("PDF of packed pages", "a.pdf", lambda: pdf_with_packed_objects(500), "too_many_pages"),
        Case("PDF promising a million pages", "a.pdf", lambda: pdf(1, promised=1_000_000),
             "too_many_pages"),
        Case("PDF with a bomb of objects", "a.pdf",
             lambda: pdf_with_packed_objects(1, padding=80_000_000), "file_too_heavy"),
        Case("film of 11 hours", "a.mp4", lambda: mp4(seconds=39_600), "video_too_long"),
        Case("WebM of 11 hours", "a.webm", lambda: webm(seconds=39_600), "video_too_long"),
        Case("film of 32,000 squared", "a.mp4", lambda: mp4(width=32_000, height=32_000),
             "picture_too_large"),
    ]  # fmt: skip


def active_documents() -> list[Case]:
    return [
        Case("PDF with a script", "a.pdf", lambda: pdf(1, extra=b"/OpenAction << /S /JavaScript /JS (x) >>"),
             "document_active"),
        Case("PDF with a hidden script", "a.pdf", lambda: pdf(1, extra=b"/OpenAction << /S /J#61vaScript >>"),
             "document_active"),
        Case("PDF starting a program", "a.pdf", lambda: pdf(1, extra=b"/OpenAction << /S /Launch /F (x) >>"),
             "document_active"),
        Case("PDF with an attachment", "a.pdf", lambda: pdf(1, extra=b"/Names << /EmbeddedFiles 9 0 R >>"),
             "document_active"),
        Case("PDF with a packed script", "a.pdf",
             lambda: pdf_with_packed_objects(1, extra=b"<< /S /JavaScript >>"), "document_active"),
        Case("PDF with a password", "a.pdf", lambda: pdf(1, trailer=b"/Encrypt 9 0 R"),
             "document_locked"),
    ]  # fmt: skip


def bad() -> list[Case]:
    return [*disguised(), *hiding(), *broken(), *bombs(), *active_documents()]


def noisy_jpeg(edge: int) -> bytes:
    """A square photo that compresses badly."""
    noise = Image.effect_noise((edge, edge), 90)
    return saved(Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))), "JPEG", quality=95)


def gif_of_long_work() -> bytes:
    """Small in bytes and within every bound a header tells, but hundreds of full frames to unfold."""
    body = saved(Image.new("P", (1000, 950)), "GIF")
    frame = body[body.index(b"\x2c") : -1]
    return body[:-1] + frame * 480 + b"\x3b"


def wall_of_one_colour() -> bytes:
    """108 million pixels in half a megabyte."""
    return saved(Image.new("RGB", (12_000, 9_000), "teal"), "PNG", compress_level=1)
