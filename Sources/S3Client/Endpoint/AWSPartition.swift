// SPDX-License-Identifier: Apache-2.0

/// The domain of AWS' services in a region (partitions.json of the AWS SDKs).
package enum AWSPartition {
  package static func dnsSuffix(ofRegion region: String) -> String {
    for (prefix, suffix) in suffixes where region.hasPrefix(prefix) { return suffix }
    return "amazonaws.com"
  }

  private static let suffixes: [(prefix: String, suffix: String)] = [
    ("cn-", "amazonaws.com.cn"), ("us-iso-", "c2s.ic.gov"), ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
  ]
}
