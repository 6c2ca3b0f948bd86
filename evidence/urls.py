"""Include at `evidence/`."""

from django.urls import path

from evidence.views import serve

app_name = "evidence"

urlpatterns = [path("<str:token>", serve, name="serve")]
