"""Secondary diagnoses that many families share, with their chances per mille."""

VESSELS = "I10.x05:420 I10.x04:180 E11.900:230 E78.500:260"
AGED = "N39.000:35 E87.600:70 E87.102:30 M81.900:60"
