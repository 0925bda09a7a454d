// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("Many writers")
  struct WriterTests {
    @Test("Eight processes write 100 files each; none is lost or mixed", arguments: StoreKind.allCases)
    func eightProcesses(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          """
          import hashlib, multiprocessing
          def body(writer, number):
              # From nothing to 150 kB.
              return hashlib.sha256(f'{writer} {number}'.encode()).digest() * ((number * 47) % 4700)

          def work(writer):
              os.makedirs(f'{M}/shared', exist_ok=True)
              os.makedirs(f'{M}/own {writer}')
              for number in range(100):
                  parent = 'shared' if number % 2 else f'own {writer}'
                  with open(f'{M}/{parent}/{writer}-{number}', 'wb') as file: file.write(body(writer, number))
              for number in range(100):
                  parent = 'shared' if number % 2 else f'own {writer}'
                  assert read(f'{M}/{parent}/{writer}-{number}') == body(writer, number), (writer, number)
                  os.makedirs(f'{D}/expected/{parent}', exist_ok=True)
                  with open(f'{D}/expected/{parent}/{writer}-{number}', 'wb') as file: file.write(body(writer, number))

          with multiprocessing.Pool(8) as pool: pool.map(work, range(8), 1)
          assert len(os.listdir(f'{M}/shared')) == 400
          """)
        #expect(try mount.client.differences(mount.scratch + "/expected", mount.bucket) == [])
      }
    }
  }
}
