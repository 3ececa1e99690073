"""Examples of what lists, imports and staff's calls take and give. Names are invented, numbers kept for fiction."""

from typing import Any

from app.api.examples import SENT

NOT_SHOWN = {"address_id", "address_id_source"}
RECORD: dict[str, Any] = {
    "number": "01632960001",
    **{name: value for name, value in SENT.items() if name not in NOT_SHOWN},
    "effective_date": "2027-03-03",
    "uprn": "",
    "udprn": "",
}
NUMBER: dict[str, Any] = {
    "id": 1,
    "number": "01632960001",
    "status": "waiting",
    "name": "HARBOUR LANE BAKERY",
    "postcode": "LS11 5DF",
    "since": "2027-03-03",
    "due_on": "2027-03-03",
    "wanted": RECORD,
    "accepted": None,
    "accepted_unknown": False,
    "rejected_because": "",
    "note": "",
}
NUMBERS: dict[str, Any] = {"items": [NUMBER], "next": None}
NUMBERS_SEARCH = {"search": "LS11", "limit": 50}
PLANNED = {
    "items": [
        {
            "id": 12,
            "number_id": 1,
            "kind": "record",
            "effective_date": "2027-03-03",
            "due_on": "2027-03-03",
            "waits": "waiting",
            "replaced": False,
            "gaining_cupid": "",
            "submitted_at": "2027-03-03T12:00:00+00:00",
            "sent": RECORD,
        }
    ]
}
BAR = {"numbers": ["01632 960002"]}
ADDRESS = {
    "id": 1,
    "typed": {
        "premises": "Pennant House",
        "thoroughfare": "Dewsbury Road",
        "locality": "",
        "post_town": "Leeds",
        "uprn": "",
        "udprn": "",
        "latitude": "",
        "longitude": "",
        "postcode": "LS11 5DF",
    },
    "numbers": [1],
    "version": "5f0c1a2b3c4d5e6f708192a3b4c5d6e7",
}
ADDRESS_CHANGE = {"premises": "Pennant House, Unit 7"}
ADDRESS_CHANGED = {"address_id": 2, "judgements": []}
CSV_EXAMPLE = (
    "number,name,premises,thoroughfare,post_town,postcode\r\n"
    "01632 960003,Harbour Lane Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF\r\n"
)
IMPORT: dict[str, Any] = {
    "id": "mZ0yq2cXhT8fJb4nVw6sKd1rGp3uLe5A",
    "state": "checked",
    "report": {
        "rows": 1,
        "accepted": 1,
        "unchanged": 0,
        "for_review": 0,
        "refused": 0,
        "dry_run": True,
        "saved": False,
    },
    "why": "",
    "rows_done": 1,
    "bytes_done": 126,
    "bytes_total": 126,
    "created_at": "2027-03-03T12:00:00+00:00",
    "expires_at": "2027-03-04T12:00:00+00:00",
}
FINDINGS = {
    "items": [
        {
            "code": "P02",
            "field": "postcode",
            "severity": "error",
            "message": "LS11 SDF is not a postcode.",
            "suggestion": "LS11 5DF",
            "alternatives": [],
            "row": 1,
        }
    ],
    "next": None,
}
ACCOUNT = {
    "id": 1,
    "business_name": "Harbour Lane Bakery Ltd",
    "contact_name": "Alex Example",
    "billing_address": "Pennant House, Dewsbury Road, Leeds",
    "billing_postcode": "LS11 5DF",
    "email": "accounts@example.com",
    "landline": "01632 960001",
    "mobile": "07700 900001",
    "company_number": "01234567",
    "vat_number": "",
}
ACCESS = {
    "id": 1,
    "kind": "api",
    "who": "eld_0123456789",
    "origin": "192.0.2.7",
    "device": "",
    "at": "2027-03-03T12:00:00+00:00",
    "last_at": "2027-03-03T12:30:00+00:00",
}
REVIEW = {
    "id": 12,
    "number_id": 1,
    "number": "01632960001",
    "effective_date": "2027-03-03",
    "submitted_at": "2027-03-03T12:00:00+00:00",
    "due_at": "2027-03-05T12:00:00+00:00",
    "problems": [],
    "sent": RECORD,
}
FILE = {
    "file_name": "999L20270303.01.DAT",
    "file_sequence": 1,
    "kind": "D",
    "state": "DELIVERED",
    "record_count": 1,
    "counts": {"A": 1},
    "sha256": "0" * 64,
    "created_at": "2027-03-03T02:00:00+00:00",
    "delivered_at": "2027-03-03T02:00:05+00:00",
    "answered_at": None,
    "reason": "",
    "holds": False,
    "incident": "",
    "resends": 0,
    "resent_at": None,
}
TONIGHT = {
    "due": 1,
    "due_by_command": {"A": 1},
    "on_hold": 0,
    "waiting_for_agent": 0,
    "in_review": 0,
    "open_cases": 0,
    "holding": [],
    "overdue": [],
    "last_file": FILE,
    "last_run": None,
    "next_run_at": "2027-03-04T02:00:00+00:00",
}
CASE: dict[str, Any] = {
    "id": 1,
    "number": "01632960001",
    "number_id": 1,
    "txn_ref": "999000000000001",
    "code": "0102",
    "text": "The premises are not known to us.",
    "field": "premises",
    "state": "open",
    "urgent": False,
    "owner": "alex@operations.example",
    "opened_at": "2027-03-03T03:00:00+00:00",
    "due_at": "2027-03-04T03:00:00+00:00",
    "overdue": False,
    "file_name": "999L20270303.01.DAT",
    "closed_at": None,
    "closed_why": "",
}
FIX = {"fields": {"premises": "Harbourmaster's House"}, "whole_address": False}
