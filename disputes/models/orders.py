"""Orders as the marketplace told them, and what the parties did to their clocks."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class Order(models.Model):
    """One order. Facts about it arrive by import; the case copies what it needs as events."""

    class Status(models.TextChoices):
        UNSHIPPED = "unshipped", _("not shipped")
        SHIPPED = "shipped", _("shipped")
        COMPLETED = "completed", _("completed")
        CLOSED = "closed", _("closed")

    class Delivery(models.TextChoices):
        MAILED = "mailed", _("sent by a carrier")
        MEET = "meet", _("handed over in person")
        PICK_UP = "pick_up", _("picked up")
        RECHARGE = "recharge", _("direct top-up")
        AUTOMATIC = "automatic", _("delivered automatically")

    class ShippingCarrier(models.TextChoices):
        EXPRESS = "express", _("express")
        EMS = "ems", _("EMS")
        POST = "post", _("post")

    platform = models.CharField(_("platform"), max_length=40)
    outside_id = models.CharField(_("order number"), max_length=100)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders", verbose_name=_("buyer"))
    shop = models.ForeignKey("accounts.Shop", models.PROTECT, related_name="orders", verbose_name=_("shop"))
    buyer_outside_id = models.CharField(_("buyer's name at the platform"), max_length=200, blank=True)
    """Whose order it is wherever that name leads; empty when it was not imported."""
    status = models.CharField(_("status"), max_length=12, choices=Status)
    currency = models.CharField(_("currency"), max_length=3)
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2)
    freight = models.DecimalField(_("shipping cost"), max_digits=14, decimal_places=2, default=0)
    created_at = models.DateTimeField(_("ordered"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True)
    signed_at = models.DateTimeField(_("signed for at"), null=True)
    received_at = models.DateTimeField(_("receipt confirmed at"), null=True)
    completed_at = models.DateTimeField(_("completed at"), null=True)
    promise_ends_at = models.DateTimeField(_("delivery promised until"), null=True)
    receipt_ends_at = models.DateTimeField(_("confirms itself at"), null=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    delivery = models.CharField(_("way of delivery"), max_length=12, choices=Delivery, blank=True)
    """How it changes hands; empty when not told."""
    shipping_carrier = models.CharField(_("way of shipping"), max_length=12, choices=ShippingCarrier, blank=True)
    """The kind of carrier, which some clocks hang on; empty when not told."""
    booked_at = models.DateTimeField(_("meeting booked at"), null=True)
    digital_delivered_at = models.DateTimeField(_("digital goods delivered at"), null=True)
    code_viewed_at = models.DateTimeField(_("code viewed at"), null=True)
    destination = models.CharField(_("destination country"), max_length=2, blank=True)
    imported_at = models.DateTimeField(db_default=Clock(), editable=False)
    updated_at = models.DateTimeField(db_default=Clock())

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "outside_id"], name="disputes_one_order_per_outside_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["buyer", "-created_at"], name="disputes_orders_of_buyer"),
            models.Index(fields=["shop", "-created_at"], name="disputes_orders_of_shop"),
            models.Index(
                fields=["platform", "buyer_outside_id"],
                condition=~models.Q(buyer_outside_id=""),
                name="disputes_orders_of_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.outside_id}"


class OrderLine(models.Model):
    """One line of an order: what a claim names, with a quantity."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    outside_id = models.CharField(max_length=100)
    title = models.CharField(_("product"), max_length=300)
    sku = models.CharField(_("variant"), max_length=300, blank=True)
    product_id = models.CharField(max_length=100, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2, null=True)
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2)
    """The part of the payment allocated to this line: the base of every cap."""
    goods_type = models.CharField(max_length=20, default="general")
    pack = models.CharField(_("pack"), max_length=60)
    """The pack a case about this line is opened under."""

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "outside_id"], name="disputes_one_line_per_outside_id"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="disputes_line_has_a_quantity"),
            models.CheckConstraint(condition=models.Q(paid__gte=0), name="disputes_line_paid_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class Listing(models.Model):
    """What the listing said when the order was placed (交易快照)."""

    line = models.OneToOneField(OrderLine, models.CASCADE, related_name="listing")
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    attributes = models.JSONField(default=list)
    condition = models.CharField(max_length=100, blank=True)
    disclosed_flaws = models.TextField(blank=True)
    promises = models.JSONField(default=list)
    images = models.JSONField(default=list)
    captured_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


class OrderEvent(models.Model):
    """What happened to an order's clocks: holds and releases by cases, extensions by the parties."""

    append_only = True

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    case_sequence = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["order", "id"], name="disputes_order_events")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
