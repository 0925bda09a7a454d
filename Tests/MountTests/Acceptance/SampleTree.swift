// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A tree of 1,000 files that copying programs have trouble with, made by a Python program in `$D/tree`; the same each time.
///
/// `files` has the files (with empty ones), `links` the symbolic links, `empty` directories without entries.
enum SampleTree {
  /// - Parameter store: SeaweedFS shows `\` as `/`.
  static func script(_ store: StoreKind) -> String {
    let awkward = store == .seaweedFS ? "[]" : "['back\\\\slash', 'a\\\\b\\\\c.txt']"
    return """
      import random, unicodedata
      source = random.Random(20)
      root = f'{D}/tree'
      names = [
          'with space.txt', ' leading', 'trailing ', '.hidden', '..two', '...', 'end.', 'a.b.c.jpg', "single'quote", 'double"quote',
          'back`tick', '100%', '%20', '%2F.html', 'a+b', '+', 'a&b', 'hash#', 'what?', 'star*', '~tilde', 'a=b', 'semi;colon',
          'colon:', '-dash', '--', '$HOME', '<angle>', '[bracket]', '{brace}', 'pipe|', 'comma,', '@at', '!bang', '^caret',
          'new\\nline', 'tab\\tname', '日本語.txt', 'Ελληνικά', 'emoji 🪣.png', 'n' * 255, 'é' * 127,
          unicodedata.normalize('NFC', 'Café.txt'), unicodedata.normalize('NFD', 'Café.txt'), 'CON', 'UPPER', 'upper',
      ] + \(awkward)
      suffixes = ['txt', 'jpg', 'html', 'json', 'bin', 'unknown-suffix']
      names += [f'file {number:04}.{suffixes[number % len(suffixes)]}' for number in range(1000 - len(names))]
      assert len(set(names)) == 1000
      directories = ['', 'a', 'a/b', 'a/b/c', 'with space', 'ünï', 'd.ot', 'plus+', 'percent%41', 'deep/er/and/deeper']
      for directory in directories: os.makedirs(f'{root}/files/{directory}', exist_ok=True)
      for number, name in enumerate(names):
          path = f'{root}/files/{directories[number % len(directories)]}/{name}'
          size = 0 if number % 50 == 7 else source.choice([1, 100, 4096, 5000, 20000]) if number % 97 else 300000
          with open(path, 'wb') as file: file.write(source.randbytes(size))
          os.chmod(path, source.choice([0o644, 0o644, 0o600, 0o755, 0o640, 0o444]))
          moment = source.randrange(1, 1_900_000_000) * 10**9 + source.randrange(10**9)
          os.utime(path, ns=(moment, moment))
      os.makedirs(f'{root}/links')
      for link, target in [('relative', '../files/a'), ('dangling', 'nowhere at all'), ('absolute', '/etc/hostname'),
              ('ünï link', '日本語/../🪣'), ('long', 'x/' * 1000), ('to file', '../files/a/b')]:
          os.symlink(target, f'{root}/links/{link}')
          os.utime(f'{root}/links/{link}', ns=(10**18, 10**18 + 5), follow_symlinks=False)
      for directory in ['one', 'one/in another', 'two']: os.makedirs(f'{root}/empty/{directory}')
      for parent, _, _ in os.walk(root, topdown=False):
          moment = source.randrange(1, 1_900_000_000) * 10**9 + source.randrange(10**9)
          if parent != f'{root}/files': os.chmod(parent, source.choice([0o755, 0o755, 0o750]))
          os.utime(parent, ns=(moment, moment))

      """
  }

  /// For boto3: every object under `B/PREFIX` says what it should about the file it was copied from.
  static let verifyProperties = """
    import concurrent.futures
    prefix = sys.argv[1]
    root = f'{D}/tree'
    types = {'txt': 'text/plain', 'jpg': 'image/jpeg', 'html': 'text/html', 'json': 'application/json', 'png': 'image/png',
             'unknown-suffix': 'application/octet-stream'}

    def check(path):
        local, found = os.lstat(f'{root}/{path}'), []
        head = s3.head_object(Bucket=B, Key=f'{prefix}/{path}')
        metadata = head['Metadata']
        expected = types.get(path.rpartition('.')[2])
        if expected and head['ContentType'].split(';')[0] != expected: found.append(f'{path}: Content-Type {head["ContentType"]}')
        seconds, nanoseconds = divmod(local.st_mtime_ns, 10**9)
        if metadata.get('mtime') != f'{seconds}.{nanoseconds:09}': found.append(f'{path}: mtime {metadata.get("mtime")}')
        # 0644 is the mount's default and not stored.
        mode = str(local.st_mode) if local.st_mode != 0o100644 else None
        if metadata.get('mode') != mode: found.append(f'{path}: mode {metadata.get("mode")}, not {mode}')
        if stat.S_ISLNK(local.st_mode):
            body = s3.get_object(Bucket=B, Key=f'{prefix}/{path}')['Body'].read().decode()
            if body != os.readlink(f'{root}/{path}'): found.append(f'{path}: link to {body}')
        return found

    paths = [os.path.relpath(f'{parent}/{name}', root) for parent, directories, names in os.walk(root)
             for name in names + directories if not stat.S_ISDIR(os.lstat(f'{parent}/{name}').st_mode)]
    assert len(paths) == 1006, len(paths)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = sum(pool.map(check, paths), [])
    assert not found, '\\n'.join(found[:20])
    """
}
