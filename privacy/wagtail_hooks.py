from wagtail import hooks

from .admin import PersonalDataViewSet

hooks.register("register_admin_viewset", PersonalDataViewSet)
