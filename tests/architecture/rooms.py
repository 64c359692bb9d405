# SPDX-License-Identifier: BSD-3-Clause
"""The table of rooms that a build writes to rooms.list, and what the checks share."""
import collections
import os
import sys

Room = collections.namedtuple("Room", "name level uses includes objects")


def read_rooms(build):
    rooms = []
    with open(os.path.join(build, "rooms.list")) as lines:
        for line in lines:
            name, level, uses, includes, objects = line.rstrip("\n").split("\t")
            split = lambda field: [part for part in field.split(",") if part]
            rooms.append(Room(name, int(level), split(uses), split(includes), split(objects)))
    return rooms


def finish(what, faults):
    """Print the faults, and end with the status that tests/run judges by."""
    for fault in faults:
        print(fault)
    print(f"{what}: {len(faults)} faults")
    sys.exit(1 if faults else 0)
