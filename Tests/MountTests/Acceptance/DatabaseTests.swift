// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("An SQLite database on a mount")
  struct DatabaseTests {
    /// Each transaction makes a journal, syncs it, writes and syncs the database, and deletes the journal: its commit.
    private static let transactions = """
      import random, sqlite3
      noise = random.Random(1)
      database = sqlite3.connect(f'{M}/database', isolation_level=None)
      assert database.execute('PRAGMA journal_mode = DELETE').fetchone() == ('delete',)
      database.execute('CREATE TABLE rows (number INTEGER PRIMARY KEY, content BLOB NOT NULL)')
      for number in range(int(sys.argv[1])):
          database.execute('BEGIN')
          database.execute('INSERT INTO rows VALUES (?, ?)', (number, noise.randbytes(300)))
          if number % 10 == 9:
              database.execute('UPDATE rows SET content = ? WHERE number = ?', (noise.randbytes(300), number // 2))
          # One in fifty is taken back.
          database.execute('ROLLBACK' if number % 50 == 49 else 'COMMIT')
      assert not os.path.exists(f'{M}/database-journal')
      sums = database.execute('SELECT count(*), sum(number), sum(length(content)) FROM rows').fetchone()
      dump = '\\n'.join(database.iterdump())
      database.close()
      open(f'{D}/dump', 'w').write(dump)
      print(sums)
      """

    private static let proof = """
      import sqlite3
      assert os.listdir(M) == ['database'], os.listdir(M)
      database = sqlite3.connect(f'file:{M}/database?mode=ro', uri=True)
      assert database.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
      assert '\\n'.join(database.iterdump()) == open(f'{D}/dump').read()
      """

    @Test(
      "Transactions with a rollback journal work, and survive a remount with an empty cache",
      arguments: [("write-back=delayed", 1_000), ("write-back=close", 30)] as [(String, Int)])
    func transactions(mode: String, count: Int) async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), mode) { mount in
        let sums = try await mount.python(Self.transactions, "\(count)", timeLimit: 300)
        #expect(sums.hasPrefix("(\(count - count / 50), "))
        try await mount.remountWithEmptyCache(mode)
        try await mount.python(Self.proof)
        #expect(try mount.client.list(mount.bucket).map(\.key) == ["database"])
      }
    }
  }
}
