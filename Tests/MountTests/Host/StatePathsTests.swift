// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("Where mounts keep their state")
struct StatePathsTests {
  private func paths(_ variables: [String: String], uid: UInt32) -> StatePaths {
    StatePaths(HostEnvironment(variables: variables, home: "/home/ann", workingDirectory: "/", uid: uid, gid: 100))
  }

  @Test("caches")
  func caches() throws {
    let identity = MountIdentity(endpoint: nil, source: try MountSource("photos"))
    let name = "photos-e31ba985bc5193e1"
    #expect(paths([:], uid: 0).cacheDirectory(of: identity) == "/var/lib/pail/\(name)")
    #expect(paths([:], uid: 5).cacheDirectory(of: identity) == "/home/ann/.local/state/pail/\(name)")
    #expect(paths(["XDG_STATE_HOME": "/s"], uid: 5).cacheDirectory(of: identity) == "/s/pail/\(name)")
    #expect(
      paths(["XDG_STATE_HOME": "s"], uid: 5).cacheDirectory(of: identity) == "/home/ann/.local/state/pail/\(name)")
  }

  @Test("control sockets")
  func sockets() {
    #expect(paths([:], uid: 0).controlSocket(mountPoint: "/mnt/photos") == "/run/pail/9bd2a9f429689731.sock")
    #expect(paths(["XDG_RUNTIME_DIR": "/run/user/5"], uid: 5).runtimeDirectory == "/run/user/5/pail")
    #expect(paths(["XDG_RUNTIME_DIR": "/run/user/0"], uid: 0).runtimeDirectory == "/run/pail")
    #expect(paths([:], uid: 5).runtimeDirectory == "/tmp/pail-5")
    #expect(paths(["PAIL_RUNTIME_DIR": "/r"], uid: 0).runtimeDirectory == "/r")
  }
}
