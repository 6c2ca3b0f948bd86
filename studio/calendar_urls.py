"""Addresses of the studio's calendars."""

from django.urls import path

from studio.views import calendars, calendars_drafts, calendars_files

DRAFT = "<str:country>/drafts/<int:calendar_draft_id>/"

urlpatterns = [
    path("", calendars.calendars, name="calendars"),
    path("<str:country>/", calendars.calendar, name="calendar"),
    path("<str:country>/<int:year>/<int:month>/", calendars.month, name="calendar-month"),
    path("<str:country>/editions/", calendars.editions, name="calendar-editions"),
    path("<str:country>/export/", calendars.export, name="calendar-export"),
    path("<str:country>/begin/", calendars_drafts.begin, name="calendar-begin"),
    path(DRAFT, calendars_drafts.draft, name="calendar-draft"),
    path(f"{DRAFT}<int:year>/<int:month>/", calendars_drafts.days, name="calendar-days"),
    path(f"{DRAFT}year/", calendars_drafts.year, name="calendar-year"),
    path(f"{DRAFT}submit/", calendars_drafts.submit, name="calendar-submit"),
    path(f"{DRAFT}decide/", calendars_drafts.decide, name="calendar-decide"),
    path(f"{DRAFT}file/", calendars_files.file, name="calendar-file"),
    path(f"{DRAFT}export/", calendars_files.export, name="calendar-draft-export"),
]
