// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

/// `--metadata NAME=VALUE`.
struct MetadataOption: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

/// A number of bytes, as `8M`.
struct SizeOption: ExpressibleByArgument {
  let bytes: Int64

  init?(argument: String) {
    guard let bytes = OptionValue.size(argument), bytes > 0 else { return nil }
    self.bytes = bytes
  }

  init(bytes: Int64) { self.bytes = bytes }

  var defaultValueDescription: String { "\(bytes >> 20)M" }
}

/// A time, as `15m`, in seconds.
struct DurationOption: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    guard let seconds = OptionValue.duration(argument) else { return nil }
    self.seconds = seconds
  }

  init(seconds: Double) { self.seconds = seconds }

  var defaultValueDescription: String { "\(Int(seconds))s" }
}
