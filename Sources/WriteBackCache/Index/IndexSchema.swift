// SPDX-License-Identifier: Apache-2.0

/// The tables of the index. Texts are as ``IndexText`` makes them; what a row means is beside the type that it becomes.
enum IndexSchema {
  static let tables: Set<String> = [
    "file", "upload", "part", "quarantine", "fact", "content", "rename", "renamed", "directory",
  ]

  static let sql = """
    -- Every file that the bucket does not have as it is here. `id` names the bytes: data/ID, and of a
    -- partial one the log that says which of them are here: data/ID.ranges.
    CREATE TABLE file (
      id TEXT NOT NULL PRIMARY KEY,
      key TEXT NOT NULL,
      base_etag TEXT,
      base_size INTEGER,
      is_exclusive INTEGER NOT NULL,
      is_partial INTEGER NOT NULL,
      properties TEXT NOT NULL,
      parked_reason TEXT,
      is_conflict INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      is_suspect INTEGER NOT NULL DEFAULT 0,
      synced_generation INTEGER,
      synced_size INTEGER,
      marks TEXT,
      must_be_absent INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;

    -- The multipart upload of a file, for a later run to go on with.
    CREATE TABLE upload (
      file_id TEXT NOT NULL PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
      upload_id TEXT NOT NULL,
      key TEXT NOT NULL,
      properties TEXT NOT NULL,
      checksums TEXT NOT NULL,
      part_size INTEGER NOT NULL,
      begun_at INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- The parts of it that the store has.
    CREATE TABLE part (
      file_id TEXT NOT NULL REFERENCES upload (file_id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      length INTEGER NOT NULL,
      etag TEXT NOT NULL,
      crc32 INTEGER NOT NULL,
      PRIMARY KEY (file_id, number)
    ) WITHOUT ROWID;

    -- Data files of which nobody knows what they are; never deleted by pail.
    CREATE TABLE quarantine (
      id TEXT NOT NULL PRIMARY KEY,
      reason TEXT NOT NULL
    ) WITHOUT ROWID;

    \(facts);

    \(content);

    \(rename);

    \(renamed);

    \(directory);
    """

  private static let directory = """
    -- What directories say about themselves, where the store does not keep it; `key` is that of the marker.
    CREATE TABLE directory (
      key TEXT NOT NULL PRIMARY KEY,
      properties TEXT NOT NULL
    ) WITHOUT ROWID
    """

  private static let rename = """
    -- Renames of directories that are not over, see PendingRename. Both prefixes end in a slash; phase is "copying" or "deleting".
    CREATE TABLE rename (
      id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      old_prefix TEXT NOT NULL,
      new_prefix TEXT NOT NULL,
      phase TEXT NOT NULL,
      keeps_marker INTEGER NOT NULL
    )
    """

  private static let renamed = """
    -- What such a rename copies: the name below both prefixes, the version that is copied, and what the copy became.
    CREATE TABLE renamed (
      rename_id INTEGER NOT NULL REFERENCES rename (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      etag TEXT NOT NULL,
      size INTEGER NOT NULL,
      last_modified INTEGER NOT NULL,
      copy_etag TEXT,
      PRIMARY KEY (rename_id, name)
    ) WITHOUT ROWID
    """

  private static let content = """
    -- The bytes of small files as they were synced. A table WITHOUT ROWID would put more than 1,002 bytes on a page of their own.
    CREATE TABLE content (
      file_id TEXT NOT NULL PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
      bytes BLOB NOT NULL
    )
    """

  private static let facts = """
    -- What is known of the directory as a whole, see IndexFact.
    CREATE TABLE fact (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) WITHOUT ROWID
    """

  /// Brings the tables of formats 2 to 5 here, within a transaction. Each is added unless it is there.
  static let additions: [(table: String, column: String?, sql: String)] = [
    ("file", "is_partial", "ALTER TABLE file ADD COLUMN is_partial INTEGER NOT NULL DEFAULT 0"),
    ("file", "is_suspect", "ALTER TABLE file ADD COLUMN is_suspect INTEGER NOT NULL DEFAULT 0"),
    ("file", "synced_generation", "ALTER TABLE file ADD COLUMN synced_generation INTEGER"),
    ("file", "synced_size", "ALTER TABLE file ADD COLUMN synced_size INTEGER"),
    ("fact", nil, facts),
    ("file", "marks", "ALTER TABLE file ADD COLUMN marks TEXT"),
    ("content", nil, content),
    ("file", "must_be_absent", "ALTER TABLE file ADD COLUMN must_be_absent INTEGER NOT NULL DEFAULT 0"),
    ("rename", nil, rename),
    ("renamed", nil, renamed),
    ("directory", nil, directory),
  ]
}
