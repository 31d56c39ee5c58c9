"""Judges messages with libxml2: the second opinion of tests/it/differential.rs.

Usage: judge.py MESSAGES XSD_FOLDER... MESSAGES holds per message four bytes of length, little endian,
and the message. Writes one character per message: 1 valid, 0 not.
"""

import struct
import sys
from pathlib import Path

from lxml import etree


def main(messages: str, *folders: str) -> None:
    schemas = {}
    for path in (path for folder in folders for path in Path(folder).glob("jw*.xsd")):
        tree = etree.parse(str(path))
        schemas[tree.getroot().get("targetNamespace")] = etree.XMLSchema(tree)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    data = memoryview(Path(messages).read_bytes())
    verdicts = []
    while data:
        (length,) = struct.unpack_from("<I", data)
        verdicts.append("1" if valid(bytes(data[4 : 4 + length]), parser, schemas) else "0")
        data = data[4 + length :]
    sys.stdout.write("".join(verdicts))


def valid(message: bytes, parser: etree.XMLParser, schemas: dict) -> bool:
    try:
        root = etree.fromstring(message, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return False
    schema = schemas.get(etree.QName(root).namespace)
    return schema is not None and schema.validate(root)


main(*sys.argv[1:])
