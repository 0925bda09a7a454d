// SPDX-License-Identifier: Apache-2.0
// libfuse's low-level interface for Swift. No _GNU_SOURCE and no _FILE_OFFSET_BITS here: both clash with SwiftGlibc.
#pragma once
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

// `fuse_session_new` is a macro in newer libfuse versions, which Swift cannot call.
static inline struct fuse_session *pail_fuse_session_new(
    struct fuse_args *args, const struct fuse_lowlevel_ops *operations, size_t size, void *userdata) {
  return fuse_session_new(args, operations, size, userdata);
}
