// SPDX-License-Identifier: Apache-2.0

import Testing

/// The suites that mount. One after the other, because some count the descriptors and threads of this process.
@Suite(.serialized, .timeLimit(.minutes(2)))
enum MountedTests {}
