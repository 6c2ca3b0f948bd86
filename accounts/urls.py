from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("settings/", views.own_settings, name="settings"),
    path("settings/password/", views.own_password, name="password"),
    path("role/", views.choose_role, name="role"),
    path("language/", views.choose_language, name="language"),
]
