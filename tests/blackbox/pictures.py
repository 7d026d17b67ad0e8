# SPDX-License-Identifier: MIT
"""Picture files written byte by byte: what no ordinary tool would write is what a stranger may send."""
import random
import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_head(width, height, depth=8, colour=2, interlace=0):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(width, height, rows, depth=8, colour=2, before=b""):
    """A PNG of rows of bytes; `before` are chunks that stand before the pixels."""
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return png_head(width, height, depth, colour) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_flat(width, height, colour=(0, 0, 0)):
    return png(width, height, [bytes(colour) * width] * height)


def png_noise(width, height, seed=1):
    source = random.Random(seed)
    return png(width, height, [source.randbytes(3 * width) for _ in range(height)])


def png_page(width, height, paper, noise, seed=1):
    """Lines of dark dashes, as of writing, on paper of one tone under the noise of a scanner."""
    source, rows = random.Random(seed), []
    for y in range(height):
        written = height // 12 < y < height - height // 12 and y % 24 < 9
        row = bytearray()
        for x in range(width):
            ink = written and width // 10 < x < width - width // 10 and (x * 7 + y // 24 * 13) % 31 < 14 and (x + y) % 5 < 2
            row += bytes(min(255, max(0, (50 if ink else c) + source.randint(-noise, noise))) for c in paper)
        rows.append(bytes(row))
    return png(width, height, rows)


def png_zeros(width, height, bytes_a_pixel, colour):
    """All black and any size, without holding it in memory."""
    packer, packed = zlib.compressobj(1), []
    row = bytes(1 + width * bytes_a_pixel)
    for _ in range(height):
        packed.append(packer.compress(row))
    packed.append(packer.flush())
    return png_head(width, height, 8, colour) + chunk(b"IDAT", b"".join(packed)) + chunk(b"IEND", b"")


def png_text_bomb(width, height, megabytes):
    """A small picture whose comment and profile unpack to megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    return png(width, height, [b"\x40\x80\xc0" * width] * height,
               before=chunk(b"iCCP", b"p\0\0" + packed) + chunk(b"zTXt", b"Comment\0\0" + packed))


def grey_gradient(width, height, depth=8):
    """Rows of a grey PNG, dark left, light right."""
    values = [(x << depth) // width for x in range(width)]
    if depth == 16:
        row = b"".join(struct.pack(">H", v) for v in values)
    elif depth == 8:
        row = bytes(values)
    else:
        bits = "".join(format(v, f"0{depth}b") for v in values).ljust((width * depth + 7) // 8 * 8, "0")
        row = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return [row] * height


def quadrants(width, height):
    """Rows of red, green / blue, yellow: no two turns of it look alike."""
    half = width // 2
    top = b"\xd0\x20\x20" * half + b"\x20\xa0\x20" * (width - half)
    bottom = b"\x20\x20\xd0" * half + b"\xd0\xd0\x20" * (width - half)
    return [top if y < height // 2 else bottom for y in range(height)]


# JPEG: flat 8x8 blocks only (a DC value each), which needs no transform

_DC_COUNTS = bytes([0, 1, 5, 1, 1, 1, 1, 1, 1] + [0] * 7)  # ITU T.81, table K.3
_DC_CODES = {0: "00", 1: "010", 2: "011", 3: "100", 4: "101", 5: "110", 6: "1110", 7: "11110", 8: "111110", 9: "1111110",
             10: "11111110", 11: "111111110"}


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_blocks(width, height, colours, adobe=None):
    """A baseline JPEG: colours(column, row) gives each block's components; `adobe` is its marker's transform flag."""
    columns, rows = (width + 7) // 8, (height + 7) // 8
    count = len(colours(0, 0))
    bits, last = [], [0] * count
    for y in range(rows):
        for x in range(columns):
            for c, value in enumerate(colours(x, y)):
                level = value - 128  # with a step of 8 the DC value is the level
                difference, last[c] = level - last[c], level
                size = abs(difference).bit_length()
                bits.append(_DC_CODES[size])
                if size:
                    bits.append(format(difference if difference > 0 else difference + (1 << size) - 1, f"0{size}b"))
                bits.append("0")  # end of block, the only AC symbol
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    scan = int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")
    components = b"".join(bytes([c + 1, 0x11, 0]) for c in range(count))
    out = b"\xff\xd8"
    if adobe is not None:
        out += segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([adobe]))
    out += segment(0xDB, b"\0" + bytes([8] * 64))
    out += segment(0xC0, struct.pack(">BHHB", 8, height, width, count) + components)
    out += segment(0xC4, b"\x00" + _DC_COUNTS + bytes(range(12))) + segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    out += segment(0xDA, bytes([count]) + b"".join(bytes([c + 1, 0]) for c in range(count)) + b"\0\x3f\0")
    return out + scan + b"\xff\xd9"


def jpeg_scans(width, height, scans):
    """A grey progressive JPEG whose blocks are refined again and again by empty scans: small, and slow to decode."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    out = b"\xff\xd8" + segment(0xDB, b"\0" + bytes([8] * 64))
    out += segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    out += segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\0")      # DC: category 0 is one bit
    out += segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\xe0")    # AC: a run of ended blocks is one bit and 14 more
    out += segment(0xDA, b"\x01\x01\x00\0\0\0") + bytes(blocks // 8) + bytes([0xFF >> blocks % 8] if blocks % 8 else [])
    run, runs = (1 << 15) - 1, -(-blocks // ((1 << 15) - 1))
    stream = ("0" + format(run - (1 << 14), "014b")) * runs
    stream += "1" * (-len(stream) % 8)
    scan = int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\0")
    return out + (segment(0xDA, b"\x01\x01\x00\x01\x01\0") + scan) * scans + b"\xff\xd9"


SECRETS = (b"SN-4242-SECRET", b"Olga Ownerova", b"SecretCam", b"48.858844", b"WGS-84-SECRET", b"Exif\0\0", b"photoshop:City", b"Hidden place")


def _ifd(entries, offset):
    """A TIFF directory: entries are (tag, type, count, bytes); what is longer than four bytes stands after it."""
    body, after = struct.pack("<H", len(entries)), b""
    start = offset + 2 + 12 * len(entries) + 4
    for tag, kind, count, data in sorted(entries):
        if len(data) <= 4:
            field = data.ljust(4, b"\0")
        else:
            field = struct.pack("<I", start + len(after))
            after += data + b"\0" * (len(data) % 2)
        body += struct.pack("<HHI", tag, kind, count) + field
    return body + b"\0\0\0\0" + after


def _text(tag, value):
    return (tag, 2, len(value) + 1, value + b"\0")


def exif(orientation=1, private=False):
    """An Exif block; a private one tells where, with which camera and by whom."""
    entries = [(0x0112, 3, 1, struct.pack("<H", orientation))]
    tail = b""
    if private:
        entries += [_text(0x010F, b"SecretCam"), _text(0x013B, b"Olga Ownerova"), (0x8769, 4, 1, bytes(4)), (0x8825, 4, 1, bytes(4))]
        first = 8 + len(_ifd(entries, 8))
        camera = _ifd([_text(0xA431, b"SN-4242-SECRET"), _text(0xA430, b"Olga Ownerova")], first)
        degrees = struct.pack("<6I", 48, 1, 51, 1, 3184, 100)
        place = _ifd([_text(1, b"N"), (2, 5, 3, degrees), _text(3, b"E"), (4, 5, 3, degrees), _text(0x12, b"WGS-84-SECRET")],
                     first + len(camera))
        entries[3] = (0x8769, 4, 1, struct.pack("<I", first))
        entries[4] = (0x8825, 4, 1, struct.pack("<I", first + len(camera)))
        tail = camera + place
    return b"II*\0\x08\0\0\0" + _ifd(entries, 8) + tail


def jpeg_with_exif(jpeg, orientation=1, private=False):
    out = segment(0xE1, b"Exif\0\0" + exif(orientation, private))
    if private:
        xmp = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
               b"<rdf:Description exif:GPSLatitude='48.858844' photoshop:City='Hidden place' aux:SerialNumber='SN-4242-SECRET'"
               b" xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:aux='http://ns.adobe.com/exif/1.0/aux/'"
               b" xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'/></rdf:RDF></x:xmpmeta>")
        out += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp) + segment(0xFE, b"Hidden place")
    return jpeg[:2] + out + jpeg[2:]
