#!/usr/bin/python3
"""The chain and the signature of an evidence file, checked by itself: docs/check_evidence.py FILE [PUBLIC_KEY]

Written from docs/evidence.md alone, as an auditor would; it shares nothing with the programs. It does not fold the log:
the figures are `bochuang verify`'s to check, or a fold of your own over `logs`. Needs python3-nacl.
"""
import hashlib
import json
import struct
import sys

import nacl.exceptions
import nacl.signing

MAGIC = b'bochuang-evidence 2\n'
KEY, SIGNATURE, FRAME, MARK = 32, 64, struct.Struct('<QQcQ'), 8


class Wrong(Exception):
    """What does not hold, and where."""


def sha256(data):
    return hashlib.sha256(data).digest()


def frames(data):
    """(offset, first, last, kind, payload, mark) of each frame, up to the public key."""
    if not data.startswith(MAGIC):
        raise Wrong('no evidence file of this format')
    at, end = len(MAGIC), len(data) - KEY - SIGNATURE
    while at < end:
        first, last, kind, length = FRAME.unpack_from(data, at)
        body, mark = at + FRAME.size, MARK if kind in b'eac' else 0
        if body + length + mark > end:
            raise Wrong(f'cut at byte {at}')
        yield at, first, last, kind.decode(), data[body:body + length], data[body + length:body + length + mark]
        at = body + length + mark


def read(data, public_key=None):
    """{'contest', 'logs': [[(ms, seq, kind, payload)]], 'heads', 'versions', 'totals', 'key'}; Wrong where it does not hold."""
    found = {'logs': [], 'heads': [], 'versions': []}
    log, head = [], bytes(32)
    for at, first, last, kind, payload, mark in frames(data):
        if kind == 'B':
            found['contest'], shards = payload.decode(), first
        elif kind in 'eac':
            head = sha256(head + FRAME.pack(first, last, kind.encode(), len(payload)) + payload)
            if head[:MARK] != mark:
                raise Wrong(f'the chain breaks at entry {len(log)} of shard {len(found["logs"])}, byte {at}')
            log.append((first, last, kind, payload))
        elif kind == 'H':
            if payload != head or first != len(log):
                raise Wrong(f'the head of shard {len(found["logs"])}, byte {at}')
            found['logs'].append(log)
            found['heads'].append(head.hex())
            log, head = [], bytes(32)
        elif kind == 'V':
            found['versions'].append(json.loads(payload))
        elif kind == 'T':
            found['totals'] = json.loads(payload)
    if len(found['logs']) != shards or [chain['head'] for chain in found['totals']['chains']] != found['heads']:
        raise Wrong('the heads are not those of the totals')
    signed, signature = data[:-SIGNATURE], data[-SIGNATURE:]
    found['key'] = signed[-KEY:].hex()
    try:
        nacl.signing.VerifyKey(signed[-KEY:]).verify(MAGIC + sha256(signed), signature)
    except nacl.exceptions.BadSignatureError:
        raise Wrong('the signature does not hold') from None
    if public_key and found['key'] != public_key:
        raise Wrong(f'signed by another key: {found["key"]}')
    return found


if __name__ == '__main__':
    try:
        with open(sys.argv[1], 'rb') as file:
            evidence = read(file.read(), *sys.argv[2:3])
    except Wrong as wrong:
        sys.exit(f'{sys.argv[1]} does not hold: {wrong}')
    print(f'{evidence["contest"]}: {sum(map(len, evidence["logs"]))} entries, key {evidence["key"]}', *evidence['heads'], sep='\n')
