"""What operators may look at and change about people."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import IdentityLink, Membership, MembershipRecord, OutsideIdentity, Shop, StaffRole, User
from accounts.services import revoke_tokens


class StaffRoleInline(admin.TabularInline):
    model = StaffRole
    extra = 0


class Kept:
    """What services write is looked at here, never typed over: orders and records hang on it."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class OutsideIdentityInline(Kept, admin.TabularInline):
    model = OutsideIdentity
    extra = 0


class MembershipInline(Kept, admin.TabularInline):
    model = Membership
    extra = 0


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "display_name", "email")


class NewPasswordForm(AdminPasswordChangeForm):
    """A password that an operator sets ends every session and every token of the person."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        revoke_tokens(user.pk)
        return user


admin.site.unregister(Group)  # groups grant nothing in this house


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Django's, without the words that this house does not use."""

    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("username", "display_name", "email", "is_suspended")
    list_filter = ("is_suspended", "is_superuser", "staff_roles__kind")
    search_fields = ("username", "display_name", "email", "outside_identities__outside_id")
    filter_horizontal = ()
    inlines = (StaffRoleInline, MembershipInline, OutsideIdentityInline)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "email", "language", "time_zone")}),
        (_("Access"), {"fields": ("is_suspended", "is_superuser")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody vanishes: cases name people. Suspend instead."""
        return False


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):
    list_display = ("name", "platform", "outside_id")
    list_filter = ("platform",)
    search_fields = ("name", "outside_id")
    inlines: ClassVar = [MembershipInline]


@admin.register(MembershipRecord)
class MembershipRecordAdmin(Kept, admin.ModelAdmin):
    list_display = ("at", "shop", "user", "change", "role", "by")
    list_filter = ("change",)
    search_fields = ("shop__name", "user__username")
    list_select_related = ("shop", "user", "by")


@admin.register(IdentityLink)
class IdentityLinkAdmin(Kept, admin.ModelAdmin):
    list_display = ("linked_at", "identity", "person", "linked_by", "orders", "cases", "undone_at", "undone_by")
    search_fields = ("identity__outside_id", "person__username")
    list_select_related = ("identity", "person", "linked_by", "undone_by")
