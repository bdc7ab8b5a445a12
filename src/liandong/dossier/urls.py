from django.urls import path

from liandong.dossier.views import exchanging, keeping, mine, moving, report

app_name = "dossier"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("pdf/", mine.mine_pdf, name="mine_pdf"),
    path("file/", mine.mine_file, name="mine_file"),
    path("claims/new/<str:kind>/", mine.claim_new, name="claim_new"),
    path("claims/<int:pk>/withdraw/", mine.withdraw_claim, name="withdraw_claim"),
    path("move/", mine.move, name="move"),
    path("erase/", mine.erase, name="erase"),
    path("people/", keeping.people, name="people"),
    path("people/<str:number>/", keeping.person, name="person"),
    path("training/new/", keeping.training_new, name="training_new"),
    path("lines/<str:kind>/<str:number>/", keeping.line, name="line"),
    path("lines/<str:kind>/<str:number>/withdraw/", keeping.withdraw_line, name="withdraw_line"),
    path("claims/", keeping.claims, name="claims"),
    path("claims/<int:pk>/", keeping.claim, name="claim"),
    path("claims/<int:pk>/proof/", keeping.claim_proof, name="claim_proof"),
    path("evaluations/", keeping.evaluations, name="evaluations"),
    path("evaluations/<int:pk>/", keeping.evaluate, name="evaluate"),
    path("transfers/", moving.transfers, name="transfers"),
    path("transfers/ask/", moving.ask, name="ask_transfer"),
    path("transfers/<int:pk>/agree/", moving.agree, name="agree_transfer"),
    path("transfers/<int:pk>/paper/", moving.note_paper, name="note_paper"),
    path("transfers/<int:pk>/refuse/", moving.refuse, name="refuse_transfer"),
    path("exchange/", exchanging.exchange, name="exchange"),
    path("exchange/format/", exchanging.schema, name="schema"),
    path("exchange/<int:pk>/", exchanging.run, name="run"),
    path("exchange/<int:pk>/take-in/", exchanging.take_in, name="take_in"),
    path("exchange/<int:pk>/file/", exchanging.download, name="download"),
    path("report/", report.report, name="report"),
    path("report/file/<str:kind>/", report.report_file, name="report_file"),
    path("report/<str:key>/", report.rows, name="report_rows"),
]
