from django.http import Http404, HttpRequest, HttpResponse


def rate(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


activity = rate
