# SPDX-License-Identifier: Apache-2.0
"""What is in a directory, as another process sees it: whoever looks at a mount that hangs would hang as well.

As a program: pickles what is below its argument to standard output.
"""

import os
import pickle
import subprocess
import sys

sys.dont_write_bytecode = True


def snapshot(place, seconds=120):
    """Files (bytes by path) and directories below `place`."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), place], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds)
    if done.returncode:
        raise OSError(f"{place} cannot be read: {done.stderr.decode().strip().splitlines()[-1]}")
    return pickle.loads(done.stdout)


def fail(error):
    raise error


def walk(place):
    files, directories = {}, set()
    for directory, names, others in os.walk(place, onerror=fail):
        below = os.path.relpath(directory, place)
        below = "" if below == "." else below + "/"
        directories.update(below + name for name in names)
        for name in others:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                data = file.read()
            size = os.stat(path).st_size
            if size != len(data):
                raise OSError(f"{path}: stat says {size} bytes, {len(data)} were read")
            files[below + name] = data
    return files, directories


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(walk(sys.argv[1])))
