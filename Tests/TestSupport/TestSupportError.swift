// SPDX-License-Identifier: Apache-2.0

/// What went wrong in the test's surroundings, as opposed to the code under test.
package struct TestSupportError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
