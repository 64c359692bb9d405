# SPDX-License-Identifier: BSD-3-Clause
"""gdb commands for OSv guests; `osv gdb` loads this file. `help osv` lists the commands."""
import gdb

REGION_KINDS = {1: "RAM", 2: "reserved", 3: "ACPI", 4: "ACPI NVS", 5: "bad", 7: "persistent"}


def global_of(name, files):
    """A global, or a static of one of @files; None if the image has none."""
    for expression in [f"'{file}'::{name}" for file in files] + [name]:
        try:
            return gdb.parse_and_eval(expression)
        except gdb.error:
            continue
    return None


def container_of(pointer, type_name, member):
    structure = gdb.lookup_type(type_name)
    offset = next(field.bitpos // 8 for field in structure.fields() if field.name == member)
    return (pointer.cast(gdb.lookup_type("char").pointer()) - offset).cast(structure.pointer())


def list_entries(head, type_name, member):
    node = head["next"]
    while int(node) not in (0, int(head.address)):
        yield container_of(node, type_name, member)
        node = node["next"]


def tree_nodes(node):
    """In order, without recursion: trees may be broken in a crashed guest, but not endlessly deep."""
    stack = []
    while (node or stack) and len(stack) < 200:
        while node:
            stack.append(node)
            node = node["left"]
        node = stack.pop()
        yield node
        node = node["right"]


def symbol_at(address):
    text = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    return "" if text.startswith("No symbol") else text.split(" in section")[0].replace("osv.", "", 1)


def first_process():
    table = global_of("table", ["lib/process/process.c"])
    if table is None:
        return None
    return next(list_entries(table, "struct process", "table_link"), None)


class Osv(gdb.Command):
    """Commands about an OSv guest: osv info, osv threads, osv mmap."""

    def __init__(self):
        super().__init__("osv", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE, True)


class OsvInfo(gdb.Command):
    """How the guest was booted: protocol, command line, memory map."""

    def __init__(self):
        super().__init__("osv info", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        handoff = global_of("boot_handoff", [])
        if handoff is None or not handoff["protocol"]:
            raise gdb.GdbError("the guest has not got as far as its boot information")
        print("protocol     ", handoff["protocol"].string())
        print("command line ", handoff["cmdline"].string())
        print(f"image         {int(handoff['image_start']):#x} - {int(handoff['image_end']):#x}")
        for i in range(int(handoff["n_regions"])):
            region = handoff["regions"][i]
            start, end, kind = int(region["start"]), int(region["end"]), int(region["kind"])
            print(f"{REGION_KINDS.get(kind, kind):12}  {start:#14x} - {end:#14x}  {(end - start) // 1024} KiB")


class OsvThreads(gdb.Command):
    """The threads: number, state, name, and where each of them waits."""

    def __init__(self):
        super().__init__("osv threads", gdb.COMMAND_STATUS)

    def places(self, thread, depth=5):
        """Return addresses near the saved stack pointer: a guess, but it needs no frame layout."""
        text_start, text_end = (int(gdb.parse_and_eval(f"(unsigned long)&{n}")) for n in ("osv_text_start", "osv_text_end"))
        words = thread["ctx"]["sp"].cast(gdb.lookup_type("unsigned long").pointer())
        found = []
        for i in range(64):
            try:
                value = int(words[i])
            except gdb.MemoryError:
                break
            name = symbol_at(value) if text_start <= value < text_end else ""
            if "+" in name:
                found.append(name)
            if len(found) == depth:
                break
        return found

    def invoke(self, argument, from_tty):
        head = global_of("all", ["lib/sched/registry.c"])
        if head is None:
            raise gdb.GdbError("this image has no threads, or no debug information")
        for thread in list_entries(head, "struct thread", "all_link"):
            state = str(thread["state"].cast(gdb.lookup_type("enum thread_state"))).replace("THREAD_", "").lower()
            print(f"{int(thread['tid']):6}  {state:14}  {thread['name'].string():16}")
            if state.startswith(("sleep", "stopped")):
                for place in self.places(thread):
                    print("           ", place)


class OsvMmap(gdb.Command):
    """The areas of the first process's address space."""

    def __init__(self):
        super().__init__("osv mmap", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        process = first_process()
        if process is None or not process["space"]:
            raise gdb.GdbError("there is no process yet")
        for node in tree_nodes(process["space"]["areas"]["node"]):
            area = container_of(node, "struct vm_area", "node")
            prot = int(area["prot"])
            rights = "".join(letter if prot & bit else "-" for bit, letter in ((1, "r"), (2, "w"), (4, "x")))
            name = area["name"].string() if area["name"] else ""
            print(f"{int(area['start']):016x}-{int(area['end']):016x} {rights} {(int(area['end']) - int(area['start'])) // 1024:10} KiB  {name}")


Osv()
OsvInfo()
OsvThreads()
OsvMmap()
