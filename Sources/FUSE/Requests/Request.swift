// SPDX-License-Identifier: Apache-2.0
//
// One request of the kernel, which must be answered exactly once.
//
// For: the kernel's caller waits until the answer comes, and libfuse frees the request with it. So the answers are
// `consuming` methods of a type that cannot be copied, and each returns a `Replied`, which nobody else can make: an operation
// that forgets its reply has nothing to return, one that replies twice has nothing left to consume. Neither compiles.
// Threads: a request stays on the worker that received it.
// What can go wrong: the kernel may refuse an answer (ENOENT) when the call was interrupted. What the answer handed out
// (a lookup, a handle) must be taken back then; the replies that hand out something take an `ifRefused` for it.

import CFUSE
import Locking
import VFS

/// The proof that a request was answered.
struct Replied {
  fileprivate init() {}
}

struct Request: ~Copyable {
  private let raw: fuse_req_t

  fileprivate init(_ raw: fuse_req_t) { self.raw = raw }

  /// The process that asks.
  var caller: Caller {
    guard let context = fuse_req_ctx(raw)?.pointee else { return Caller(uid: 0, gid: 0, pid: 0) }
    return Caller(uid: context.uid, gid: context.gid, pid: context.pid)
  }

  /// Answers with libfuse's function `send`, which takes over the request. `ifRefused` undoes what the answer hands out.
  consuming func reply(_ send: (fuse_req_t) -> Int32, ifRefused: () -> Void = {}) -> Replied {
    if send(raw) != 0 { ifRefused() }
    return Replied()
  }

  /// The operation failed.
  consuming func reply(error: Errno) -> Replied { reply { fuse_reply_err($0, error.code) } }

  /// The operation succeeded and has no result.
  consuming func replyDone() -> Replied { reply { fuse_reply_err($0, 0) } }

  /// The kernel expects no answer (forget).
  consuming func replyNone() -> Replied {
    fuse_reply_none(raw)
    return Replied()
  }
}

/// Runs one operation of a callback: `call` the file system, then `reply` with its result, or with the errno it threw.
func answer<Value>(
  _ raw: fuse_req_t?,
  _ call: (any FileSystem, Caller) throws(Errno) -> Value,
  reply: (consuming Request, Value, any FileSystem) -> Replied
) {
  // libfuse never passes NULL; its C declaration just cannot say so.
  guard let raw, let userdata = fuse_req_userdata(raw) else { return }
  let connection = Unmanaged<Connection>.fromOpaque(userdata).takeUnretainedValue()
  let fileSystem = connection.fileSystem
  let request = Request(raw)
  do throws(Errno) {
    let caller = request.caller
    // The request lives until it is answered, so the file system may ask during the call.
    let isInterrupted = {
      connection.isGone || CallerSignals.of(thread: caller.pid)?.tellToStop ?? (fuse_req_interrupted(raw) != 0)
    }
    let value = try Interruption.withProbe(isInterrupted) { () throws(Errno) -> Value in
      try call(fileSystem, caller)
    }
    _ = reply(request, value, fileSystem)
  } catch {
    _ = request.reply(error: error)
  }
}
