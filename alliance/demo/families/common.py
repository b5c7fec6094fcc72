"""Secondary diagnoses that many families share, with their chances per mille."""

VESSELS = "I10.x05:420 I10.x04:180 E11.900:230 E78.500:260"
COMPLICATIONS = (
    "I50.900:70 J18.900:60 E44.000:50 J90.x00:40 N17.900:30 K74.600:20 J96.000:24 A41.900:14 E43.x00:12 "
    "L89.300:5"
)
AGED = "N39.000:35 E87.600:70 E87.102:30 M81.900:60"
