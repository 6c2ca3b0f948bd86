"""Addresses of the disputes' part of the interface."""

from django.urls import path

from disputes.api.cases import CaseActionApi, CaseApi, CasesApi
from disputes.api.exhibits import ExhibitApi, ExhibitFileApi, ExhibitsApi, RequirementsApi
from disputes.api.feeds import FeedOffApi, FeedOnApi, FeedsApi
from disputes.api.history import EventsApi, PayoutApi
from disputes.api.identity_links import LinksApi, UndoLinkApi
from disputes.api.orders import EligibilityApi, ImportApi, OrderActionApi, OrderApi, OrdersApi
from disputes.api.platforms import PlatformsApi, PolicyApi
from disputes.api.queue import ClaimApi, QueueApi
from disputes.api.shops import MemberApi, MembersApi, ShopsApi
from disputes.api.stops import ResumeApi, StopApi
from disputes.api.why import WhyApi

app_name = "api"
urlpatterns = [
    path("platforms/", PlatformsApi.as_view(), name="platforms"),
    path("platforms/<str:platform>/feeds/", FeedsApi.as_view(), name="feeds"),
    path("platforms/<str:platform>/feeds/<str:kind>/on/", FeedOnApi.as_view(), name="feed-on"),
    path("platforms/<str:platform>/feeds/<str:kind>/off/", FeedOffApi.as_view(), name="feed-off"),
    path("packs/<str:pack>/policy/", PolicyApi.as_view(), name="policy"),
    path("packs/<str:pack>/stop/", StopApi.as_view(), name="stop"),
    path("packs/<str:pack>/resume/", ResumeApi.as_view(), name="resume"),
    path("orders/", OrdersApi.as_view(), name="orders"),
    path("orders/import/", ImportApi.as_view(), name="import"),
    path("orders/<int:order>/", OrderApi.as_view(), name="order"),
    path("orders/<int:order>/eligibility/", EligibilityApi.as_view(), name="eligibility"),
    path("orders/<int:order>/actions/<slug:action>/", OrderActionApi.as_view(), name="order-action"),
    path("cases/", CasesApi.as_view(), name="cases"),
    path("cases/<str:number>/", CaseApi.as_view(), name="case"),
    path("cases/<str:number>/actions/<slug:action>/", CaseActionApi.as_view(), name="case-action"),
    path("cases/<str:number>/deadlines/<slug:name>/why/", WhyApi.as_view(), name="why"),
    path("cases/<str:number>/payout/", PayoutApi.as_view(), name="payout"),
    path("cases/<str:number>/events/", EventsApi.as_view(), name="events"),
    path("cases/<str:number>/exhibits/", ExhibitsApi.as_view(), name="exhibits"),
    path("cases/<str:number>/exhibits/requirements/", RequirementsApi.as_view(), name="requirements"),
    path("cases/<str:number>/exhibits/<uuid:exhibit>/", ExhibitApi.as_view(), name="exhibit"),
    path("cases/<str:number>/exhibits/<uuid:exhibit>/files/<uuid:file>/", ExhibitFileApi.as_view(), name="file"),
    path("shops/", ShopsApi.as_view(), name="shops"),
    path("shops/<int:shop>/members/", MembersApi.as_view(), name="members"),
    path("shops/<int:shop>/members/<int:user>/", MemberApi.as_view(), name="member"),
    path("identity-links/", LinksApi.as_view(), name="links"),
    path("identity-links/<int:link_id>/undo/", UndoLinkApi.as_view(), name="undo-link"),
    path("queue/", QueueApi.as_view(), name="queue"),
    path("queue/claim/", ClaimApi.as_view(), name="claim"),
]
