from django.urls import path

from liandong.surveys.views import collecting, desk, editing, paper, public, results

app_name = "surveys"
urlpatterns = [
    path("", public.index, name="list"),
    path("desk/", desk.index, name="desk"),
    path("new/", desk.new, name="new"),
    path("upload/", desk.upload, name="upload"),
    path("<slug:number>/", public.survey, name="survey"),
    path("<slug:number>/thanks/", public.thanks, name="thanks"),
    path("<slug:number>/ask/", public.ask, name="ask"),
    path("<slug:number>/manage/", desk.manage, name="manage"),
    path("<slug:number>/state/", desk.state, name="state"),
    path("<slug:number>/copy/", desk.copy, name="copy"),
    path("<slug:number>/file/", desk.xlsform_file, name="file"),
    path("<slug:number>/edit/", editing.edit, name="edit"),
    path("<slug:number>/questions/", editing.questions, name="questions"),
    path("<slug:number>/question/", editing.question, name="question"),
    path("<slug:number>/print/", paper.sheets, name="print"),
    path("<slug:number>/paper/", paper.key_in, name="key_in"),
    path("<slug:number>/results/", results.results, name="results"),
    path("<slug:number>/words/<str:question>/", results.words, name="words"),
    path("<slug:number>/export/", results.export, name="export"),
    path("<slug:number>/needs/", collecting.collect, name="collect"),
    path("<slug:number>/needs/all/", collecting.collect_all, name="collect_all"),
    path("<slug:number>/needs/take/", collecting.take, name="take"),
    path("<slug:number>/needs/done/", collecting.collected, name="collected"),
]
