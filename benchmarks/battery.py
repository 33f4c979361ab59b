"""Would a stranger find a pattern in our luck? Raw bits for an external test battery.

The 64-bit words go to standard output, least significant byte first, without an end::

    python -m benchmarks.battery | dieharder -g 200 -a
    python -m benchmarks.battery --order one-id | dieharder -g 200 -a

Keyed numbers fail where keys are near each other, so the default order puts neighbours side
by side: 2 seeds x 4 streams x 16 times x 4,096 ids make a block, the next block continues
with the ids, and from block to block another of the four axes runs fastest.
``docs/chance.md`` has the results.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from crmlab.chance import Bits, Chance, bits

STREAMS = "stream 0", "stream 1", "stream 2", "stream 3"
TIMES = np.arange(16).reshape(-1, 1)
IDS_PER_BLOCK = 4096
TIMES_PER_BLOCK = 1 << 19


def neighbours(seed: int) -> Iterator[Bits]:
    """Blocks in which seeds, streams, times and ids lie next to each other."""
    for block in count():
        ids = np.arange(block * IDS_PER_BLOCK, (block + 1) * IDS_PER_BLOCK)
        bases = np.array(
            [[Chance(s).base(name, ids) for name in STREAMS] for s in (seed, seed + 1)]
        )
        words = bits(bases[:, :, np.newaxis, :], TIMES)  # seed, stream, time, id
        yield np.moveaxis(words, 3 - block % 4, -1)


def one_id(seed: int) -> Iterator[Bits]:
    """The draws of a single id, in the order of time."""
    base = Chance(seed).base(STREAMS[0], 0)
    for block in count():
        yield bits(base, np.arange(block * TIMES_PER_BLOCK, (block + 1) * TIMES_PER_BLOCK))


ORDERS = {"neighbours": neighbours, "one-id": one_id}


def main() -> None:
    """Write words until the reader has had enough, or until ``--blocks`` are written."""
    parser = argparse.ArgumentParser(description="Raw 64-bit words for a test battery.")
    parser.add_argument("--order", choices=ORDERS, default="neighbours")
    parser.add_argument("--seed", type=int, default=7, help="the first of the two seeds")
    parser.add_argument("--blocks", type=int, help="blocks of 4 MiB (default: endless)")
    options = parser.parse_args()
    try:
        for words in islice(ORDERS[options.order](options.seed), options.blocks):
            sys.stdout.buffer.write(words.astype("<u8").tobytes())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would complain once more when it closes the pipe on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
