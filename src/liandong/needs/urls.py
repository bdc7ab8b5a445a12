from django.urls import path

from liandong.needs.views import asking, desk, reading, wishes

app_name = "needs"
urlpatterns = [
    path("", reading.index, name="list"),
    path("mine/", reading.mine, name="mine"),
    path("submit/", asking.submit, name="submit"),
    path("submit/check/", asking.check, name="check"),
    path("wishes/", wishes.wall, name="wishes"),
    path("offers/<int:pk>/", wishes.answer_offer, name="answer_offer"),
    path("offers/<int:pk>/withdraw/", wishes.withdraw_offer, name="withdraw_offer"),
    path("inbox/", desk.inbox, name="inbox"),
    path("inbox/selected/", desk.selected, name="selected"),
    path("<slug:number>/", reading.need, name="need"),
    path("<slug:number>/offer/", wishes.offer, name="offer"),
    path("<slug:number>/submitted/", asking.submitted, name="submitted"),
    path("<slug:number>/confirm/", reading.confirm, name="confirm"),
    path("<slug:number>/reopen/", reading.reopen, name="reopen"),
    path("<slug:number>/object/", reading.object_to, name="object"),
    path("<slug:number>/withdraw/", reading.withdraw, name="withdraw"),
    path("<slug:number>/desk/", desk.desk, name="desk"),
    path("<slug:number>/accept/", desk.accept, name="accept"),
    path("<slug:number>/claim/", desk.claim, name="claim"),
    path("<slug:number>/release/", desk.release, name="release"),
    path("<slug:number>/answer/", desk.answer, name="answer"),
    path("<slug:number>/match/", desk.match, name="match"),
    path("<slug:number>/decline/", desk.decline, name="decline"),
    path("<slug:number>/merge/", desk.merge, name="merge"),
    path("<slug:number>/done/", desk.done, name="done"),
    path("<slug:number>/reveal/", desk.reveal, name="reveal"),
]
