"""Addresses of the calendars' part of the interface."""

from django.urls import path

from studio.api import calendars

DRAFT = "<str:country>/drafts/<int:calendar_draft_id>/"

urlpatterns = [
    path("", calendars.CalendarsApi.as_view(), name="calendars"),
    path("<str:country>/", calendars.CalendarApi.as_view(), name="calendar"),
    path("<str:country>/editions/", calendars.EditionsApi.as_view(), name="calendar-editions"),
    path("<str:country>/years/<int:year>/", calendars.CalendarYearApi.as_view(), name="calendar-year"),
    path("<str:country>/differences/", calendars.CalendarDifferencesApi.as_view(), name="calendar-differences"),
    path("<str:country>/document/", calendars.CalendarTextApi.as_view(), name="calendar-text"),
    path("<str:country>/actions/", calendars.CalendarTrailApi.as_view(), name="calendar-trail"),
    path("<str:country>/drafts/", calendars.CalendarDraftsApi.as_view(), name="calendar-drafts"),
    path(DRAFT, calendars.CalendarDraftApi.as_view(), name="calendar-draft"),
    path(f"{DRAFT}document/", calendars.CalendarDraftTextApi.as_view(), name="calendar-draft-text"),
    path(f"{DRAFT}preview/", calendars.CalendarPreviewApi.as_view(), name="calendar-preview"),
    path(f"{DRAFT}actions/<slug:action>/", calendars.CalendarDraftActionApi.as_view(), name="calendar-action"),
]
