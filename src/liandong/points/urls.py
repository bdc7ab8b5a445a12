from django.urls import path

from liandong.points.views import books, own, pools, rulebook

app_name = "points"
urlpatterns = [
    path("", own.mine, name="mine"),
    path("export/", own.export, name="export"),
    path("give/", own.give, name="give"),
    path("give/<uuid:key>/take-back/", own.take_back, name="take_back"),
    path("family/", own.family, name="family"),
    path("family/<int:pk>/", own.answer_family, name="answer_family"),
    path("rules/", rulebook.rules, name="rules"),
    path("rules/new/", rulebook.new, name="rule_new"),
    path("rules/<int:version>/", rulebook.rule, name="rule"),
    path("rules/<int:version>/decide/", rulebook.decide, name="rule_decide"),
    path("pools/", pools.pools, name="pools"),
    path("pools/<slug:slug>/", pools.pool, name="pool"),
    path("pools/grants/<int:pk>/decide/", pools.decide, name="grant_decide"),
    path("ledger/", books.ledger, name="ledger"),
    path("ledger/accounts/<int:pk>/", books.account, name="account"),
    path("digest/", books.digest, name="digest"),
    path("digest/<int:year>-<int:month>.txt", books.digest_file, name="digest_file"),
    path("between/", books.between, name="between"),
    path("between/<int:pk>/settled/", books.settled, name="settled"),
]
