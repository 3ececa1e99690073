"""The examples of the document; a test sends each of them. The numbers are those that Ofcom keeps for fiction."""

LOCATION = {
    "number": "01632 960001",
    "name": "Harbour Lane Bakery",
    "premises": "Pennant House",
    "thoroughfare": "Dewsbury Road",
    "post_town": "Leeds",
    "postcode": "LS11 5DF",
}
LOCATIONS = {"locations": [LOCATION, LOCATION | {"number": "01632 960002", "premises": "Pennant House, Unit 2"}]}
SENT = {
    "child_cupid": "999",
    "line_type": "",
    "title": "",
    "forename": "",
    "name": "HARBOUR LANE BAKERY",
    "honours": "",
    "business_suffix": "",
    "premises": "PENNANT HOUSE",
    "thoroughfare": "DEWSBURY ROAD",
    "locality": "LEEDS",
    "reference": "",
    "post_town": "LEEDS",
    "postcode": "LS11 5DF",
    "retailer_id": "HARB01",
    "address_id": "",
    "address_id_source": "",
}
JUDGEMENT = {
    "standing": "accepted",
    "number": "01632960001",
    "effective_date": "2027-03-03",
    "problems": [],
    "sent": SENT,
    "changes": [
        {"field": "thoroughfare", "kind": "capitals", "before": "Dewsbury Road", "after": "DEWSBURY ROAD"},
    ],
}
CHECKED = {"judgements": [JUDGEMENT]}
REGISTERED = {"rows": 1, "accepted": 1, "unchanged": 0, "for_review": 0, "refused": 0, "judgements": [JUDGEMENT]}
CEASE = {"numbers": ["01632 960001"], "date": "2027-03-31"}
SEARCH = {"number": "01632 960001"}
