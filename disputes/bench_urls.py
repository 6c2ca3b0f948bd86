"""Addresses of the pages for those who decide."""

from django.urls import URLPattern, path

from disputes.views import bench, bench_actions, bench_ruling

urlpatterns: list[URLPattern] = [
    path("", bench.queue, name="bench-queue"),
    path("next/", bench.take_next, name="bench-next"),
    path("<str:number>/", bench.case, name="bench-case"),
    path("<str:number>/take/", bench.take, name="bench-take"),
    path("<str:number>/rule/<slug:action>/", bench_ruling.rule, name="bench-rule"),
    path("<str:number>/do/<slug:action>/", bench_actions.act_on, name="bench-action"),
]
