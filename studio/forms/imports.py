"""The form in which orders and refunds are brought in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Shop
from disputes.feeds import FORMATS
from rules.selectors import packs_in_force
from studio.selectors import pack_label

KEPT = 1_000_000
"""Characters of a file that stay in the form, so that importing needs no second upload."""
FORMAT_NAMES = {
    "taobao": gettext_lazy("Taobao and Tmall (answers of the open platform, JSON)"),
    "aliexpress": gettext_lazy("AliExpress (answers of the open platform, JSON)"),
    "native": gettext_lazy("Gongduan's own format (JSON)"),
    "csv": gettext_lazy("Table (CSV)"),
}


class ImportForm(forms.Form):
    """What to import, how to read it, and what becomes of cases whose time has passed on arrival."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    upload = forms.FileField(label=gettext_lazy("File"), required=False)
    payload = forms.CharField(
        label=gettext_lazy("Or paste it"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    pack = forms.ChoiceField(
        label=gettext_lazy("Rules"), required=False, help_text=gettext_lazy("Under which rules new cases are opened.")
    )
    overdue = forms.ChoiceField(
        label=gettext_lazy("Cases whose time has already passed"), initial="hold", widget=forms.RadioSelect,
        choices=[
            ("hold", gettext_lazy("Hold them until somebody decides")),
            ("lapse", gettext_lazy("Let the deadline count as passed")),
            ("fresh", gettext_lazy("Start the deadline anew, from now")),
        ],
    )  # fmt: skip
    shop = forms.ChoiceField(
        label=gettext_lazy("Shop of rows without a seller"), required=False,
        help_text=gettext_lazy("Only needed where the file does not name the seller."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        packs = [(version.pack, pack_label(version.policy)) for version in packs_in_force()]
        shops = Shop.objects.order_by("platform", "name").values_list("pk", "name")
        self._offer("format", [(code, FORMAT_NAMES.get(code, code)) for code in FORMATS])
        self._offer("pack", [("", _("As the rows themselves say")), *packs])
        self._offer("shop", [("", _("None")), *((str(pk), name) for pk, name in shops)])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "upload" in self.errors:
            return cleaned
        if not cleaned.get("upload") and not (cleaned.get("payload") or "").strip():
            self.add_error("upload", _("Choose a file, or paste its content."))
        return cleaned

    def content(self) -> bytes | str:
        """What is to be imported: the file, else the text. Read once."""
        upload = self.cleaned_data["upload"]
        return upload.read() if upload else self.cleaned_data["payload"]

    def options(self) -> dict[str, Any]:
        """The choices, as the service takes them."""
        chosen = self.cleaned_data
        return {
            "format": chosen["format"], "overdue": chosen["overdue"], "pack": chosen["pack"] or None,
            "shop_id": int(chosen["shop"]) if chosen["shop"] else None,
        }  # fmt: skip


def kept_text(content: bytes | str) -> str | None:
    """The content as text for the form; None when it is too long or no text, and the file must be chosen again."""
    if len(content) > KEPT:
        return None
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
