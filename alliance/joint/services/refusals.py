"""Why something of joint work is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class JointRefused(Refused):
    """Joint work cannot be stored as asked; `field` names the form field."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        # Projects
        "code": "The code %(code)s is already taken. Choose another.",
        "no_steps": "Name at least one step, with its days or the parameter that says them.",
        "days": "Step %(number)d: give the days or choose the parameter, not both; days are 1 to %(most)d.",
        "from_day": "Steps that hold from %(day)s or later are already agreed. Choose a later day.",
        "ended": "This project has ended and takes nobody new.",
        "why": "Say why in a few words.",
        # Persons
        "first_day": "The day of the first diagnosis lies before the project (%(first)s) or in the future.",
        "own_side": "One of the two institutions must be your own.",
        "hospital": "Choose a hospital: this one is a primary institution.",
        "primary": "Choose a primary institution.",
        "doctor": "This doctor does not work at the institution, or no longer does.",
        "enrolled": "This person is already in the project. Open the person in the list instead.",
        "reason": "Choose a reason from the list.",
        "withdrawn_on": "The day lies before the first diagnosis (%(first)s) or in the future.",
        "withdrawn": "This person left the project on %(day)s.",
        # Steps of persons
        "done_on": "The day lies before the first diagnosis (%(first)s), after the person left, "
        "or in the future.",
        "no_doctor": "Say who did it.",
        # Techniques
        "payer": "Choose the paying institution, and only where an institution pays.",
        "fen": "Enter an amount of more than 0 yuan.",
        "decided_by": "Say which body or document decided it.",
        "subsidy_day": "A subsidy that holds from %(day)s is already decided. Choose a later day.",
        "cases_there": "Cases on %(day)s or later already bear the old subsidy. Choose a later day.",
        "own_payer": "An institution is not paid by itself.",
        "allowed": "%(place)s may already do this technique.",
        "licence_day": "The day lies before %(day)s, or cases after it are already entered.",
        "whom": "Name the patient, or give the record number.",
        "operator": "This operator does not work at your institution, or no longer does.",
        "day": "The day lies in the future.",
        "not_allowed": "%(place)s may not do this technique on %(day)s. The alliance's office allows it.",
        "no_subsidy": "No subsidy held on %(day)s.",
        "technique_ended": "This technique is no longer spread.",
        "case_twice": "This case of the day is already entered.",
        "same_person": "Another person than the one who entered it confirms a case.",
        # Conferences and research
        "staff": "This person does not work at your institution, or no longer does.",
        "there": "%(name)s already stands on the list.",
        "conference_over": "This conference is %(state)s: its lists stay as they are.",
        "held_on": "The day lies in the future.",
        "minutes": "Write the minutes: what was discussed and what follows.",
        "few_places": "Doctors of at least %(least)d institutions take part; each enters its own.",
        "no_case": "Bring at least one case first.",
        "leader": "The leader works at your institution.",
        "partners": "Choose at least one other institution of the alliance.",
        "last_day": "The last day lies before the first.",
        "number": "The project number %(number)s is already registered.",
        "ended_on": "The day lies before the first day (%(first)s) or in the future.",
        "result": "Say in a few words what came of it.",
        # Sheets
        "columns": "The sheet needs the columns name, day of the first diagnosis and code of the other "
        "institution (姓名, 首诊日期, 对方机构编码), and ID number or sex and date of birth.",
        "too_many": "A sheet holds at most %(limit)d lines.",
        "no_lines": "The sheet has no line below its heading.",
        "line_place": "Line %(line)d: no institution of the alliance has the code “%(code)s”.",
        "line_day": "Line %(line)d: “%(text)s” is no day. Write it as in 2026-11-12.",
        "line_sex": "Line %(line)d: “%(text)s” is no sex. Write 男 or 女.",
        "line_staff": "Line %(line)d: nobody with the staff number “%(code)s” works at your institution.",
        "line": "Line %(line)d: %(sentence)s",
    }
    fields = {
        "no_institution": "", "no_steps": "", "days": "", "ended": "", "own_side": "primary",
        "enrolled": "", "withdrawn": "", "no_doctor": "doctor", "columns": "sheet", "too_many": "sheet",
        "no_lines": "sheet", "there": "staff", "conference_over": "", "few_places": "", "no_case": "",
        "cases_there": "from_day", "subsidy_day": "from_day", "own_payer": "institution",
        "allowed": "institution", "licence_day": "", "whom": "record_no", "not_allowed": "technique",
        "no_subsidy": "day", "technique_ended": "technique", "case_twice": "", "same_person": "",
        "line_place": "sheet", "line_day": "sheet", "line_sex": "sheet",
        "line_staff": "sheet", "line": "sheet",
    }  # fmt: skip
