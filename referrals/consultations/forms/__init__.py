"""Forms of a consultation: the question, and the few words of each step."""

from referrals.consultations.forms.others import (
    CentreForm,
    ClosingForm,
    FeeForm,
    FileForm,
    LinkForm,
    PlanForm,
    ProofForm,
    ResultForm,
)
from referrals.consultations.forms.questions import (
    FILE_HELP,
    AmendForm,
    AskForm,
    QuestionFields,
    clean_scan,
    written,
)
from referrals.consultations.forms.steps import (
    STEP_FORMS,
    AcceptForm,
    AnswerForm,
    CloseForm,
    DeclineForm,
    MissingForm,
    NoteForm,
    StepForm,
    doctors_of,
)

__all__ = [
    "FILE_HELP",
    "STEP_FORMS",
    "AcceptForm",
    "AmendForm",
    "AnswerForm",
    "AskForm",
    "CentreForm",
    "CloseForm",
    "ClosingForm",
    "DeclineForm",
    "FeeForm",
    "FileForm",
    "LinkForm",
    "MissingForm",
    "NoteForm",
    "PlanForm",
    "ProofForm",
    "QuestionFields",
    "ResultForm",
    "StepForm",
    "clean_scan",
    "doctors_of",
    "written",
]
