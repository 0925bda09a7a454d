// SPDX-License-Identifier: Apache-2.0

import Logging
import Mount
import Records
import Testing
import WriteBackCache

@Suite("Mount options")
struct MountOptionsTests {
  private func parse(_ texts: String..., isSloppy: Bool = false) throws(MountFailure) -> MountOptions {
    try MountOptionParser.parse(
      source: "photos", mountPoint: "/mnt", settings: texts.flatMap(OptionString.settings), isSloppy: isSloppy)
  }

  @Test("without any, the documented defaults apply")
  func defaults() throws {
    let options = try parse()
    #expect(options.writeBack == .close)
    #expect(options.partSize == 8_388_608)
    #expect(options.concurrency == 8)
    #expect(options.readMemory == 134_217_728)
    #expect(options.metadataTimeToLive == 1)
    #expect(options.effectiveFileMode == 0o644)
    #expect(options.effectiveDirectoryMode == 0o755)
    #expect(!options.readOnly && !options.allowOther && !options.foreground)
    #expect(options.given.isEmpty)
  }

  @Test("all of them are understood")
  func all() throws {
    let options = try parse(
      "endpoint=http://127.0.0.1:8333,region=eu-west-1,profile=work,prefix=a/b,addressing=path",
      "expected-bucket-owner=111122223333,ca-file=/ca.pem,ro,uid=1000,gid=100,umask=027,file-mode=600,dir-mode=700",
      "allow_other,default_permissions,nonempty,cache-dir=/c,write-back=delayed,write-back-delay=500ms,conflict=park",
      "metadata-ttl=2m,part-size=64MiB,concurrency=4,read-memory=256M,foreground,log-file=/l,log-level=debug")
    #expect(options.endpoint == "http://127.0.0.1:8333")
    #expect(options.region == "eu-west-1")
    #expect(options.profile == "work")
    #expect(options.source.description == "s3://photos/a/b")
    #expect(options.addressing == .path)
    #expect(options.expectedBucketOwner == "111122223333")
    #expect(options.caFile == "/ca.pem")
    #expect(options.readOnly)
    #expect(options.uid == 1_000)
    #expect(options.gid == 100)
    #expect(options.effectiveFileMode == 0o600)
    #expect(options.effectiveDirectoryMode == 0o700)
    #expect(options.allowOther && options.defaultPermissions && options.allowsNonEmpty)
    #expect(options.cacheDirectory == "/c")
    #expect(options.writeBack == .delayed(delay: 0.5))
    #expect(!options.keepsConflictCopies)
    #expect(options.metadataTimeToLive == 120)
    #expect(options.partSize == 67_108_864)
    #expect(options.concurrency == 4)
    #expect(options.readMemory == 268_435_456)
    #expect(options.foreground)
    #expect(options.logFile == "/l")
    #expect(options.logLevel == .debug)
  }

  @Test("later ones win; hyphens and underscores are the same")
  func order() throws {
    #expect(try parse("ro", "rw").readOnly == false)
    #expect(try parse("uid=1,uid=2").uid == 2)
    #expect(try parse("cache_dir=/a").cacheDirectory == "/a")
    #expect(try parse("allow-other").allowOther)
    #expect(try parse("cache_dir=/a,cache-dir=/b").given == ["cache-dir": "/b"])
  }

  @Test(
    "a umask takes bits from both modes",
    arguments: [("077", 0o600, 0o700), ("002", 0o664, 0o775), ("0", 0o666, 0o777)])
  func umask(text: String, file: UInt32, directory: UInt32) throws {
    let options = try parse("umask=\(text)")
    #expect(options.effectiveFileMode == file)
    #expect(options.effectiveDirectoryMode == directory)
  }

  /// SEMANTICS: delayed
  @Test("delayed write-back has a delay of its own")
  func delayed() throws {
    #expect(try parse("write-back=delayed").writeBack == .delayed(delay: 5))
    #expect(try parse("write-back-delay=2m,write-back=delayed").writeBack == .delayed(delay: 120))
    #expect(try parse("write-back=delayed").writeBackMaximumAge == 300)
    #expect(try parse("write-back=delayed,write-back-max-age=90s").writeBackMaximumAge == 90)
    #expect(try parse("write-back=delayed,write-back-delay=1h").writeBackMaximumAge == 3_600)
  }

  /// SEMANTICS: room
  @Test("the room of the cache")
  func quota() throws {
    #expect(try parse("ro").quota == QuotaLimits(size: nil, reserve: .automatic))
    let options = try parse("cache-size=10G,cache-min-free=512M")
    #expect(options.quota == QuotaLimits(size: 10 << 30, reserve: .bytes(512 << 20)))
    #expect(try parse("cache_min_free=10%").quota.reserve == .percent(10))
  }

  @Test("what fstab lines carry for others is skipped")
  func noise() throws {
    let options = try parse(
      "rw,_netdev,nofail,user,users,dev,nodev,suid,nosuid,exec,noexec,auto,noauto,noatime,relatime,defaults",
      "x-systemd.automount,x-systemd.requires=network-online.target,x-gvfs-hide")
    #expect(options.given == ["rw": ""])
  }

  @Test("records, and what they need")
  func records() throws {
    #expect(try parse("ro").records == nil)
    let options = try parse(
      "records=/r.sqlite,records-schema=/models.json,records-files=delete,records-field=Song.cover",
      "records-field=Song.lyrics,records_template=files/{id}/{name}")
    let records = try #require(options.records)
    #expect(records.store == .sqlite(path: "/r.sqlite"))
    #expect(records.schema == "/models.json")
    #expect(records.files == .delete)
    #expect(records.attachments.fields == ["Song.cover", "Song.lyrics"])
    #expect(records.attachments.template.text == "files/{id}/{name}")
    #expect(try parse("amplify=/o.json,records=appsync").records?.store == .appSync)
    #expect(try parse("amplify=/o.json,records=r.sqlite").records?.files == .keep)
  }

  @Test(
    "what is wrong is named in one line",
    arguments: [
      ("regoin=x", "unknown option regoin; did you mean region?"),
      ("alow_other", "unknown option alow_other; did you mean allow-other?"),
      ("frobnicate", "unknown option frobnicate; `pail mount --help` lists the options"),
      ("ro=1", "option ro takes no value"),
      ("uid", "option uid needs a value: uid=NUMBER"),
      ("uid=", "option uid needs a value: uid=NUMBER"),
      ("uid=root", "option uid=root is not understood: expected NUMBER"),
      ("file-mode=1777", "option file-mode=1777 is not understood: expected 644"),
      ("part-size=4M", "option part-size=4M is not understood: expected 8M (5M to 5G)"),
      ("part-size=6G", "option part-size=6G is not understood: expected 8M (5M to 5G)"),
      ("concurrency=0", "option concurrency=0 is not understood: expected 8 (1 to 256)"),
      ("write-back=never", "option write-back=never is not understood: expected close|delayed"),
      ("write-back-delay=2s", "write-back-delay=2.0s has no effect: add write-back=delayed"),
      ("write-back-max-age=2s", "write-back-max-age=2.0s has no effect: add write-back=delayed"),
      (
        "write-back=delayed,write-back-max-age=2s",
        "write-back-max-age=2.0s is less than the delay of 5.0s; raise it"
      ),
      ("cache-size=1M", "option cache-size=1M is not understood: expected SIZE (at least 64M)"),
      ("cache-min-free=100%", "option cache-min-free=100% is not understood: expected SIZE or 5%"),
      ("allow_other,allow_root", "allow_other and allow_root exclude each other; give one"),
      ("endpoint=s3.example.com", "option endpoint=s3.example.com is not understood: expected http(s)://HOST[:PORT]"),
      ("endpoint=http://k:s@host", "option endpoint is not understood: expected http(s)://HOST[:PORT]"),
      ("records=appsync", "records=appsync needs a project: add amplify=FILE"),
      ("records=r.sqlite", "records needs models: add records-schema=FILE, or amplify=FILE"),
      ("records-field=Song.a", "records-field has no effect: add records=FILE or records=appsync"),
      ("records-field=Song", "option records-field=Song is not understood: expected MODEL.FIELD"),
      ("records-files=move", "option records-files=move is not understood: expected keep|delete"),
      (
        "records-template=images/{name}",
        "option records-template=images/{name} is not understood: expected images/{id}-{name}"
      ),
      ("env.HOME=/x", "option env.HOME is refused: only AWS_ settings can be given as env.NAME=value"),
      ("cache-dir=a\nb", "the value of option cache-dir has a control character"),
    ])
  func errors(text: String, message: String) {
    #expect { try self.parse(text) } throws: {
      guard let failure = $0 as? MountFailure else { return false }
      return failure.kind == .usage && failure.description == message
    }
  }

  @Test("the secret in an endpoint is not repeated")
  func endpointSecret() {
    #expect { try self.parse("endpoint=http://key:hunter2@host") } throws: { !"\($0)".contains("hunter2") }
  }

  @Test(
    "secrets are refused, files of secrets are not",
    arguments: [
      "env.AWS_SECRET_ACCESS_KEY=x", "env.AWS_SESSION_TOKEN=x", "env.AWS_CONTAINER_AUTHORIZATION_TOKEN=x",
      "secret_access_key=x", "AWS_SECRET_ACCESS_KEY=x",
    ])
  func secrets(text: String) {
    #expect { try self.parse(text) } throws: { "\($0)".contains("is refused: anybody could read the secret") }
  }

  @Test("AWS settings for the credentials chain pass")
  func environment() throws {
    let options = try parse("env.AWS_SHARED_CREDENTIALS_FILE=/k,env.AWS_WEB_IDENTITY_TOKEN_FILE=/t,env.AWS_PROFILE=p")
    #expect(
      options.environment
        == ["AWS_SHARED_CREDENTIALS_FILE": "/k", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_PROFILE": "p"])
  }

  @Test("mount -s skips unknown options, but not wrong values")
  func sloppy() throws {
    #expect(try parse("frobnicate,ro", isSloppy: true).readOnly)
    #expect(throws: MountFailure.self) { try self.parse("uid=x", isSloppy: true) }
  }
}
