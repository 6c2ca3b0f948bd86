"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, path

from notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox_page, name="inbox"),
    path("<int:notification_id>/", views.open_notification, name="open"),
    path("read/", views.read_all, name="read-all"),
    path("settings/", views.own_channels, name="settings"),
]
