"""Postcode areas, and the codes that look like postcodes where no caller can be.

Areas and pseudo codes are facts about the Royal Mail's system, listed here by the project.
"""

import re

# The mainland areas can be read off Code-Point Open (120), to which Northern Ireland and the three
# Crown dependencies come: 124 (rules.md P01).
CROWN_DEPENDENCIES = {"GY": "Guernsey", "IM": "the Isle of Man", "JE": "Jersey"}
AREAS: frozenset[str] = frozenset(
    """
    AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY
    E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY
    L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM
    S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV
    YO ZE
    """.split()  # noqa: SIM905  a table is read more easily than 124 quoted words
)

_INWARD = r"[0-9][A-Z]{2}"
# Each with what to call it; matched against the text without white space, upper case (rules.md P05).
PSEUDO: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"GIR-?0AA", "a bank's own code"),
        (rf"BX[0-9]{{1,2}}-?{_INWARD}", "a mail address of a large organisation without a place"),
        (rf"XX[0-9]{{1,2}}-?{_INWARD}", "a mail-sorting code for parcels and returns"),
        (rf"BF[0-9]{{1,2}}-?{_INWARD}|BFPO-?[0-9]{{1,4}}", "a British Forces post office"),
        (rf"ZZ99-?{_INWARD}", "a code for statistics without a place"),
        (
            r"(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)-?1ZZ|GX11-?1[A-Z]{2}|AI-?2640",
            "an overseas territory",
        ),
        (r"KY[1-3]-[0-9]{4}|VG-?11[1-6]0|MSR-?1[1-3][0-9]0", "an overseas territory"),
        (r"(FL|GE|HM|MA|PG|SB|WK|DV)-?([0-9]{2}|[A-Z]{2})", "an overseas territory"),  # Bermuda
    )
)
