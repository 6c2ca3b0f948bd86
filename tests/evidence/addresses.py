"""The house's addresses, with the vault's among them."""

from django.urls import include, path

from config.urls import urlpatterns as house

urlpatterns = [path("evidence/", include("evidence.urls")), *house]
