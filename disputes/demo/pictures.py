"""Evidence drawn by the program itself: nobody's photograph."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE: Final = (720, 540)
COLOURS: Final = {
    "crack": ("#dfe7e4", "#3a6b62"), "label": ("#f2ead9", "#7a5a24"), "screen": ("#e3e8f2", "#2f4a7a"),
    "packing": ("#efe3e0", "#7a3b2f"), "report": ("#f4f4f1", "#444444"), "detail": ("#e8efe0", "#4c6b2f"),
    "carrier": ("#f1e6ef", "#6b2f5f"), "second": ("#e0eef1", "#2f626b"),
}  # fmt: skip


def picture(subject: str, mark: str) -> SimpleUploadedFile:
    """A drawing of a subject; `mark` makes it another picture than any drawn for somebody else."""
    ground, ink = COLOURS[subject]
    image = Image.new("RGB", SIZE, ground)
    pen = ImageDraw.Draw(image)
    _SUBJECTS[subject](pen, ink)
    pen.text((24, SIZE[1] - 36), f"demo drawing: {subject} {mark}", fill=ink)
    data = BytesIO()
    image.save(data, "JPEG", quality=80)
    return SimpleUploadedFile(f"{subject}.jpg", data.getvalue(), "image/jpeg")


def _cup(pen: ImageDraw.ImageDraw, ink: str) -> None:
    pen.rounded_rectangle((240, 150, 460, 400), radius=30, outline=ink, width=8)
    pen.arc((430, 200, 540, 330), 270, 90, fill=ink, width=8)
    pen.line([(300, 150), (330, 230), (312, 280), (350, 360)], fill="#b3261e", width=6)


def _sheet(pen: ImageDraw.ImageDraw, ink: str) -> None:
    pen.rectangle((210, 70, 510, 450), outline=ink, width=6)
    for row in range(8):
        pen.line([(245, 120 + 38 * row), (475 - 30 * (row % 3), 120 + 38 * row)], fill=ink, width=5)


def _parcel(pen: ImageDraw.ImageDraw, ink: str) -> None:
    pen.polygon([(200, 220), (360, 150), (520, 220), (520, 390), (360, 460), (200, 390)], outline=ink, width=6)
    pen.line([(200, 220), (360, 290), (520, 220)], fill=ink, width=6)
    pen.line([(360, 290), (360, 460)], fill=ink, width=6)


def _screen(pen: ImageDraw.ImageDraw, ink: str) -> None:
    pen.rounded_rectangle((270, 60, 450, 460), radius=26, outline=ink, width=7)
    for row in range(5):
        pen.rounded_rectangle(
            (292, 110 + 64 * row, 400 + 28 * (row % 2), 152 + 64 * row), radius=12, outline=ink, width=4
        )


_SUBJECTS: Final = {
    "crack": _cup, "detail": _cup, "label": _parcel, "packing": _parcel, "screen": _screen, "report": _sheet,
    "carrier": _sheet, "second": _sheet,
}  # fmt: skip
