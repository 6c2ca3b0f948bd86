"""Addresses of the studio."""

from django.urls import include, path

from studio.views import (
    audit,
    changing,
    drafts,
    drafts_documents,
    drafts_publishing,
    drafts_sections,
    feeds,
    imports,
    people,
    rules,
    stopping,
    timers,
)

app_name = "studio"
DRAFT = "packs/<str:pack>/drafts/<int:draft_id>/"
urlpatterns = [
    path("", rules.platforms, name="home"),
    path("sources/", rules.sources, name="sources"),
    path("packs/<str:pack>/", rules.pack, name="pack"),
    path("packs/<str:pack>/versions/", rules.versions, name="pack-versions"),
    path("packs/<str:pack>/deadlines/<slug:name>/", changing.change, name="change"),
    path("packs/<str:pack>/deadlines/<slug:name>/sentence/", changing.sentence, name="sentence"),
    path("packs/<str:pack>/deadlines/<slug:name>/explain/", rules.explain, name="explain"),
    path("packs/<str:pack>/stop/", stopping.stop, name="stop"),
    path("packs/<str:pack>/resume/", stopping.resume, name="resume-pack"),
    path("packs/<str:pack>/drafts/", drafts.drafts, name="drafts"),
    path("packs/<str:pack>/drafts/<int:draft_id>/", drafts.draft, name="draft"),
    path("packs/<str:pack>/drafts/<int:draft_id>/discard/", drafts.discard, name="draft-discard"),
    path("packs/<str:pack>/drafts/<int:draft_id>/sources/", drafts.sources, name="draft-sources"),
    path("packs/<str:pack>/drafts/<int:draft_id>/document/", drafts_documents.document, name="draft-document"),
    path("packs/<str:pack>/drafts/<int:draft_id>/document/text/", drafts_documents.text, name="draft-text"),
    path(f"{DRAFT}sections/<slug:section>/", drafts_sections.section, name="draft-section"),
    path(f"{DRAFT}sections/<slug:section>/<slug:entry>/", drafts_sections.entry, name="draft-entry"),
    path(f"{DRAFT}sections/<slug:section>/<slug:entry>/preview/", drafts_sections.preview, name="draft-preview"),
    path("packs/<str:pack>/drafts/<int:draft_id>/prove/", drafts_publishing.prove, name="draft-prove"),
    path("packs/<str:pack>/drafts/<int:draft_id>/accept/", drafts_publishing.accept, name="draft-accept"),
    path("packs/<str:pack>/drafts/<int:draft_id>/submit/", drafts_publishing.submit, name="draft-submit"),
    path("packs/<str:pack>/drafts/<int:draft_id>/decide/", drafts_publishing.decide, name="draft-decide"),
    path("timers/", timers.timers, name="timers"),
    path("timers/retry/<str:number>/", timers.retry, name="retry"),
    path("timers/resume/", timers.resume, name="resume"),
    path("calendars/", include("studio.calendar_urls")),
    path("lab/", include("studio.lab.urls")),
    path("audit/", audit.audit, name="audit"),
    path("audit/audit.csv", audit.table, name="audit-table"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<slug:platform>/<slug:kind>/on/", feeds.on, name="feed-on"),
    path("feeds/<slug:platform>/<slug:kind>/off/", feeds.off, name="feed-off"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:run_id>/", imports.run, name="import-run"),
    path("people/", people.people, name="people"),
    path("people/<int:user_id>/", people.person, name="person"),
]
