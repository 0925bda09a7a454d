// SPDX-License-Identifier: Apache-2.0

import Testing

/// What moves many bytes through real servers: one test at a time, so that none of them waits for its answers longer than the
/// client does.
@Suite("With real stores", .serialized) struct RealStoreTests {}
