from django.urls import path

from liandong.recognition import views

app_name = "recognition"
urlpatterns = [
    path("", views.my_records, name="my_records"),
    path("records/<str:number>/", views.record, name="record"),
    path("records/<str:number>/appeal/", views.appeal_record, name="appeal_record"),
    path("records/<str:number>/correct/", views.correct_record, name="correct_record"),
    path("certificates/new/", views.certificate_new, name="certificate_new"),
    path("certificates/<str:code>/", views.own_certificate, name="certificate"),
    path("certificates/<str:code>/pdf/", views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<str:code>/image/", views.certificate_image, name="certificate_image"),
    path("certificates/<str:code>/revoke/", views.revoke_certificate, name="revoke_certificate"),
    path("confirm/", views.to_confirm, name="to_confirm"),
    path("confirm/<int:pk>/", views.confirm_shift, name="confirm_shift"),
    path("appeals/", views.appeals, name="appeals"),
    path("appeals/<int:pk>/", views.answer_appeal, name="answer_appeal"),
]
