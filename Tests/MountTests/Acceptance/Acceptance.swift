// SPDX-License-Identifier: Apache-2.0
//
// What a user is promised, tested as a user would see it: the built `pail`, a kernel mount, real servers, and another S3
// client to look at the bucket. Each test has a bucket, a mount point, a cache directory and a log of its own.

import Testing

/// One after the other: many measure times and counts, which parallel load would disturb.
@Suite("Acceptance", .serialized)
enum Acceptance {}

/// What programs and single calls do, however long it takes: one after the other, beside the tests that measure something.
@Suite("System calls and programs", .serialized)
enum SystemCalls {}

/// Projects of Amplify as their users see them: one after the other, beside those.
@Suite("Amplify projects", .serialized)
enum AmplifyProjects {}

/// These wait most of the time, for servers that are dead or silent, so they run beside the others and each other.
@Suite("Acceptance with failing servers")
enum AcceptanceFailures {}
