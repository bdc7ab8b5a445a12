from django.http import Http404, HttpRequest, HttpResponse


def my_records(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


points = record = appeal_record = correct_record = certificate_new = certificate = certificate_pdf = certificate_image = revoke_certificate = to_confirm = my_records
confirm_shift = appeals = answer_appeal = verify = verify_certificate = my_records
