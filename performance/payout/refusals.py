"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class AccountRefused(Refused):
    """A bank account, a legal entity, a template or an account map that cannot stand."""

    reasons = {
        "number": "An account number has 8 to 30 digits.",
        "holder": "Name the holder of the account.",
        "bank": "No template is confirmed for this bank. Enter one first.",
        "why": "Say in a few words why the account changes.",
        "taken": "This account is entered for another person already. Check the number.",
        "same": "This is the account that counts already.",
        "waiting": "A change of this account waits for its second person. Confirm or decline it first.",
        "same_person": "This takes two different people; ask a colleague.",
        "own": "Nobody confirms the own account; ask a colleague.",
        "confirmed": "It is already confirmed.",
        "declined": "It is declined. Enter the account again.",
        "declined_why": "Say in a few words why it is declined: its owner reads it.",
        "credit_code": "A unified social credit code has 18 characters.",
        "village": "%(institution)s is paid through its township and pays nobody itself.",
        "name": "Give the template a name.",
        "staff": "%(institution)s has nobody with the number %(code)s. Compare both with the master data.",
        "twice": "%(name)s stands twice in the sheet. Keep one line.",
        "figure": "The number is a figure whose last digits are lost. Format the column as text and enter it "
        "again.",
        "columns": "These columns are missing: %(columns)s. Take the empty sheet.",
        "empty": "The sheet has no line below its headings.",
        "long": "The sheet has more than %(most)d lines. Deliver it in parts.",
        "nothing": "Every account of the sheet counts already.",
        "faults": "%(n)d lines have to be corrected first. Nothing was stored.",
        "map": "Every flow needs code and name of a debit and a credit account.",
    }
    fields = {
        "figure": "number", "columns": "file", "empty": "file", "long": "file", "nothing": "file",
        "faults": "file", "twice": "staff",
        "taken": "number", "same": "number", "waiting": "", "same_person": "", "own": "", "confirmed": "",
        "declined": "", "declined_why": "why", "village": "institution", "map": "",
    }  # fmt: skip


class PayoutRefused(Refused):
    """A lot, a payment or an answer that cannot go on as things stand."""

    reasons = {
        "nothing": "Everything of %(month)s that can be paid stands in a lot or is held already.",
        "lacking": "Nothing of %(month)s can be put into a lot now. Lines that wait for a confirmed bank "
        "account, for one confirmed anew after a return, or for a paying legal entity: %(n)d. The month's "
        "page names each of them.",
        "no_lot": "No payment of %(month)s stands in a lot yet. Make lots first.",
        "published": "%(month)s is paid once it was published and its publication has ended.",
        "busy": "Somebody else makes lots of this month just now. Look again in a moment.",
        "same_person": "This takes two different people; ask a colleague.",
        "checked": "The lot is checked already.",
        "not_checked": "A second person checks the lot before it leaves.",
        "left": "The lot has left for the bank. What did not arrive comes back by the bank's answer.",
        "came_back": "A payment came back from the account of %(name)s, to whom this lot pays. "
        "Withdraw the lot, have the account confirmed anew, and make the lot again.",
        "no_template": "No template is confirmed for %(bank)s. Enter one first.",
        "not_exported": "The lot has not left for the bank yet: there is nothing to answer.",
        "there": "This file is imported already.",
        "long": "The file has more than %(most)d rows. Is it the answer to this lot?",
        "decided": "Somebody has decided this row already.",
        "note": "Say in a few words what was found out with the bank.",
        "no_payment": "This row names no payment of the lot; it can only be settled with the bank.",
        "ended": "The payment has ended otherwise already. Settle the row with the bank.",
        "nothing_ripe": "No row waits to be posted. What is left of the answers stands below, row by row.",
        "awaited": "Another row says that this payment is %(said)s and waits to be posted. Post it first, or "
        "withdraw its file.",
        "posted": "Rows of this file are posted already. Settle each row that is left with the bank.",
        "withdrawn": "This file is withdrawn already.",
        "why_file": "Say in a few words why the file is withdrawn.",
        "why": "Say in a few words why it is held.",
        "covered": "Everything of this line is paid or held already.",
        "released": "It is released already.",
        "disputed": "What is disputed is released by the decision about it.",
        "file": "Choose a file.",
        "no_map": "No account map is confirmed for %(month)s. Enter one first.",
        "too_much": "%(payer)s owes %(payee)s %(open)s yuan of %(month)s, not %(fen)s.",
        "fen": "Enter an amount above zero.",
        "document": "Give the number of the voucher.",
        "settled_there": "A payment with this voucher number is entered already.",
    }
    fields = {
        "nothing": "", "lacking": "", "no_lot": "",
        "published": "", "busy": "", "same_person": "", "checked": "", "not_checked": "", "left": "",
        "came_back": "", "no_template": "",
        "not_exported": "", "there": "file", "long": "file", "decided": "",
        "no_payment": "action", "ended": "action", "awaited": "action", "posted": "", "withdrawn": "",
        "why_file": "why", "nothing_ripe": "", "covered": "", "released": "",
        "disputed": "", "no_map": "", "too_much": "fen", "settled_there": "document",
    }  # fmt: skip
