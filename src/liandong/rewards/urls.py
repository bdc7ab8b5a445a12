from django.urls import path

from liandong.rewards.views import board, catalogue, desk, vouchers

app_name = "rewards"
urlpatterns = [
    path("", catalogue.index, name="list"),
    path("mine/", vouchers.mine, name="mine"),
    path("mine/asking/", vouchers.asking, name="asking"),
    path("voucher/<int:pk>/", vouchers.voucher, name="voucher"),
    path("voucher/<int:pk>/give-back/", vouchers.give_back, name="give_back"),
    path("take-in/", vouchers.take_in, name="take_in"),
    path("take-in/<int:pk>/", vouchers.use, name="use"),
    path("take-in/<int:pk>/back/", vouchers.refund, name="refund"),
    path("desk/", desk.desk, name="desk"),
    path("desk/taken/", desk.taken, name="taken"),
    path("desk/new/", desk.new, name="new"),
    path("desk/<str:number>/", desk.edit, name="edit"),
    path("desk/<str:number>/move/", desk.move, name="move"),
    path("covered/", board.covered, name="covered"),
    path("board/", board.board, name="board"),
    path("board/rule/", board.rule, name="rule"),
    path("<str:number>/", catalogue.reward, name="reward"),
    path("<str:number>/photo/", catalogue.photo, name="photo"),
    path("<str:number>/redeem/", catalogue.redeem, name="redeem"),
]
