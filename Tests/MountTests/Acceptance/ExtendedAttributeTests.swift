// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension SystemCalls {
  @Suite("Extended attributes")
  struct ExtendedAttributeTests {
    /// SEMANTICS: xattr-mime-type, xattr-headers, xattr-metadata
    @Test("Attributes that are set here are the object's headers and metadata", arguments: StoreKind.allCases)
    func setting(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(
          """
          printf body > "$M/file"
          setfattr -n user.mime_type -v application/x-special "$M/file"
          setfattr -n user.color -v 'light blue' "$M/file"
          setfattr -n user.umlaut -v 'grün 100%' "$M/file"
          setfattr -n user.cache_control -v 'max-age=60' "$M/file"
          setfattr -n user.content_disposition -v 'attachment; filename="a.b"' "$M/file"
          """)
        // The last of them: what was set before may have gone to the bucket earlier.
        try await eventually(within: .seconds(10), "the object has its content disposition") {
          try mount.client.head(mount.bucket, "file")?.contentDisposition != nil
        }
        let head = try #require(try mount.client.head(mount.bucket, "file", hashing: true))
        #expect(head.contentType == "application/x-special")
        #expect(head.cacheControl == "max-age=60")
        #expect(head.contentDisposition == #"attachment; filename="a.b""#)
        #expect(head.metadata["color"] == "light blue")
        #expect(head.metadata["umlaut"] == "gr%C3%BCn 100%25")
        // sha256sum of "body": the bytes are those that were written.
        #expect(head.sha256 == "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5")
        try await mount.sh(
          """
          test "$(getfattr --only-values -n user.umlaut "$M/file")" = 'grün 100%'
          setfattr -x user.color "$M/file"
          ! getfattr -n user.color "$M/file" 2>/dev/null
          test "$(cat "$M/file")" = body
          """)
        try await eventually(within: .seconds(10), "the object has lost its color") {
          try mount.client.head(mount.bucket, "file")?.metadata["color"] == nil
        }
      }
    }

    /// SEMANTICS: xattr-metadata
    @Test(
      "What another client says of an object is read here, and survives changes here", arguments: StoreKind.allCases)
    func reading(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(
          mount.bucket, "object", "theirs".utf8, contentType: "text/x-theirs",
          metadata: ["origin": "boto3", "note": "50%25"])
        try await mount.python(
          """
          path = f'{M}/object'
          assert os.getxattr(path, 'user.mime_type') == b'text/x-theirs'
          assert os.getxattr(path, 'user.origin') == b'boto3'
          assert os.getxattr(path, 'user.note') == b'50%'
          names = os.listxattr(path)
          assert set(names) == {'user.mime_type', 'user.origin', 'user.note'}, names
          os.setxattr(path, 'user.added', b'here')
          with open(path, 'ab') as file: file.write(b' and ours')
          """)
        let head = try #require(try mount.client.head(mount.bucket, "object"))
        #expect(head.contentType == "text/x-theirs")
        #expect(head.metadata["origin"] == "boto3")
        #expect(head.metadata["added"] == "here")
        #expect(try mount.client.get(mount.bucket, "object") == Array("theirs and ours".utf8))
      }
    }

    /// SEMANTICS: xattr-mime-type
    @Test("Content types are guessed from suffixes", arguments: StoreKind.allCases)
    func guessing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(
          #"cd "$M"; for name in a.jpg A.JPG b.html c.json d.unheard-of plain; do echo x > "$name"; done"#)
        let types = [
          "a.jpg": "image/jpeg", "A.JPG": "image/jpeg", "b.html": "text/html", "c.json": "application/json",
          "d.unheard-of": "application/octet-stream", "plain": "application/octet-stream",
        ]
        for (key, type) in types {
          #expect(try mount.client.head(mount.bucket, key)?.contentType == type, "\(key)")
          #expect(try await mount.sh(#"getfattr --only-values -n user.mime_type "$M/$1""#, key) == type, "\(key)")
        }
      }
    }

    /// SEMANTICS: xattr-facts, xattr-urls, xattr-rules
    @Test(
      "Facts are read-only, a presigned URL works with curl, XATTR_CREATE and XATTR_REPLACE hold",
      arguments: StoreKind.allCases)
    func facts(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(#"printf content > "$M/with space.txt""#)
        let etag = try #require(try mount.client.head(mount.bucket, "with space.txt")).eTag
        try await mount.python(
          """
          path, etag = f'{M}/with space.txt', sys.argv[1].encode()
          assert os.getxattr(path, 'user.s3.etag').strip(b'"') == etag.strip(b'"')
          assert os.getxattr(path, 'user.s3.bucket') == B.encode()
          assert os.getxattr(path, 'user.s3.key') == b'with space.txt'
          assert attempt(os.setxattr, path, 'user.s3.etag', b'x') == 'EPERM'
          assert attempt(os.removexattr, path, 'user.s3.key') == 'EPERM'
          assert attempt(os.setxattr, path, 'user.s3.url', b'x') == 'EPERM'
          assert attempt(os.getxattr, path, 'user.absent') == 'ENODATA'
          assert attempt(os.removexattr, path, 'user.absent') == 'ENODATA'
          assert attempt(os.setxattr, path, 'user.one', b'1', os.XATTR_REPLACE) == 'ENODATA'
          os.setxattr(path, 'user.one', b'1', os.XATTR_CREATE)
          assert attempt(os.setxattr, path, 'user.one', b'2', os.XATTR_CREATE) == 'EEXIST'
          os.setxattr(path, 'user.one', b'2', os.XATTR_REPLACE)
          assert os.getxattr(path, 'user.one') == b'2'
          assert attempt(os.setxattr, path, 'user.big', b'x' * 2100) == 'ENOSPC'
          """, etag)
        try await mount.sh(
          """
          test "$(curl --noproxy '*' -fsS "$(getfattr --only-values -n user.s3.url "$M/with space.txt")")" = content
          printf uploaded | curl --noproxy '*' -fsS -T - "$(getfattr --only-values -n user.s3.upload_url "$M/with space.txt")" \
            -H 'Content-Length: 8' -H 'Transfer-Encoding:'
          """)
        #expect(try mount.client.get(mount.bucket, "with space.txt") == Array("uploaded".utf8))
      }
    }

    /// SEMANTICS: xattr-facts, xattr-rules, call-xattr
    @Test("The error of each mistake is that of the manual page, on files, directories and links")
    func errors() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.python(
          """
          file, directory, link = f'{M}/file', f'{M}/directory', f'{M}/link'
          open(file, 'w').close(); os.mkdir(directory); os.symlink('file', link)
          set, get, remove = os.setxattr, os.getxattr, os.removexattr
          for path in [file, directory]:
              set(path, 'user.xdg.origin.url', b'http://x/?a=b'); assert get(path, 'user.xdg.origin.url') == b'http://x/?a=b'
              set(path, 'user.empty', b''); assert get(path, 'user.empty') == b''
              set(path, 'user.binary', bytes(range(256))); assert get(path, 'user.binary') == bytes(range(256))
              remove(path, 'user.binary'); assert attempt(get, path, 'user.binary') == 'ENODATA'
              for key in ['user.Capital', 'user.mode', 'user.with space', 'user.--symlink-target']:
                  assert attempt(set, path, key, b'x') == 'EINVAL', key
                  assert attempt(get, path, key) == 'ENODATA', key
              for key in ['trusted.x', 'security.x', 'system.x']:
                  assert attempt(set, path, key, b'x') == 'ENOTSUP', key
              assert attempt(set, path, 'user.' + 'x' * 251, b'x') == 'ERANGE'
              assert attempt(set, path, 'user.x', b'x' * 65537) == 'E2BIG'
              assert attempt(set, path, 'user.x', b'x' * 2048) == 'ENOSPC'
              assert not any(key.startswith('user.s3.') for key in os.listxattr(path))
          # All user metadata counts, as it is sent: %XX for a byte that is not printable.
          set(file, 'user.fill', b'x' * 1500)
          assert attempt(set, file, 'user.more', b'\\xff' * 300) == 'ENOSPC'
          assert attempt(get, file, 'user.more') == 'ENODATA'
          # The kernel itself (xattr(7)).
          assert attempt(lambda: set(link, 'user.x', b'x', follow_symlinks=False)) == 'EPERM'
          import ctypes
          c = ctypes.CDLL(None, use_errno=True)
          assert c.getxattr(file.encode(), b'user.xdg.origin.url', ctypes.create_string_buffer(3), 3) == -1
          assert ctypes.get_errno() == errno.ERANGE
          assert c.listxattr(file.encode(), ctypes.create_string_buffer(3), 3) == -1 and ctypes.get_errno() == errno.ERANGE
          """)
      }
    }

    /// SEMANTICS: xattr-urls, xattr-rules
    @Test("cp, rsync, curl and setfattr keep extended attributes")
    func programs() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.sh(
          """
          printf x > "$D/source"
          setfattr -n user.color -v blue "$D/source"; setfattr -n user.mime_type -v text/x-blue "$D/source"
          cp --preserve=xattr "$D/source" "$M/cp"
          rsync -aX "$D/source" "$M/rsync"
          curl -fsS --xattr -o "$M/curl" "file://$D/source"
          getfattr -d "$M/cp" > "$D/list"; ! grep -q 's3' "$D/list"; grep -qx 'user.color="blue"' "$D/list"
          cp --preserve=xattr "$M/cp" "$D/back"; test "$(getfattr --only-values -n user.color "$D/back")" = blue
          cp --preserve=xattr "$M/cp" "$M/again"; rsync -aX "$M/cp" "$M/again2"; rsync -aX "$M/cp" "$M/again2"
          setfattr -x user.color "$M/rsync"
          """)
        try await mount.unmount()
        for name in ["cp", "again", "again2"] {
          let head = try #require(try mount.client.head(mount.bucket, name))
          #expect(head.metadata["color"] == "blue" && head.contentType == "text/x-blue", "\(name): \(head)")
        }
        let synced = try #require(try mount.client.head(mount.bucket, "rsync"))
        #expect(synced.metadata["color"] == nil && synced.contentType == "text/x-blue")
        let fetched = try #require(try mount.client.head(mount.bucket, "curl"))
        #expect(fetched.metadata["xdg.origin.url"]?.hasPrefix("file://") == true, "\(fetched)")
      }
    }
  }
}
