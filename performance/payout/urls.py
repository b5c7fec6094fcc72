"""Addresses of paying out inside an alliance."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.payout.views import account_sheets, accounts, between, ground, lots, rows

urlpatterns = [
    path("payout/", lots.lot_list, name="payout"),
    path("payout/months/<yyyymm:month>/", lots.month, name="payout-month"),
    path("payout/months/<yyyymm:month>/make/", lots.make, name="payout-make"),
    path("payout/months/<yyyymm:month>/payroll/", lots.payroll, name="payout-payroll"),
    path("payout/months/<yyyymm:month>/vouchers.<slug:kind>", between.voucher, name="payout-vouchers"),
    path("payout/lines/<int:pk>/hold/", lots.hold, name="payout-hold"),
    path("payout/holds/<int:pk>/release/", lots.release, name="payout-release"),
    path("payout/lots/<int:pk>/", lots.lot, name="payout-lot"),
    path("payout/lots/<int:pk>/print/", lots.sheet, name="payout-print"),
    path("payout/lots/<int:pk>/preview/", lots.preview, name="payout-preview"),
    path("payout/lots/<int:pk>/act/<slug:step>/", lots.act, name="payout-act"),
    path("payout/answers/<int:pk>/withdraw/", lots.withdraw_answer, name="payout-answer-withdraw"),
    path("payout/papers/<int:pk>/", lots.paper, name="payout-paper"),
    path("payout/rows/", rows.row_list, name="payout-rows"),
    path("payout/rows/<int:pk>/", rows.row, name="payout-row"),
    path("payout/mine/", accounts.mine, name="payout-mine"),
    path("payout/accounts/", accounts.account_list, name="payout-accounts"),
    path("payout/accounts/<int:staff>/", accounts.account, name="payout-account"),
    path("payout/accounts/sheets/new/", account_sheets.new, name="payout-sheet-new"),
    path("payout/accounts/sheets/empty.xlsx", account_sheets.empty, name="payout-sheet-empty"),
    path("payout/accounts/sheets/<int:pk>/", account_sheets.sheet, name="payout-sheet"),
    path("payout/accounts/sheets/<int:pk>/<slug:step>/", account_sheets.act, name="payout-sheet-act"),
    path("payout/accounts/act/<int:pk>/<slug:step>/", accounts.act, name="payout-account-act"),
    path("payout/ground/", ground.ground_list, name="payout-ground"),
    path("payout/ground/enter/<slug:what>/", ground.enter, name="payout-enter"),
    path("payout/ground/adopt/", ground.adopt, name="payout-adopt"),
    path("payout/ground/confirm/<slug:what>/<int:pk>/", ground.confirm, name="payout-confirm"),
    path("payout/between/", between.between_list, name="payout-between"),
    path("payout/between/confirm/<int:pk>/", between.confirm, name="payout-between-confirm"),
    path(
        "payout/between/<yyyymm:month>/<str:payer>/<str:payee>/", between.statement, name="payout-statement"
    ),
    path(
        "payout/between/<yyyymm:month>/<str:payer>/<str:payee>/settle/", between.settle, name="payout-settle"
    ),
]
