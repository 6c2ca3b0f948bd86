"""Addresses of the studio."""

from django.urls import path

from studio.views import changing, rules

app_name = "studio"
urlpatterns = [
    path("", rules.platforms, name="home"),
    path("packs/<str:pack>/", rules.pack, name="pack"),
    path("packs/<str:pack>/versions/", rules.versions, name="pack-versions"),
    path("packs/<str:pack>/deadlines/<slug:name>/", changing.change, name="change"),
    path("packs/<str:pack>/deadlines/<slug:name>/sentence/", changing.sentence, name="sentence"),
    path("packs/<str:pack>/deadlines/<slug:name>/explain/", rules.explain, name="explain"),
]
