"""What a customer acknowledges about 999 over the internet, and which text of it was shown (L7)."""

VOIP = "VOIP"  # the line type
# A text that changes gets a new version: what somebody agreed to is kept with the version that they saw.
TEXT_VERSION = "2026-11"
LIMITS = (
    "A 999 call over the internet fails without electricity, and where the internet connection is down.",
    "The emergency service is sent to the address that is registered here, wherever the telephone is.",
    "Whoever takes the telephone elsewhere must have its new address registered first, or say where they are.",
)
