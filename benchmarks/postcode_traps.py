"""Postcodes that are easily judged wrongly, each written by hand from the rules of Royal Mail and of this project."""

RIGHT = (
    "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "SW1A 2AA",  # the six shapes
    "N1C 4AA", "N1P 1AA", "E1W 1AA", "SE1P 5LX", "NW1W 9AA", "WC2N 5DU",  # letters that a copied pattern refuses
    "BS0 1AA", "CR0 2YR", "HA0 1AA", "L0 1AA",  # a lone 0
    "BT1 5GS", "ZE1 0HB", "HS1 2AA",
    "ls11 5df", "LS115DF", " LS11 5DF ", "LS11  5DF", "LS11\t5DF", "L S 1 1 5 D F",  # as people type
    "LS11\u00a05DF", "LS11\u202f5DF", "LS11-5DF", "LS11\u20135DF",  # as word processors write
    "\uff2c\uff33\uff11\uff11\u3000\uff15\uff24\uff26", "LS\uff11\uff11 5DF",  # full width
)  # fmt: skip

WRONG = (
    "SW1A 0A[", "SW1A 0A]", "SW1A 0a_", "SW1A^0AA",  # [A-z]
    "LS11 5DF\n5", "LS11 5DFX", "LS11 5D", "LS11", "5DF", "", "LS11 5DF LS11 5DF",
    "S01 4TT", "M1 IAE", "LS11 SDF", "0X1 3BG", "51 2HH", "8S1 4DJ", "N1C 4A4", "LSI1 5DF",  # slips
    "LS01 5DF", "M00 1AA", "B01 1AA",  # leading zeros
    "LS11 5DC", "LS11 5DI", "LS11 5DK", "LS11 5DM", "LS11 5DO", "LS11 5DV", "LS11 5CA", "LS11 5KA",  # inward letters
    "W1I 1AA", "W1Z 1AA", "E1L 1AA", "SW1C 1AA", "EC1D 1AA", "SW1I 1AA",  # last letters of a district
    "QQ1 1AA", "XA1 1AA", "A1 1AA", "T1 1AA", "ZZ1 1AA", "VV1 1AA", "AI1 1AA",  # no such area
    "NPT 0AA", "K1A 0B1", "90210", "D02 AF30",
    "\u041bS11 5DF", "LS\u0661\u0661 5DF", "\u0131G1 1NN", "LS11 5D\u0405",  # letters and digits of other scripts
)  # fmt: skip

# Well-formed for some, and no place in the United Kingdom where somebody can dial 999.
NOWHERE = (
    "GIR 0AA", "BX1 1LT", "BX5 5AT", "XX10 1AA", "BF1 2AY", "BF1 0AA", "BFPO 12", "ZZ99 3VZ",
    "ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "PCRN 1ZZ", "SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ", "TKCA 1ZZ",
    "GX11 1AA", "AI-2640", "KY1-1101", "VG1110", "MSR 1110", "HM 12", "JE2 3AB", "GY1 1AA", "IM1 1AA",
)  # fmt: skip
