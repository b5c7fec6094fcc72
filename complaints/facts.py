"""What complaints tell the floors above: rows by place and month, with the ids behind every number.

Source: S1-47, S1-67, S3-17, definitions 5.5 (complaint rate per 10,000 visits), definitions 11.
"""
