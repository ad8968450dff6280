"""The site's addresses, and one that reads every post, as no page may."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from hw4all import urls
from news.models import PostPage

LINEAR = "/reads-every-post/"


def reads_every_post(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(sum(len(post.title) for post in PostPage.objects.all())))


urlpatterns = [path(LINEAR.strip("/") + "/", reads_every_post), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
