"""What corrections owe persons and take of them: flowing down from shares, booked, paid and taken.

sharing   from corrected scores to the shares of every pool they divided
flowing   from an institution's corrected share to its pots and persons, by the rules that divided the month
booking   entries and amounts of a correction that is posted
owing     what is to be paid with the next lot, what is to be taken of the next pay
"""
