# SPDX-License-Identifier: MIT
"""What the bytes of a manifest store are for, read without Enliven's own readers."""
import struct

SUPERBOXES = (b"c2pa", b"c2ma", b"c2as", b"c2cs", b"c2cl")


def boxes(data, begin, end):
    while begin + 8 <= end:
        size = struct.unpack(">I", data[begin:begin + 4])[0]
        yield data[begin + 4:begin + 8], begin, begin + size
        begin += size


def cbor_item(data, at):
    """(major type, number, where its content begins, where it ends) of one item of definite length."""
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number >= 24:
        size = 1 << (number - 24)
        number = int.from_bytes(data[at:at + size], "big")
        at += size
    begin = at
    if major in (2, 3):
        at += number
    elif major in (4, 5, 6):
        for _ in range(number * (major - 3) if major != 6 else 1):
            at = cbor_item(data, at)[3]
    return major, number, begin, at


def mark(zones, begin, end, name):
    for at in range(begin, end):
        zones[at] = name


def zones_of_token(data, begin, end, zones):
    """The TSTInfo and the signature's value, which stands last, of a time-stamp token: what attests the time."""
    kind = data.index(b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04", begin, end) + 13
    mark(zones, kind + 4, kind + 2 + data[kind + 1], "attested time")  # [0] and an octet string, short ones
    mark(zones, end - 60, end, "attested time")


def zones_of_cose(data, at, zones):
    """COSE_Sign1: protected header with the certificates, unprotected one, no payload, signature."""
    _, _, content, end = cbor_item(data, at)
    if data[at] >> 5 == 6:
        _, _, content, end = cbor_item(data, content)
    mark(zones, at, end, "signature head")
    _, _, begin, at = cbor_item(data, content)
    mark(zones, begin, at, "certificate")
    _, pairs, at, end = cbor_item(data, at)
    for _ in range(pairs):
        _, _, key, value = cbor_item(data, at)
        after = cbor_item(data, value)[3]
        name = {b"pad": "pad", b"sigTst2": "time-stamp"}.get(data[key:value], "signature head")
        mark(zones, at, after, name)
        if name == "time-stamp":
            zones_of_token(data, value, after, zones)
        at = after
    begin = cbor_item(data, end)[3]  # behind null
    mark(zones, *cbor_item(data, begin)[2:], "signature")


def zones_of_box(data, begin, end, zones, assertion):
    """A superbox: `assertion` is its label where it is one, for then all but its head is hashed."""
    for kind, at, stop in boxes(data, begin + 8, end):
        if kind == b"jumd":
            own, label = data[at + 8:at + 12], data[at + 25:stop].split(b"\0")[0].decode("latin-1")
            within = assertion or own == b"c2as"
            mark(zones, at, stop, f"assertion {label}" if assertion else "description")
            if not assertion:
                zones[at + 24] = "toggles"
        elif kind == b"jumb":
            zones_of_box(data, at, stop, zones, within)
            if not within or own == b"c2as":
                mark(zones, at, at + 8, "description")
        elif own == b"c2cs":
            mark(zones, at, at + 8, "description")
            zones_of_cose(data, at + 8, zones)
        elif own == b"c2cl":
            mark(zones, at, at + 8, "description")
            mark(zones, at + 8, stop, "claim")
        else:
            mark(zones, at, stop, f"assertion {label}")


def zones_of(data, store, holder):
    """{place: zone} of the part of a file that holds the store, which lies there in one piece but for its first box's
    head (JPEG repeats it)."""
    _, begin, end = holder
    zones = {}
    mark(zones, begin, end, "carrier")
    place = data.index(store[8:], begin, end) - 8
    found = {}
    mark(found, 0, 8, "description")
    zones_of_box(store, 0, len(store), found, False)
    zones.update({place + at: zone for at, zone in found.items()})
    if data[begin + 4:begin + 8] == b"uuid":
        mark(zones, place + len(store), end, "pad")
    return zones
