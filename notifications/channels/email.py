"""A notification as a mail: plain text and simple HTML, in its reader's language and zone, without personal data."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from accounts.selectors import Person
from notifications.models import Delivery
from notifications.render import render, site_address

LANGUAGE_TAGS = {"zh-hans": "zh-Hans"}


def mail_of(delivery: Delivery, reader: Person) -> EmailMultiAlternatives:
    """The mail of a delivery; every time it is made it has the same message id and belongs to its case's thread."""
    told = delivery.notification
    with override(reader.language):
        words = render(told.kind, role=told.role, number=told.number, facts=told.facts, zone=reader.time_zone)
        context = {
            "words": words, "number": told.number, "language": LANGUAGE_TAGS.get(reader.language, reader.language),
            "link": site_address() + words.path, "why_link": words.why_path and site_address() + words.why_path,
            "settings_link": site_address() + reverse("notifications:settings"),
        }  # fmt: skip
        text = render_to_string("notifications/mail.txt", context)
        html = render_to_string("notifications/mail.html", context)
        subject = f"{words.title} · {told.number}"
    mail = EmailMultiAlternatives(subject, text, to=[reader.email], headers=_headers(delivery))
    mail.attach_alternative(html, "text/html")
    return mail


def _headers(delivery: Delivery) -> dict[str, str]:
    """Mail programs show the mails of a case together, and answering machines keep silent."""
    domain = delivery.message_id.rpartition("@")[2].rstrip(">")
    return {
        "Message-ID": delivery.message_id,
        "References": f"<{delivery.notification.number}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
