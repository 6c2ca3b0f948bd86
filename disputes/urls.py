"""Addresses of the pages of orders and cases."""

from django.urls import URLPattern, URLResolver, include, path

from disputes.views import actions, cases, exhibits, filing, filing_evidence, navigation, orders, papers, seller

app_name = "disputes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", navigation.home, name="home"),
    path("help/", navigation.help_page, name="help"),
    path("bench/", include("disputes.bench_urls")),
    path("orders/", orders.my_orders, name="orders"),
    path("orders/<int:order_id>/", orders.order, name="order"),
    path("orders/<int:order_id>/do/<slug:action>/", orders.act_on, name="order-action"),
    path("orders/<int:order_id>/dispute/", filing.start, name="file"),
    path("orders/<int:order_id>/dispute/evidence/", filing_evidence.question, name="file-evidence"),
    path("orders/<int:order_id>/dispute/<slug:step>/", filing.question, name="file-step"),
    path("shop/cases/", seller.queue, name="shop-cases"),
    path("shop/orders/", seller.shop_orders, name="shop-orders"),
    path("shop/settings/", seller.shop_settings, name="shop-settings"),
    path("cases/", cases.my_cases, name="cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/submitted/", cases.submitted, name="submitted"),
    path("cases/<str:number>/calendar.ics", papers.calendar, name="calendar"),
    path("cases/<str:number>/why/", cases.why, name="why"),
    path("cases/<str:number>/ruling/", papers.ruling, name="ruling"),
    path("cases/<str:number>/do/<slug:action>/", actions.act_on, name="action"),
    path("cases/<str:number>/evidence/", exhibits.upload, name="evidence"),
    path("cases/<str:number>/evidence/submit/", exhibits.submit, name="submit-evidence"),
    path("cases/<str:number>/evidence/<uuid:exhibit>/discard/", exhibits.discard, name="discard-evidence"),
    path("cases/<str:number>/evidence/<uuid:exhibit>/withdraw/", exhibits.withdraw, name="withdraw-evidence"),
]
