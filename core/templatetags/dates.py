"""Filters for dates and times: `{% load dates %}`."""

from django import template

from core.dates import date_html, datetime_html, datetime_text

register = template.Library()

for date_filter in (date_html, datetime_html, datetime_text):
    register.filter(date_filter)
