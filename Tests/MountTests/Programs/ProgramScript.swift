// SPDX-License-Identifier: Apache-2.0

/// What a program is asked to do in an empty directory: `/bin/sh -ec`, with the same input each time in `../input`.
///
/// What it prints must be the same wherever the directory is, and so must the tree that it leaves.
struct ProgramScript: Sendable {
  let name: String
  let script: String

  init(_ name: String, _ script: String) { (self.name, self.script) = (name, script) }

  /// Makes `$D/input`: a few files, an executable, links, a directory without entries, times that were set.
  static let input = """
    mkdir -p "$D/input/sub/empty" "$D/local"; cd "$D/input"
    seq 5000 > numbers.txt; head -c 300000 /dev/zero | tr '\\\\0' x > "a file.bin"; : > empty.txt; echo ünï > 'sub/ünï.txt'
    printf '#!/bin/sh\\necho run "$@"\\n' > sub/program; chmod 755 sub/program; ln -s ../numbers.txt sub/link; ln -s nowhere dangling
    chmod 640 "a file.bin"
    find . -depth -exec touch -h -d '2020-02-03 04:05:06.789012345 UTC' {} +
    """

  /// Describes the tree `$1`: kind, mode, owner, size, content or target of each entry, and times that were set.
  static let picture = """
    import hashlib
    root = sys.argv[1]
    for parent, directories, files in os.walk(root):
        directories.sort()
        for name in sorted(directories + files):
            path = os.path.join(parent, name)
            found = os.lstat(path)
            words = [os.path.relpath(path, root), oct(found.st_mode), found.st_uid, found.st_gid]
            if stat.S_ISREG(found.st_mode): words += [found.st_size, hashlib.sha1(read(path)).hexdigest()]
            if stat.S_ISLNK(found.st_mode): words.append(os.readlink(path))
            if not stat.S_ISDIR(found.st_mode): words.append(found.st_mtime_ns if found.st_mtime < 1_700_000_000 else 'now')
            print(*map(repr, words))
    """
}
