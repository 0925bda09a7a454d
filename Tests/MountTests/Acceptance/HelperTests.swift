// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension Acceptance {
  @Suite("mount(8), fstab and options")
  struct HelperTests {
    @Test("A read-only mount refuses every change with EROFS", arguments: StoreKind.allCases)
    func readOnly(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), mounting: false) { mount in
        try mount.client.put(mount.bucket, "dir/file", "x")
        try await mount.mount(["ro"])
        try await mount.python(
          """
          assert read(f'{M}/dir/file') == b'x'
          file = f'{M}/dir/file'
          for function, arguments in [
                  (os.open, (f'{M}/new', os.O_CREAT | os.O_WRONLY)), (os.open, (file, os.O_WRONLY)), (os.mkdir, (f'{M}/new',)),
                  (os.unlink, (file,)), (os.rename, (file, f'{M}/new')), (os.chmod, (file, 0o600)), (os.rmdir, (f'{M}/dir',)),
                  (os.symlink, ('x', f'{M}/new')), (os.truncate, (file, 0)), (os.setxattr, (file, 'user.a', b'x')),
                  (os.utime, (file,))]:
              assert attempt(function, *arguments) == 'EROFS', (function, attempt(function, *arguments))
          """)
        #expect(try mount.client.list(mount.bucket).map(\.key) == ["dir/file"])
      }
    }

    /// The helpers are installed below `$D` and shown to mount(8) in /sbin of a mount namespace that ends with the script.
    private static let installed = #"""
      exec unshare -m --propagation private /bin/sh -ec '
        root=$1; pail=$2; shift 2
        "$root/scripts/install-helpers" --prefix "$D/prefix" --sbin "$D/sbin" --pail "$pail" > /dev/null
        mkdir "$D/upper" "$D/work"
        sbin=$(readlink -f /sbin)
        for link in mount.pail mount.fuse.pail; do cp -a "$D/sbin/$link" "$D/upper/$link"; done
        mkdir "$D/real"; mount --bind "$sbin" "$D/real"
        mkdir "$D/all"; mount -t tmpfs none "$D/all"
        for file in "$D/real"/*; do ln -s "$D/real/${file##*/}" "$D/all/${file##*/}"; done
        cp -a "$D/upper"/* "$D/all/"
        mount --bind "$D/all" "$sbin"
        \#("BODY")' sh "$@"
      """#

    private func inNamespace(_ mount: LiveMount, _ body: String) async throws {
      let probe = try await mount.attempt("unshare -m true")
      guard probe.succeeded else { try Test.cancel("no private mount namespaces here: \(probe.error)") }
      let outcome = try await Shell.script(
        Self.installed.replacingOccurrences(of: "BODY", with: body), [PackageDirectory.root, PailProgram.path],
        environment: mount.environment)
      #expect(outcome.succeeded, "\(outcome.status) \(outcome.output) \(outcome.error) \(mount.logTail)")
    }

    @Test("mount -t pail and -t fuse.pail with options", arguments: ["pail", "fuse.pail"])
    func mountCommand(type: String) async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), mounting: false) { mount in
        try mount.client.put(mount.bucket, "photos/file", "x")
        try await inNamespace(
          mount,
          """
          mount -t \(type) "s3://$B/photos" "$M" -o "_netdev,noatime,endpoint=$AWS_ENDPOINT_URL,region=us-east-1,uid=77,file_mode=600,cache-dir=\(mount.cacheDirectory),log-file=\(mount.logFile)"
          test "$(cat "$M/file")" = x
          test "$(stat -c "%u %a" "$M/file")" = "77 600"
          echo y > "$M/other"
          grep -q "^s3://$B/photos $M fuse.pail " /proc/self/mounts
          "$D/prefix/bin/pail" umount "$M"
          test -z "$(ls -A "$M")"
          """)
        #expect(try mount.client.get(mount.bucket, "photos/other") == Array("y\n".utf8))
      }
    }

    /// SEMANTICS: call-mount
    @Test("A line of fstab, with credentials from a file")
    func fstab() async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mounting: false) { mount in
        let credentials = mount.scratch + "/credentials"
        try """
        [default]
        aws_access_key_id = \(mount.server.accessKeyID)
        aws_secret_access_key = \(mount.server.secretAccessKey)

        """.write(toFile: credentials, atomically: true, encoding: .utf8)
        try await inNamespace(
          mount,
          """
          chmod 600 "\(credentials)"
          echo "s3://$B $M pail _netdev,nofail,x-systemd.automount,ro,endpoint=$AWS_ENDPOINT_URL,region=us-east-1,env.AWS_SHARED_CREDENTIALS_FILE=\(credentials),cache-dir=\(mount.cacheDirectory),log-file=\(mount.logFile) 0 0" > "$D/fstab"
          unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION
          mount -T "$D/fstab" "$M"
          mount -T "$D/fstab" -a
          test "$(grep -c " $M " /proc/self/mounts)" = 1
          ! touch "$M/x" 2> "$D/message"
          grep -qi "read-only" "$D/message"
          "$D/prefix/bin/pail" status "$M" --json | sed -n "s/^ *.pid. *: *//p" | tr -d , > "$D/pid"
          umount "$M"
          """)
        // umount(8) does not wait for the daemon.
        let pid = try #require(Int32(try await mount.sh(#"cat "$D/pid""#)))
        try await eventually(within: .seconds(10), "the daemon has ended") { !LiveMount.isRunning(pid) }
      }
    }
  }
}
