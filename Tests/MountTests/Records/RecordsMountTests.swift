// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import TestSupport
import Testing

extension SystemCalls {
  @Suite("Records in a mount")
  struct RecordsMountTests {
    @Test("mkdir, cp, cat, rm, rmdir and mv do what they do to records and their files", arguments: StoreKind.allCases)
    func programs(store: StoreKind) async throws {
      try await RecordsMount.use(store.shared()) { mount in
        try await mount.live.sh(
          #"""
          cd "$M/.records"
          [ "$(ls)" = "$(printf 'PhotoAlbum\nSong')" ]
          printf '\377\330\377\340 a picture' > "$D/cover.jpg"
          echo a > "$D/a.jpg"; echo b > "$D/b.jpg"
          mkdir Song/42 PhotoAlbum/7
          cp "$D/cover.jpg" Song/42/coverArtPath
          cmp "$D/cover.jpg" Song/42/coverArtPath
          [ "$(readlink Song/42/coverArtPath)" = ../../../images/42-coverArtPath.jpg ]
          cmp "$D/cover.jpg" "$M/images/42-coverArtPath.jpg"
          cp "$D/a.jpg" "$D/b.jpg" PhotoAlbum/7/imagePaths/
          [ "$(ls PhotoAlbum/7/imagePaths)" = "$(printf 'a.jpg\nb.jpg')" ]
          cmp "$D/b.jpg" PhotoAlbum/7/imagePaths/b.jpg

          echo '{"name": "Blue"}' > Song/42/record.json
          grep -q '"name" : "Blue"' Song/42/record.json
          sed -i s/Blue/Green/ Song/42/record.json
          grep -q '"name" : "Green"' Song/42/record.json
          [ "$(stat -c %s Song/42/record.json)" = "$(wc -c < Song/42/record.json)" ]

          rm PhotoAlbum/7/imagePaths/a.jpg
          [ "$(ls PhotoAlbum/7/imagePaths)" = b.jpg ]
          cmp "$D/a.jpg" "$M/images/7-a.jpg"
          cp -p "$D/cover.jpg" Song/42/front.jpg
          mv Song/42/front.jpg Song/42/coverArtPath
          [ "$(readlink Song/42/coverArtPath)" = ../../../images/42-front.jpg ]
          mv "$D/a.jpg" PhotoAlbum/7/imagePaths/c.jpg
          [ "$(ls PhotoAlbum/7/imagePaths)" = "$(printf 'b.jpg\nc.jpg')" ]
          rm Song/42/coverArtPath
          [ "$(ls Song/42)" = record.json ]
          rmdir Song/42
          [ -z "$(ls Song)" ]
          rm -r PhotoAlbum/7
          [ -z "$(ls PhotoAlbum)" ]
          [ "$(find "$M" -type f | wc -l)" = 5 ]
          """#)
        // Not listed in the root, and no obstacle.
        #expect(try await mount.live.sh(#"ls -A "$M""#) == "images")
        let outcome = try await mount.live.attempt(#"mv "$M/images/7-a.jpg" "$M/.records/Song/""#)
        #expect(outcome.status != 0)
        try await mount.live.unmount()
      }
    }

    @Test("With records-files=delete files go with their links and records", arguments: StoreKind.allCases)
    func deletion(store: StoreKind) async throws {
      try await RecordsMount.use(store.shared(), options: ["records-files=delete"]) { mount in
        try await mount.live.sh(
          #"""
          cd "$M/.records"
          mkdir PhotoAlbum/7
          for name in a b c; do echo $name > PhotoAlbum/7/imagePaths/$name.txt; done
          [ "$(ls "$M/images" | wc -l)" = 3 ]
          rm PhotoAlbum/7/imagePaths/a.txt
          rmdir PhotoAlbum/7
          # The mount may believe its listing for a second.
          for i in $(seq 100); do [ -z "$(ls "$M/images" 2>/dev/null)" ] && break; sleep 0.1; done
          [ -z "$(ls "$M/images" 2>/dev/null)" ]
          """#)
        #expect(try mount.live.client.list(mount.live.bucket).filter { !$0.key.hasSuffix("/") } == [])
      }
    }

    @Test("What is wrong is an error of close, of rename or of mkdir, and changes nothing")
    func errors() async throws {
      try await RecordsMount.use(StoreKind.seaweedFS.shared()) { mount in
        try await mount.python(
          """
          os.mkdir(f'{R}/Song/42')
          before = record('Song/42')
          for text in ['{"name": "Green"', '[]', '{"title": "x"}', '{"name": 5}', '{"name": null}', '{"id": "43"}']:
              assert attempt(write, 'Song/42/record.json', text) == 'EINVAL', text
          assert record('Song/42') == before
          assert attempt(write, 'Song/42/record.json', json.dumps({**before, 'updatedAt': '2020-01-01T00:00:00.000Z'})) == 'ESTALE'
          write('Song/42/record.json', json.dumps({**before, 'name': 'Blue'}))
          assert record('Song/42')['name'] == 'Blue'

          assert attempt(os.mkdir, f'{R}/Song/42') == 'EEXIST'
          assert attempt(os.mkdir, f'{R}/Album') == 'EPERM'
          assert attempt(os.rmdir, f'{R}/Song') == 'EPERM'
          assert attempt(os.rmdir, R) == 'EBUSY'
          assert attempt(os.mkdir, R) == 'EEXIST'
          assert attempt(os.stat, f'{R}/Song/43') == 'ENOENT'
          assert attempt(os.symlink, 'x', f'{R}/Song/42/coverArtPath') == 'EPERM'
          assert attempt(write, 'Song/x', 'x') == 'EPERM'
          assert attempt(os.rename, f'{R}/Song/42', f'{R}/Song/43') in ('EPERM', 'EXDEV')
          assert attempt(os.rename, f'{R}/Song/42/record.json', f'{M}/x') == 'EXDEV'

          write('Song/42/draft', 'no record')
          assert attempt(os.rename, f'{R}/Song/42/draft', f'{R}/Song/42/record.json') == 'EINVAL'
          os.unlink(f'{R}/Song/42/draft')
          assert sorted(os.listdir(f'{R}/Song/42')) == ['record.json']
          """)
        try await mount.live.sh(
          #"""
          cd "$M/.records/Song/42"
          ! cp /dev/null/nothing . 2>/dev/null
          echo '{' > "$D/bad.json"
          ! cp "$D/bad.json" record.json
          ! tee record.json < "$D/bad.json" > /dev/null
          """#)
        let log = try String(contentsOfFile: mount.live.logFile, encoding: .utf8)
        #expect(log.contains("Song has no field title") && log.contains("this is no JSON"))
      }
    }

    @Test("Changes of other processes are seen after a moment, and no path of theirs leads out of the mount")
    func others() async throws {
      try await RecordsMount.use(StoreKind.seaweedFS.shared()) { mount in
        try await mount.python("os.mkdir(f'{R}/Song/42')")
        let store = try SQLiteRecordStore(path: mount.database)
        let model = try RecordSchema(path: mount.schema).model("Song")
        _ = try await store.update(model, id: "42", values: ["name": "Blue"], if: nil)
        _ = try await store.create(
          model, id: "43", values: ["name": "Red", "coverArtPath": "images/../../../../../../../../etc/passwd"])
        await store.close()
        try await mount.python(
          """
          end = time.monotonic() + 3
          while record('Song/42')['name'] != 'Blue': assert time.monotonic() < end
          assert sorted(os.listdir(f'{R}/Song')) == ['42', '43']
          # What any user of the app may have written leads to no file of this machine.
          assert os.readlink(f'{R}/Song/43/coverArtPath').startswith('not-in-this-mount:images%2F..%2F')
          assert attempt(read, f'{R}/Song/43/coverArtPath') == 'ENOENT'
          """)
      }
    }

    @Test("Fifty programs that attach to one record at once lose nothing")
    func concurrency() async throws {
      try await RecordsMount.use(StoreKind.seaweedFS.shared()) { mount in
        try await mount.live.sh(
          #"""
          cd "$M/.records"
          mkdir PhotoAlbum/7
          seq 50 | xargs -P 8 -I{} sh -c 'echo {} > "$D/{}.txt" && cp "$D/{}.txt" PhotoAlbum/7/imagePaths/'
          [ "$(ls PhotoAlbum/7/imagePaths | wc -l)" = 50 ]
          for i in $(seq 50); do [ "$(cat PhotoAlbum/7/imagePaths/$i.txt)" = $i ]; done
          """#, timeLimit: 240)
      }
    }

    @Test("100,000 records are listed in bounded memory, and those of a page with their attributes")
    func large() async throws {
      try await RecordsMount.use(StoreKind.seaweedFS.shared()) { mount in
        // The store makes its tables.
        await (try SQLiteRecordStore(path: mount.database)).close()
        try await mount.addSongs(100_000)
      } _: { mount in
        try await mount.python(
          """
          names = os.listdir(f'{R}/Song')
          assert len(names) == len(set(names)) == 100_000
          assert record('Song/s099999')['name'] == 'number 99999'
          count = 0
          with os.scandir(f'{R}/Song') as entries:
              for entry in entries:
                  assert entry.is_dir(follow_symlinks=False)
                  count += 1
                  if count == 2_500: break
          """)
        #expect(try await mount.live.sh(#"ls -l "$M/.records/Song" | wc -l"#) == "100001")
        #expect(mount.live.peakMemory < 250 << 20, "\(mount.live.peakMemory >> 20) MiB")
      }
    }

    @Test("What cannot be mounted is told in one line")
    func refusals() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), mounting: false) { live in
        let database = live.directory.path("records.sqlite")
        let schema = live.directory.path("models.json")
        try Data(RecordsMount.models.utf8).write(to: URL(fileURLWithPath: schema))
        for (options, words) in [
          ("records=\(database)", "add records-schema=FILE, or amplify=FILE"), ("records=appsync", "add amplify=FILE"),
          ("records-files=delete", "records-files has no effect"),
          ("records=\(database),records-schema=/nowhere/models.json", "/nowhere/models.json"),
          ("records=/nowhere/records.sqlite,records-schema=\(schema)", "cannot open /nowhere/records.sqlite"),
        ] {
          let outcome = try await live.pail(
            [
              "mount", live.bucket, live.path, "--cache-dir", live.cacheDirectory, "--log-file", live.logFile, "-o",
              options,
            ])
          #expect(outcome.status != 0 && outcome.error.contains(words), "\(outcome.error)")
        }
        #expect(!live.isMounted)
      }
    }

    @Test("An Amplify project: records of its backend, files of its default bucket, as the user who has signed in")
    func amplify() async throws {
      try await AmplifyMount.use(try await .shared(), as: "alice", options: ["records=appsync"]) { mount in
        try await mount.python(
          """
          import json, shutil, uuid
          R, id = M + '/.records', str(uuid.uuid4())
          assert {'Song', 'PhotoAlbum'} <= set(os.listdir(R)), os.listdir(R)
          assert sorted(os.listdir(M)) == ['app', 'media']
          song = f'{R}/Song/{id}'
          os.mkdir(song)
          assert id in os.listdir(f'{R}/Song')
          with open(f'{D}/cover.png', 'wb') as file: file.write(b'\\x89PNG\\r\\n\\x1a\\n a picture')
          shutil.copyfile(f'{D}/cover.png', f'{song}/coverArtPath')
          assert os.readlink(f'{song}/coverArtPath') == f'../../../app/images/{id}-coverArtPath.png'
          assert read(f'{song}/coverArtPath') == read(f'{D}/cover.png')
          document = json.loads(read(f'{song}/record.json'))
          assert document['coverArtPath'] == f'images/{id}-coverArtPath.png', document
          with open(f'{song}/record.json', 'w') as file: json.dump({**document, 'name': 'Blue'}, file)
          assert json.loads(read(f'{song}/record.json'))['name'] == 'Blue'
          os.unlink(f'{song}/coverArtPath')
          os.unlink(f'{M}/app/images/{id}-coverArtPath.png')
          os.rmdir(song)
          """)
      }
    }
  }
}
