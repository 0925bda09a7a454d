// SPDX-License-Identifier: Apache-2.0

extension ProgramScript {
  /// Cheap ones; each works in a directory of its own.
  static let all: [ProgramScript] = copying + editing + archiving + logging + building + python

  private static let copying = [
    ProgramScript(
      "cp", "cp -a ../input/. .; cp -r sub again; cp numbers.txt numbers.txt.2; cp --sparse=always 'a file.bin' sparse"),
    ProgramScript(
      "mv",
      "cp -a ../input/. .; mv numbers.txt n; mv sub moved; mkdir into; mv n moved into; mv -f empty.txt 'a file.bin'; ls -R"
    ),
    ProgramScript("mv from another file system", "cp -a ../input ../taken-$NAME; mv ../taken-$NAME here; ls -A here"),
    ProgramScript(
      "install",
      "install -D -m 751 ../input/sub/program usr/bin/program; install -d -m 700 private; usr/bin/program a b"),
    ProgramScript(
      "rsync",
      """
      rsync -a ../input/ one; rsync -aX --inplace ../input/ two; seq 4990 > two/numbers.txt
      rsync -a --inplace --no-whole-file ../input/ two; rsync -a --delete ../input/sub/ one; rsync -ani ../input/sub/ one
      """),
    ProgramScript(
      "dd",
      "cp ../input/numbers.txt n; printf XYZ | dd of=n bs=1 seek=1000 conv=notrunc status=none; dd if=n of=m bs=7k status=none"
    ),
    ProgramScript(
      "truncate",
      "truncate -s 5000 new; cp ../input/numbers.txt n; truncate -s 100 n; truncate -s +50 n; od -c n | tail -n 3"),
    ProgramScript("split", "split -b 5000 ../input/numbers.txt part-; cat part-* | cmp - ../input/numbers.txt; ls"),
    ProgramScript(
      "mktemp",
      "f=$(mktemp ./tmp.XXXXXX); test -s \"$f\" || echo empty; rm \"$f\"; d=$(mktemp -d ./dir.XXXXXX); rmdir \"$d\"; ls -A"
    ),
    ProgramScript(
      "find",
      "cp -a ../input/. .; touch -d '2021-01-01 UTC' mark; echo x > new; find . -newer mark -type f; find . -name '*.txt' -delete; find . | sort"
    ),
    ProgramScript(
      "du and rm",
      "cp -a ../input/. .; du -s --apparent-size sub/program | cut -f 1; rm -rf sub; chmod 000 numbers.txt; rm -f numbers.txt; ls -A"
    ),
  ]

  private static let editing = [
    ProgramScript(
      "sed -i", "cp -a ../input/numbers.txt n; sed -i -e 's/^1/one /' n; sed -i.bak 2d n; head -n 3 n n.bak"),
    ProgramScript("sort -o", "seq 300 | sort -R --random-source=../input/numbers.txt > n; sort -n -o n n; head -n 2 n"),
    ProgramScript(
      "patch",
      "seq 20 > a; seq 20 | sed s/7/seven/ > b; diff -u --label a --label b a b > p || true; patch -s -b a p; patch -s -R -o back a p; cmp back a.orig"
    ),
    ProgramScript(
      "vim",
      "seq 9 > n; vim.tiny -es -u NONE -n -c '%s/5/five/' -c 'set backup' -c wq n </dev/null; vim.tiny -es -u NONE -c 'normal oline' -c x n </dev/null; cat n; ls -A"
    ),
    ProgramScript("tee", "echo a | tee -a log log2 > log3; echo b | tee -a log log2 > log3; cat log log2 log3"),
    ProgramScript("flock", "flock lock sh -c '! flock -n lock true && echo held'; flock -n lock echo free"),
    ProgramScript(
      "redirections",
      "{ echo one; echo two >&2; } > out 2>> err; echo three >> out; exec 7<> both; echo hello >&7; exec 7>&-; cat out err both; : > out; test ! -s out"
    ),
  ]

  private static let archiving = [
    ProgramScript(
      "tar",
      "tar -C ../input -cf a.tar .; mkdir x; tar -xpf a.tar -C x; tar -rf a.tar x/numbers.txt; tar -uf a.tar x/empty.txt; tar -tf a.tar | sort; rm a.tar"
    ),
    ProgramScript(
      "zip",
      "(cd ../input; find . | LC_ALL=C sort) > list; (cd ../input; zip -q -X -y - -@) < list > a.zip; cp a.zip b.zip; zip -q -d b.zip empty.txt; mkdir x; unzip -q a.zip -d x; unzip -Z1 b.zip"
    ),
    ProgramScript(
      "gzip",
      "cp -a ../input/numbers.txt .; gzip -n numbers.txt; zcat numbers.txt.gz | tail -n 1; gzip -d numbers.txt.gz"),
  ]

  private static let logging = [
    ProgramScript(
      "rotation of a log",
      """
      exec 8>> log; echo 1 >&8; mv log log.1; : > log; echo 2 >&8; exec 8>&-; exec 8>> log; echo 3 >&8
      cp -p log log.2; : > log; echo 4 >&8; exec 8>&-; tail -n +1 log log.1 log.2
      """),
    ProgramScript("tail -f", Self.following("")),
    ProgramScript("tail -f without inotify", Self.following("---disable-inotify")),
  ]

  private static func following(_ option: String) -> String {
    """
    echo first > log; : > ../seen-$NAME; timeout 20 tail -f -s 0.05 \(option) -n +1 log > ../seen-$NAME & follower=$!
    for line in second third last; do echo "$line" >> log; done
    until grep -qx last ../seen-$NAME; do kill -0 $follower; sleep 0.02; done
    kill $follower; cat ../seen-$NAME; rm ../seen-$NAME
    """
  }

  private static let building = [
    ProgramScript(
      "make and gcc",
      """
      for n in 1 2 3; do printf 'int f%s(void) { return %s; }\\n' $n $n > f$n.c; done
      printf 'int f1(void); int f2(void); int f3(void);\\nint main(void) { return f1() + f2() + f3(); }\\n' > main.c
      printf 'all: program\\nprogram: main.o libf.a\\n\\tgcc -o $@ $^\\nlibf.a: f1.o f2.o f3.o\\n\\tar rcD $@ $^\\n' > Makefile
      printf '%%.o: %%.c\\n\\tgcc -c -o $@ $<\\n' >> Makefile
      make -s -j2; ./program || echo "status $?"; make
      touch -d '1 minute ago' *; touch f2.c; make; touch f2.c main.c
      """)
  ]

  private static let python = [
    ProgramScript(
      "shutil",
      """
      python3 - <<'END'
      import os, shutil
      shutil.copytree('../input', 'tree', symlinks=True); shutil.copy2('tree/numbers.txt', 'n'); shutil.move('tree/sub', 'moved')
      print(sorted(os.listdir('tree')), shutil.disk_usage('.').free > 0)
      shutil.make_archive('archive', 'gztar', 'tree'); shutil.unpack_archive('archive.tar.gz', 'back')
      os.unlink('archive.tar.gz'); shutil.rmtree('tree')
      END
      """),
    ProgramScript(
      "tempfile",
      """
      python3 - <<'END'
      import os, tempfile
      tempfile.tempdir = os.getcwd()
      with tempfile.NamedTemporaryFile('w+') as file: file.write('x'); file.flush(); print(open(file.name).read())
      with tempfile.TemporaryFile() as file: file.write(b'abc'); file.seek(1); print(file.read())
      with tempfile.TemporaryDirectory() as path: open(path + '/f', 'w').close()
      with tempfile.SpooledTemporaryFile(max_size=10) as file: file.write(b'x' * 100); file.seek(0); print(len(file.read()))
      descriptor, path = tempfile.mkstemp(); os.write(descriptor, b'kept'); os.close(descriptor); os.rename(path, 'kept')
      END
      """),
    ProgramScript(
      "a writer that goes back to its header",
      """
      python3 - <<'END'
      import wave, zipfile
      with wave.open('sound.wav', 'wb') as sound:
          sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(8000)
          for number in range(50): sound.writeframes(bytes([number]) * 4000)
      print(wave.open('sound.wav').getnframes())
      with zipfile.ZipFile('a.zip', 'w') as archive:
          for number in range(20): archive.writestr(zipfile.ZipInfo(f'{number}'), bytes([number]) * 10_000)
      with zipfile.ZipFile('a.zip', 'a') as archive: archive.writestr(zipfile.ZipInfo('more'), 'more')
      print(zipfile.ZipFile('a.zip').testzip())
      END
      """),
    ProgramScript(
      "mmap",
      """
      python3 - <<'END'
      import mmap
      with open('mapped', 'w+b') as file:
          file.truncate(100_000)
          with mmap.mmap(file.fileno(), 0) as memory: memory[5:10] = b'hello'; memory[99_990:] = b'x' * 10; memory.flush()
          file.seek(5); print(file.read(5))
      END
      """),
  ]
}
