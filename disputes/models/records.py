"""What people wrote and handed over: texts, requests, proposals, exhibits, parcels. Journal events name them by id."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import Case
from disputes.models.orders import OrderLine


class Record(models.Model):
    """A row that belongs to one event of one case. Its id is made before the event, so the event can name it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="%(class)ss")
    sequence = models.PositiveIntegerField()
    """The event it came with."""
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Message(Record):
    """A text somebody wrote: a statement with an action, a message, an internal note, a late answer."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("statement")
        MESSAGE = "message", _("message")
        LATE = "late", _("after the deadline")
        NOTE = "note", _("internal note")
        PHONE = "phone", _("note of a call")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    party = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]


class RequestLine(models.Model):
    """What a claim is about: a line of the order and a quantity."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="claims")
    quantity = models.PositiveIntegerField()
    maximum = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "line"], name="disputes_one_claim_per_case_and_line"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"


class Proposal(Record):
    """One version of one side's solution. The buyer's proposal is the request itself."""

    party = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    reason = models.CharField(max_length=40, blank=True)
    remedy = models.CharField(max_length=30)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    return_freight_by = models.CharField(max_length=12, blank=True)
    statement = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "party", "-version"], name="disputes_proposals")]

    def __str__(self) -> str:
        return f"{self.party} {self.version}"


class Exhibit(models.Model):
    """One piece of evidence: files or text with what they show. A draft until it is submitted."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        LATE = "late", _("after the deadline")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="exhibits")
    party = models.CharField(max_length=12)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    slot = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    answers = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="answered_by")
    supersedes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="superseded_by")
    status = models.CharField(max_length=10, choices=Status)
    second_review = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    """Counts the submitted exhibits of one party in one case."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "party", "status"], name="disputes_exhibits_of_party")]

    def __str__(self) -> str:
        return f"{self.party} {self.number or '–'}"


class ExhibitFile(models.Model):
    """A file of an exhibit, by the vault's id."""

    exhibit = models.ForeignKey(Exhibit, models.CASCADE, related_name="files")
    file = models.ForeignKey("evidence.StoredFile", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exhibit", "file"], name="disputes_a_file_once_per_exhibit"),
        ]
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.file_id)


class Parcel(Record):
    """A parcel of the return or replacement leg."""

    class Leg(models.TextChoices):
        RETURN = "return", _("return")
        REPLACEMENT = "replacement", _("replacement")

    leg = models.CharField(max_length=12, choices=Leg)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.tracking


class ReturnAddress(Record):
    """The address a return goes to, as shown to the buyer."""

    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]


class OutsideEscalation(Record):
    """That a party took the matter outside the platform (平台外维权)."""

    party = models.CharField(max_length=12)
    body = models.CharField(max_length=120)
    reference = models.CharField(max_length=120, blank=True)
    filed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.body
