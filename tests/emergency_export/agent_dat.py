"""DAT files made by hand for the agent's tests: literal positions, nothing of the project's writer.

The numbers stand as in the interface description, first position counted from 1.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

CUPID = "999"
WIDTH = 442


def laid(*parts):
    """Lay (position, text) out on a blank record."""
    line = [" "] * WIDTH
    for position, text in parts:
        assert position - 1 + len(text) <= WIDTH
        line[position - 1 : position - 1 + len(text)] = text
    return "".join(line)


def number_of(index):
    return f"01632{960000 + index:06d}"


def ref_of(index):
    return f"999/999/{index:012d}"


def data(rec_no, command="A", ref=None, **changed):
    """A record that is right in everything; `changed` by field name."""
    value = {
        "telephone_no": number_of(1),
        "effective_date": "20270301",
        "parent_cupid": "999",
        "child_cupid": "999",
        "change_cupid": "998" if command == "E" else "",
        "line_type": "VOIP",
        "title": "",
        "forename": "",
        "name": "EXAMPLE TRADING LTD",
        "honours": "",
        "bus_suffix": "",
        "premises": "UNIT 3",
        "thoroughfare": "HIGH STREET",
        "locality": "LEEDS",
        "postcode": "LS11 5DF",
        "retailer_id": "",
        "address_id": "",
        "address_id_source": "",
        "new_telephone_no": "",
        "cross_ref": "ORDER 7",
        "rec_type": "D",
        "rec_no": f"{rec_no:07d}",
    }
    assert changed.keys() <= value.keys()
    value |= changed
    return laid(
        (1, value["rec_type"]),
        (2, value["rec_no"]),
        (9, ref_of(rec_no) if ref is None else ref),
        (29, command),
        (30, value["telephone_no"]),
        (45, value["effective_date"]),
        (53, value["parent_cupid"]),
        (56, value["child_cupid"]),
        (59, value["change_cupid"]),
        (62, value["line_type"]),
        (66, value["title"]),
        (86, value["forename"]),
        (106, value["name"]),
        (156, value["honours"]),
        (186, value["bus_suffix"]),
        (236, value["premises"]),
        (296, value["thoroughfare"]),
        (351, value["locality"]),
        (381, value["postcode"]),
        (389, value["retailer_id"]),
        (395, value["address_id"]),
        (407, value["address_id_source"]),
        (408, value["new_telephone_no"]),
        (423, value["cross_ref"]),
    )


def header(name, sequence, **changed):
    value = {
        "rec_type": "H",
        "format_id": "EFFL0001",
        "cupid": CUPID,
        "created_date": "20270301",
        "created_time": "020000",
        "file_sequence": f"{sequence:06d}",
        "file_kind": "D",
        "environment": "T",
        "file_name": name,
    }
    assert changed.keys() <= value.keys()
    value |= changed
    positions = zip((1, 2, 10, 13, 21, 27, 33, 34, 35), value.values(), strict=True)
    return laid(*positions)


def trailer(before, sequence, **changed):
    """The trailer for the lines before it; checksum over their bytes with line ends."""
    commands = [line[28:29] for line in before[1:] if line[:1] == "D"]
    value = {
        "rec_type": "T",
        "cupid": CUPID,
        "file_sequence": f"{sequence:06d}",
        "record_count": f"{len(commands):07d}",
    }
    for letter in "ACMEI":
        value[f"count_{letter.lower()}"] = f"{commands.count(letter):07d}"
    value["count_other"] = f"{sum(commands.count(letter) for letter in 'KPR'):07d}"
    value["checksum"] = hashlib.sha256(joined(before)).hexdigest()[:16].upper()
    assert changed.keys() <= value.keys()
    value |= changed
    positions = zip((1, 2, 5, 11, 18, 25, 32, 39, 46, 53, 60), value.values(), strict=True)
    return laid(*positions)


def joined(lines):
    return b"".join(line.encode("latin-1") + b"\r\n" for line in lines)


def name_of(sequence):
    return f"BT1999010327{sequence:02d}.DAT"


def dat(sequence, rows=(), *, name=None, header_changes=None, trailer_changes=None):
    """The bytes of a whole file."""
    lines = [header(name or name_of(sequence), sequence, **(header_changes or {})), *rows]
    return joined([*lines, trailer(lines, sequence, **(trailer_changes or {}))])


class Rehearsal:
    """A folder with both boxes, a clock, and an agent over them."""

    def __init__(self, root: Path, make_agent, **options):
        self.root = root
        self.at = datetime(2027, 3, 1, 2, 30, tzinfo=UTC)
        self._make, self._options = make_agent, options
        self.agent = self.again()

    def again(self, **options):
        """The same agent, as after a restart."""
        self.agent = self._make(
            self.root / "agent.db", self.root, CUPID, clock=lambda: self.at, **self._options | options
        )
        return self.agent

    def send(self, content, name):
        target = self.root / "outbox" / name
        part = target.with_name(f"{name}.part")
        part.write_bytes(content)
        part.rename(target)
        return target

    def submit(self, sequence, rows=(), **options):
        """Send a file and let the agent take one step."""
        name = options.get("name") or name_of(sequence)
        self.send(dat(sequence, rows, **options), name)
        return self.agent.step()

    def collect(self):
        """Take every reply out of the inbox: {name: text}."""
        found = {}
        for path in sorted((self.root / "inbox").iterdir()):
            assert path.suffix != ".part"
            found[path.name] = path.read_bytes().decode("latin-1")
            path.unlink()
        return found

    def fco(self):
        """Collect; the fields of the only FCO."""
        (text,) = [text for name, text in self.collect().items() if name.endswith(".FCO")]
        assert text.endswith("\r\n")
        assert text.count("\n") == 1
        return text[:-2].split("|")

    def codes(self):
        """Collect; the response codes of the CARs, in order."""
        return [row["response_code"] for row in self.car_rows()]

    def car_rows(self):
        rows = []
        for name, text in self.collect().items():
            if name.endswith(".CAR"):
                rows += [car_row(line) for line in text.split("\r\n") if line[:1] == "R"]
        return rows

    def later(self, **step):
        self.at += timedelta(**step)


def car_row(line):
    """The fields of a CAR row by the widths 1, 20, 15, 1, 4, 5, 1, 14, 2, 40, 80."""
    assert len(line) == 183
    return {
        "txn_ref": line[1:21].rstrip(),
        "telephone_no": line[21:36].rstrip(),
        "command": line[36],
        "response_code": line[37:41],
        "class": line[41:46].rstrip(),
        "final": line[46],
        "message_time": line[47:61],
        "error_count": line[61:63],
        "error_list": line[63:103].rstrip(),
        "text": line[103:183].rstrip(),
    }
