"""Signing in and out, the password, the second factor: allauth's own addresses, under the admin."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
