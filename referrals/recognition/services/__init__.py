"""What can be done with items, results and orders; each service is one sentence, one transaction."""

from referrals.recognition.services.deciding import STEPS, recognise, repeat, withdraw
from referrals.recognition.services.importing import Taken, import_results
from referrals.recognition.services.items import NewItem, import_sheet, known, register
from referrals.recognition.services.ordering import Wanted, place
from referrals.recognition.services.refusals import RecognitionRefused
from referrals.recognition.services.results import Report, enter
from referrals.recognition.services.results import withdraw as withdraw_result

__all__ = [
    "STEPS",
    "NewItem",
    "RecognitionRefused",
    "Report",
    "Taken",
    "Wanted",
    "enter",
    "import_results",
    "import_sheet",
    "known",
    "place",
    "recognise",
    "register",
    "repeat",
    "withdraw",
    "withdraw_result",
]
