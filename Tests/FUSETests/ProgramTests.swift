// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension MountedTests {
  /// Programs that know nothing of FUSE, on a file system in memory.
  @Suite struct ProgramTests {
    private let files = MemoryFileSystem()

    /// Runs a script in the mount and expects that it says nothing on standard error.
    private func output(of script: String, _ arguments: [String] = []) async throws -> String {
      try await TestMount.with(files) { mount in
        let outcome = try await Shell.script(script, arguments, in: mount.path)
        try await files.waitUntilReleased()
        #expect(outcome.error == "")
        #expect(outcome.status == 0)
        return outcome.output
      }
    }

    @Test func writesAndReadsAFile() async throws {
      let output = try await output(of: "echo hello > note; echo more >> note; cat note; stat -c '%s %b %o %a %F' note")
      #expect(output == "hello\nmore\n11 1 131072 644 regular file\n")
    }

    /// Files of many sizes, odd names, modes, times before 1970, links, an empty directory.
    private static let makeTree = """
      cd "$1"; mkdir -p 'deep/er/est' 'with space' 'ünïcode 日本語' empty
      for i in $(seq 150); do head -c $((i * 731)) /dev/urandom > "deep/file $i"; done
      : > 'with space/nothing'; head -c 1300000 /dev/urandom > 'ünïcode 日本語/big'
      ln -s '../deep/file 1' 'with space/link'; printf '#!/bin/sh\n' > deep/er/run; chmod 4750 deep/er/run
      touch -d '1969-12-31T23:59:58.25Z' deep/er/est/old; touch -d '2001-02-03T04:05:06.123456789Z' 'deep/file 2'
      chmod 1777 empty; touch -d '2005-01-01T00:00:00Z' empty; cd "$OLDPWD"
      """

    @Test func copiesTreesWithCpTarAndRsync() async throws {
      let source = try TemporaryDirectory("tree")
      let output = try await output(
        of: Self.makeTree + """

          cp -a "$1" copied
          mkdir unpacked; tar -C "$1" --format=posix -cf - . | tar -C unpacked --warning=no-timestamp -xpf -
          rsync -a "$1"/ synchronized
          for copy in copied unpacked synchronized; do
            diff -r --no-dereference "$1" $copy
            stat -c '%a %Y %.9Y %s %F' $copy/deep/er/run $copy/deep/er/est/old "$copy/deep/file 2" $copy/empty
          done | sort | uniq -c | cut -c 1-8
          (cd "$1"; stat -c %.9Y 'deep/file 2' deep/er/est/old); stat -c '%.9Y %a' copied/deep/er/est/old copied/deep/er/run | head -1
          rsync -ai "$1"/ synchronized
          mv unpacked/deep unpacked/renamed; mv unpacked moved; cmp "moved/renamed/file 7" "$1/deep/file 7"
          rm -r copied moved synchronized
          ls -A
          """, [source.path])
      #expect(output == "      3 \n      3 \n      3 \n      3 \n981173106.123456789\n-1.750000000\n-1.750000000 644\n")
    }

    @Test func listsTwentyThousandEntries() async throws {
      let output = try await output(
        of: """
          mkdir many; cd many; seq -f 'file-%05g' 20000 | xargs touch; cd ..
          ls many | wc -l; ls many | tail -1; ls -f many | wc -l
          ls -lR many | grep -c '^-rw'; find many -type f | sort -u | wc -l
          rm -r many; ls
          """)
      #expect(output == "20000\nfile-20000\n20002\n20000\n20000\n")
    }

    @Test func linksSymbolically() async throws {
      let output = try await output(
        of: """
          echo text > target; ln -s target link; ln -s missing/elsewhere dangling
          cat link; readlink dangling; test ! -e dangling; stat -c '%F %s' dangling; rm link; cat target
          """)
      #expect(output == "text\nmissing/elsewhere\nsymbolic link 17\ntext\n")
    }

    @Test func writesLargeFilesInEveryBlockSize() async throws {
      let output = try await output(
        of: """
          head -c 5000000 /dev/urandom > "$1"; sum=$(sha256sum < "$1")
          for size in 511 4k 128k 1M 3M; do
            dd if="$1" of=copy bs=$size status=none; test "$(sha256sum < copy)" = "$sum"
            dd if=copy bs=$size status=none | cmp - "$1"
          done
          dd if="$1" of=direct bs=1M oflag=direct iflag=fullblock count=4 status=none
          dd if=direct bs=1M iflag=direct status=none | cmp -n 4194304 - "$1"
          printf XY | dd of=copy bs=1 seek=1048575 conv=notrunc status=none
          dd if=copy bs=1 skip=1048574 count=4 status=none | cut -b 2-3
          truncate -s 100 copy; stat -c %s copy; truncate -s 5000 copy; tail -c 4900 copy | tr -d '\\0' | wc -c
          rm "$1"
          """, ["source"])
      #expect(output == "XY\n100\n0\n")
    }
  }
}
