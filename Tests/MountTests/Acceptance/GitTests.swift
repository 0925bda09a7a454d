// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension SystemCalls {
  @Suite("git on a mount")
  struct GitTests {
    /// Some hundred files in directories, in two commits.
    private static let origin = """
      export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
      git init -q -b main "$D/origin"; cd "$D/origin"
      for directory in 1 2 3 4 5 6; do
        mkdir "$directory"
        for file in $(seq 50); do head -c "$((file * 40))" /dev/urandom | base64 > "$directory/$file.txt"; done
      done
      git add .; git commit -qm first; seq 1000 > 1/1.txt; git commit -qam second
      """

    private static let work = """
      export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
      git clone -q "file://$D/origin" "$M/clone"; cd "$M/clone"
      seq 2000 > 1/1.txt; git mv 2/2.txt 3/moved.txt; git rm -q 4/4.txt; echo new > new.txt
      git add .; git commit -qm third
      git checkout -q -b side HEAD~1; echo side > side.txt; git add .; git commit -qm side
      git checkout -q main; git merge -q --no-edit side
      git gc -q; git fsck --full --strict --no-progress
      """

    private static let proof = """
      export GIT_CONFIG_GLOBAL=/dev/null
      cd "$M/clone"; git fsck --full --strict --no-progress; test -z "$(git status --porcelain)"
      git clone -q "file://$M/clone" "$D/back"; test -z "$(git -C "$D/back" status --porcelain)"
      diff -r --exclude=.git "$M/clone" "$D/back"
      git log --format=%s | sort | tr '\\n' ' '
      """

    @Test(
      "clone, commit, merge and gc work, and survive a remount with an empty cache",
      arguments: ["write-back=close", "write-back=delayed"])
    func git(mode: String) async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), mode) { mount in
        try await mount.sh(Self.origin)
        try await mount.sh(Self.work, timeLimit: 300)
        try await mount.remountWithEmptyCache(mode)
        #expect(try await mount.sh(Self.proof) == "Merge branch 'side' first second side third ")
      }
    }
  }
}
