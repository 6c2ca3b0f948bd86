"""The vault's addresses as the house includes them, without the rest of the house."""

from django.http import HttpResponse
from django.urls import include, path

account_patterns = ([path("login/", lambda request: HttpResponse("log in"), name="login")], "accounts")

urlpatterns = [path("evidence/", include("evidence.urls")), path("", include(account_patterns))]
