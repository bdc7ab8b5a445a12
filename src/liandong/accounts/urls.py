from django.urls import path

from liandong.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("code/", views.code, name="code"),
    path("name/", views.name, name="name"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("persona/", views.persona, name="persona"),
    path("", views.profile, name="profile"),
    path("phone/", views.phone, name="phone"),
    path("phone/code/", views.phone_code, name="phone_code"),
    path("password/", views.password, name="password"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/download/", views.download, name="download"),
    path("privacy/id-number/", views.id_number, name="id_number"),
    path("privacy/id-number/forget/", views.forget_id_number, name="forget_id_number"),
    path("privacy/consents/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
