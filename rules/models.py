"""What was published: policy versions and calendar editions, which only ever grow; and what is being drafted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class PolicyVersion(models.Model):
    """One published text of one pack. A case is pinned to the version it was opened under."""

    append_only = True

    pack = models.CharField(_("pack"), max_length=60)
    number = models.PositiveIntegerField(_("version"))
    platform = models.CharField(_("platform"), max_length=40)
    format = models.PositiveSmallIntegerField()
    source = models.TextField(_("source text"))
    """The pack's own text as its authors wrote it, without its ancestors."""
    document = models.TextField(_("resolved document"))
    """The canonical text, ancestors merged: what cases run under."""
    digest = models.CharField(max_length=64)
    effective_from = models.DateTimeField(_("effective from"))
    published_at = models.DateTimeField(_("published"), db_default=Clock(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    note = models.TextField(_("note"), blank=True)
    """Why this version was published, and on what source each changed number rests."""

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "number"], name="rules_one_version_per_pack_and_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["pack", "-effective_from"], name="rules_version_in_force")]

    def __str__(self) -> str:
        return f"{self.pack} {self.number}"


class CalendarEdition(models.Model):
    """One published edition of a country's working days. A correction is a new edition."""

    append_only = True

    country = models.CharField(_("country"), max_length=10)
    number = models.PositiveIntegerField(_("edition"))
    documents = models.TextField(_("documents"))
    """The years' documents, as one canonical text."""
    digest = models.CharField(max_length=64)
    shipped = models.PositiveIntegerField(_("edition of the release"), db_default=1)
    """Up to which edition of the files that came with a release this one has seen them."""
    published_at = models.DateTimeField(_("published"), db_default=Clock(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    """None: it came with a release."""
    source = models.TextField(_("source"), blank=True, db_default="")
    """On what it rests, such as the notice that announced the days."""
    note = models.TextField(_("note"), blank=True, db_default="")

    class Meta:
        verbose_name = _("calendar edition")
        verbose_name_plural = _("calendar editions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "number"], name="rules_one_edition_per_country_and_number"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


class CalendarDraft(models.Model):
    """The next edition of a calendar, while somebody works on it. It is never deleted: published or discarded."""

    class Status(models.TextChoices):
        EDITING = "editing", _("In work")
        SUBMITTED = "submitted", _("Waits for approval")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    country = models.CharField(_("country"), max_length=10)
    base = models.ForeignKey(CalendarEdition, models.PROTECT, related_name="+", verbose_name=_("builds on"))
    years = models.JSONField(_("years"), default=dict)
    """By the year, the text of each document that is not the base's."""
    shipped = models.PositiveIntegerField(_("edition of the release"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    """Grows with every change, so that nobody changes what somebody else has changed meanwhile."""
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EDITING)
    source = models.TextField(_("source"), blank=True)
    note = models.TextField(_("note"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published = models.OneToOneField(CalendarEdition, models.PROTECT, null=True, related_name="+")
    """The edition it became."""
    created_at = models.DateTimeField(_("begun"), db_default=Clock(), editable=False)
    changed_at = models.DateTimeField(_("changed"), db_default=Clock())

    class Meta:
        verbose_name = _("draft of a calendar")
        verbose_name_plural = _("drafts of calendars")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country"], condition=models.Q(status__in=["editing", "submitted"]),
                name="rules_one_open_draft_per_calendar",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.country}: {self.status}"


class CalendarAction(models.Model):
    """One thing somebody did to the working days of a country."""

    append_only = True

    class Kind(models.TextChoices):
        SHIPPED = "shipped", _("Came with a release")
        BEGUN = "begun", _("Began a draft")
        EDITED = "edited", _("Changed the draft")
        IMPORTED = "imported", _("Imported a file")
        TAKEN_OVER = "taken_over", _("Took over the release’s edition")
        CARRIED_OVER = "carried_over", _("Carried the draft over")
        SUBMITTED = "submitted", _("Submitted for approval")
        RETURNED = "returned", _("Sent back")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded the draft")
        CASES_MIGRATED = "cases_migrated", _("Put running cases under an edition")

    country = models.CharField(_("country"), max_length=10)
    draft = models.ForeignKey(
        CalendarDraft, models.PROTECT, null=True, related_name="actions", verbose_name=_("draft")
    )
    revision = models.PositiveIntegerField(default=0)
    """The revision of the draft it made; 0 where there is no draft."""
    kind = models.CharField(_("action"), max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    """None: the house itself."""
    at = models.DateTimeField(_("at"), db_default=Clock(), editable=False)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("action on a calendar")
        verbose_name_plural = _("actions on calendars")
        indexes: ClassVar = [models.Index(fields=["country", "-id"], name="rules_actions_on_calendar")]

    def __str__(self) -> str:
        return f"{self.country}: {self.kind}"


class Draft(models.Model):
    """A text of a pack that somebody works on. It is never deleted: it ends published or discarded."""

    class Status(models.TextChoices):
        EDITING = "editing", _("In work")
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    pack = models.CharField(_("pack"), max_length=60)
    platform = models.CharField(_("platform"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    origin = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("text of"))
    """The version whose text it began with: an older one to roll back."""
    base = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("builds on"))
    """The newest version when it was begun, or carried over: it may only be published while that is still so."""
    document = models.TextField(_("resolved document"))
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    """Grows with every change, so that nobody changes what somebody else has changed meanwhile."""
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EDITING)
    notes = models.JSONField(_("sources"), default=dict)
    """By the pointer to a changed number: on what source it rests."""
    accepted = models.JSONField(_("accepted traps"), default=list)
    """Each with the finding, the reason, who and when."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    effective_from = models.DateTimeField(_("effective from"), null=True)
    """The moment asked for with the submission; None: when it is published."""
    published = models.OneToOneField(PolicyVersion, models.PROTECT, null=True, related_name="+")
    """The version it became."""
    created_at = models.DateTimeField(_("begun"), db_default=Clock(), editable=False)
    changed_at = models.DateTimeField(_("changed"), db_default=Clock())

    class Meta:
        verbose_name = _("draft of rules")
        verbose_name_plural = _("drafts of rules")
        indexes: ClassVar = [models.Index(fields=["pack", "-id"], name="rules_drafts_of_pack")]

    def __str__(self) -> str:
        return f"{self.pack}: {self.title}"


class DraftProof(models.Model):
    """What exploring a text showed; kept by what was explored, so that equal drafts are proven once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a worker")
        RUNNING = "running", _("Being proven")
        DONE = "done", _("Proven")
        FAILED = "failed", _("Could not be explored")

    pack = models.CharField(_("pack"), max_length=60)
    digest = models.CharField(max_length=64)
    calendar = models.ForeignKey(CalendarEdition, models.PROTECT, related_name="+", verbose_name=_("calendar"))
    document = models.TextField(_("resolved document"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    explored = models.PositiveIntegerField(default=0)
    """Situations looked at so far."""
    found = models.PositiveIntegerField(default=0)
    """Situations found so far; exploring ends when all of them were looked at."""
    result = models.JSONField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Clock())
    sign_at = models.DateTimeField(_("last sign"), null=True)
    """When a worker last wrote how far it is; one that died leaves this behind."""

    class Meta:
        verbose_name = _("proof of a draft")
        verbose_name_plural = _("proofs of drafts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "calendar"], name="rules_one_proof_per_text"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.state}"


class RuleAction(models.Model):
    """One thing somebody did to the rules of a pack."""

    append_only = True

    class Kind(models.TextChoices):
        BEGUN = "begun", _("Began a draft")
        EDITED = "edited", _("Changed the draft")
        IMPORTED = "imported", _("Imported a document")
        SOURCED = "sourced", _("Stated sources")
        CARRIED_OVER = "carried_over", _("Carried the draft over")
        PROOF_ASKED = "proof_asked", _("Asked for the proof")
        TRAP_ACCEPTED = "trap_accepted", _("Accepted a trap")
        SUBMITTED = "submitted", _("Submitted for approval")
        RETURNED = "returned", _("Sent back")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        LENGTH_PUBLISHED = "length_published", _("Published one length")
        DISCARDED = "discarded", _("Discarded the draft")
        CASES_MIGRATED = "cases_migrated", _("Put running cases under a version")

    pack = models.CharField(_("pack"), max_length=60)
    draft = models.ForeignKey(Draft, models.PROTECT, null=True, related_name="actions", verbose_name=_("draft"))
    kind = models.CharField(_("action"), max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    """None: the house itself."""
    at = models.DateTimeField(_("at"), db_default=Clock(), editable=False)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("action on rules")
        verbose_name_plural = _("actions on rules")
        indexes: ClassVar = [
            models.Index(fields=["pack", "-id"], name="rules_actions_on_pack"),
            models.Index(fields=["-at"], name="rules_newest_actions"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.kind}"
