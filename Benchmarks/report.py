# SPDX-License-Identifier: Apache-2.0
"""What was measured, as a table for people."""

import statistics


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def table(options, results):
    rows = [("what", "pail", "s5cmd", "ratio", "CPU pail", "CPU s5cmd")]
    size = options.size
    for name, title in (("write", f"cp {size} MiB in, until close"), ("read", f"cat {size} MiB, cold")):
        if name not in results:
            continue
        found = results[name]
        ours, theirs = found["pail"], found["s5cmd"]
        rows.append((
            title, f"{median(ours, 'seconds'):.2f} s", f"{median(theirs, 'seconds'):.2f} s",
            f"{found['ratio']:.2f}", f"{median(ours, 'cpu'):.2f} s", f"{median(theirs, 'cpu'):.2f} s"))
    if "ls" in results:
        found = results["ls"]
        cold, again = found["cold"], found["again"]
        title = f"ls -lR of {found['objects']} objects"
        rows.append((f"{title}, cold", f"{cold['seconds']:.2f} s", "", "", f"{cold['cpu']:.2f} s", ""))
        rows.append((
            f"{title}, again", f"{median(again, 'seconds'):.2f} s", "", "", f"{median(again, 'cpu'):.2f} s", ""))
    if "list" in results:
        found = results["list"]
        lists = found["requests"].get("ListObjectsV2", 0)
        rows.append((f"ls -U of {found['objects']}: {lists} LIST requests", f"{found['seconds']:.2f} s", "", "",
                     f"{found['cpu']:.2f} s", ""))
    if "memory" in results:
        found = results["memory"]
        rows.append((f"cp {found['mebibytes']} MiB in: peak {found['peak_kib'] // 1024} MiB resident",
                     f"{found['seconds']:.2f} s", "", "", f"{found['cpu']:.2f} s", ""))
    aligned(rows)


def aligned(rows):
    """Prints rows of cells in columns, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
